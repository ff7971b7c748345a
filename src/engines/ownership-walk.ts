import type { ClosureMember, Ownership, Reference, RowSelection } from './rows.types.js';

/** Every table that stands on the way from the selection's rows to the root. */
export function tablesOf(selection: Pick<RowSelection, 'table' | 'owner'>): Set<string> {
  const tables = new Set([selection.table]);
  const visit = (owner: Ownership): void => {
    if (owner.kind === 'root' || owner.kind === 'everybody') return;
    if (owner.kind === 'member') return owner.closure.members.forEach(visitMember);
    for (const { parent, parentOwner } of owner.anyOf) {
      tables.add(parent);
      visit(parentOwner);
    }
  };
  const visitMember = ({ table, seeds }: ClosureMember): void => {
    tables.add(table);
    visit({ kind: 'references', anyOf: seeds });
  };
  visit(selection.owner);
  return tables;
}

/**
 * True for a table whose rows belong by other rows of the same table (a comment by the comment that it answers).
 * There, one statement's deletions would take away the way by which the next one finds its rows.
 */
export function leadsThroughItself({ table, owner }: RowSelection): boolean {
  const visit = (way: Ownership): boolean => {
    if (way.kind === 'member') return way.closure.members.some((member) => member.table === table);
    return way.kind === 'references' && way.anyOf.some((up) => up.parent === table || visit(up.parentOwner));
  };
  return visit(owner);
}

/** True when the child's column holds the root key itself, so that the root table need not be read. */
export function refersToRootKey({
  parentColumns,
  parentOwner,
}: Pick<Reference, 'parentColumns' | 'parentOwner'>): boolean {
  return parentOwner.kind === 'root' && parentColumns.length === 1 && parentColumns[0] === parentOwner.column;
}
