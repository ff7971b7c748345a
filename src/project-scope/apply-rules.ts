import { DomainError } from '../common/errors.js';
import type { DatabaseSchema, ForeignKey, TableSchema } from '../engines/rows.types.js';
import { declaredJson, declaredKey, mustHave } from './declared-references.js';
import type { DeclaredReference, ScopeRules } from './scope-rules.types.js';

/** In a rule: all tables that have its columns. */
const everyTable = '*';

type Tables = Pick<DatabaseSchema, 'tables'>;

/**
 * The schema as its people declare it: with the references that no foreign key says, and without the force of those that
 * shall not decide. Throws DomainError `artefact-unfit`, with the place of the rule, for what the database does not have.
 */
export function applyRules({ tables }: Tables, rules: ScopeRules): Tables {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const needed = (name: string, place: string) => {
    const table = byName.get(name);
    if (table) return table;
    throw new DomainError('artefact-unfit', `${place}: the database has no table "${name}".`);
  };
  const root = byName.get(rules.root);
  if (root && rules.nameColumn !== null) mustHave(root, [rules.nameColumn], rules.place);
  const declared = new Map<string, ForeignKey[]>();
  for (const rule of rules.references) {
    const parent = needed(rule.parent, rule.place);
    const referring =
      rule.table === everyTable ? undecided(rule, tables, rules) : [needed(rule.table, rule.place)];
    for (const table of referring) {
      declared.set(table.name, [...(declared.get(table.name) ?? []), declaredKey(rule, table, parent)]);
    }
  }
  const inJson = grouped(rules.json, (rule) =>
    declaredJson(rule, needed(rule.table, rule.place), needed(rule.parent, rule.place)),
  );
  for (const { table, place } of [...rules.shared, ...rules.exclude, ...rules.whenEmpty])
    needed(table, place);
  const unowned = new Set([...rules.shared, ...rules.exclude].map(({ table }) => table));
  const follow = new Map(
    rules.follow.map((rule) => {
      const table = needed(rule.table, rule.place);
      for (const columns of rule.columns) mustHave(table, columns, rule.place);
      return [rule.table, rule.columns.map((columns) => columns.join())];
    }),
  );
  return {
    tables: tables.map((table) => {
      const keys = [...table.foreignKeys, ...(declared.get(table.name) ?? [])];
      const only = follow.get(table.name);
      const decides = ({ columns }: ForeignKey) =>
        !unowned.has(table.name) && (!only || only.includes(columns.join()));
      const jsonReferences = inJson.get(table.name) ?? [];
      return {
        ...table,
        jsonReferences,
        foreignKeys: keys.map((key) => (decides(key) ? key : withoutForce(key))),
      };
    }),
  };
}

/** Tables with the columns of a rule for every table, of which nothing more precise says what they refer to. */
function undecided(
  rule: DeclaredReference,
  tables: readonly TableSchema[],
  rules: ScopeRules,
): TableSchema[] {
  const columns = [...rule.columns, ...(rule.when ? [rule.when.column] : [])];
  const decided = new Set([
    rule.parent,
    ...[...rules.shared, ...rules.exclude].map(({ table }) => table),
    ...rules.references.filter((other) => sameColumns(other, rule)).map(({ table }) => table),
  ]);
  const found = tables.filter(
    (table) =>
      !decided.has(table.name) &&
      !table.foreignKeys.some((key) => sameColumns(key, rule)) &&
      columns.every((name) => table.columns.some((column) => column.name === name)),
  );
  if (found.length > 0) return found;
  throw new DomainError(
    'artefact-unfit',
    `${rule.place}: no table has the column "${columns.join('" and "')}" without its being said elsewhere what it refers to.`,
  );
}

function sameColumns(one: { columns: string[] }, other: { columns: string[] }): boolean {
  return one.columns.join() === other.columns.join();
}

/** As if the row outlived what it refers to: it neither owns nor has to lead to the same project. */
function withoutForce(key: ForeignKey): ForeignKey {
  return { ...key, onDelete: 'SET NULL' };
}

/** What the rules of each table declare. */
function grouped<Rule extends { table: string }, T>(
  rules: readonly Rule[],
  declare: (rule: Rule) => T,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const rule of rules) groups.set(rule.table, [...(groups.get(rule.table) ?? []), declare(rule)]);
  return groups;
}
