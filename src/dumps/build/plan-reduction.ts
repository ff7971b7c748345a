import type { ColumnOfTable, ColumnSchema, DatabaseSchema, TableSchema } from '../../engines/rows.types.js';
import type { Mask, ReducedTable } from '../../engines/scratch.types.js';
import { type Decision, decisionOf, type DumpPolicy } from './dump-policy.js';

export interface ReductionPlan {
  tables: ReducedTable[];
  /** Columns whose values must be nowhere in the dump. */
  hidden: ColumnOfTable[];
  /** Columns of these tables that the policy does not name; they are dropped. */
  undecided: ColumnOfTable[];
  /** Tables that it does not name. */
  leftOut: string[];
  /** What it names and what is not there, as `table` and `table.column`. */
  gone: string[];
  /** Why it cannot be carried out, as sentences; empty when it can. */
  faults: string[];
}

type WhyUnfit = (mask: Mask, column: ColumnSchema) => string | null;

/** Values that may be the same in many rows. */
const repeating: readonly Mask['kind'][] = ['text', 'number', 'keep-length'];

/** What a policy means for the tables that there are. A column that it does not name is dropped until somebody decides. */
export function planReduction(
  { tables: all }: DatabaseSchema,
  { tables: rules }: DumpPolicy,
  whyUnfit: WhyUnfit = () => null,
): ReductionPlan {
  const named = all.filter(({ name }) => Object.hasOwn(rules, name));
  const decide = (table: string, column: string): Decision | undefined => {
    const columns = Object.hasOwn(rules, table) ? rules[table] : undefined;
    const rule = columns && Object.hasOwn(columns, column) ? columns[column] : undefined;
    return rule && decisionOf(rule);
  };
  const plan: ReductionPlan = {
    tables: [],
    hidden: [],
    undecided: [],
    leftOut: all.filter((table) => !named.includes(table)).map(({ name }) => name),
    gone: goneFrom(all, rules),
    faults: [],
  };
  for (const table of named) {
    const reduced: ReducedTable = { name: table.name, masks: [], drop: [] };
    for (const column of table.columns) {
      const where = { table: table.name, column: column.name };
      const decision = decide(table.name, column.name);
      if (!decision) plan.undecided.push(where);
      if (decision?.action === 'keep') continue;
      if (!decision?.elsewhere) plan.hidden.push(where);
      if (decision?.action !== 'mask') {
        reduced.drop.push(column.name);
        continue;
      }
      reduced.masks.push({ column: column.name, mask: decision.mask });
      const why = whyNot(table, column, decision.mask) ?? whyUnfit(decision.mask, column);
      if (why !== null) plan.faults.push(`${table.name}.${column.name}: ${why}.`);
    }
    if (reduced.drop.length === table.columns.length) {
      plan.faults.push(`${table.name}: no column would be left. Take the table out of the policy.`);
    }
    plan.faults.push(...brokenJoins(table, named, decide));
    plan.tables.push(reduced);
  }
  if (plan.tables.length === 0) plan.faults.push('The policy names no table of the backup.');
  return plan;
}

function whyNot({ primaryKey, uniqueKeys }: TableSchema, column: ColumnSchema, mask: Mask): string | null {
  if (column.generated) return 'the database computes it; keep or drop it';
  if (mask.kind === 'null' && !column.nullable) return 'it may not be null';
  const isOfKey = [primaryKey, ...uniqueKeys].some((key) => key.includes(column.name));
  if (!isOfKey) return null;
  if (mask.kind === 'null' && primaryKey.includes(column.name)) return 'it is of the primary key';
  return repeating.includes(mask.kind)
    ? 'it is of a unique key; mask it by a hash, or as an e-mail address'
    : null;
}

/** Both ends of a foreign key must be kept, or hashed, or the rows would not find each other any more. */
function brokenJoins(
  table: TableSchema,
  named: readonly TableSchema[],
  decide: (table: string, column: string) => Decision | undefined,
): string[] {
  return table.foreignKeys.flatMap(({ columns, referencedTable, referencedColumns }) => {
    if (!named.some(({ name }) => name === referencedTable)) return [];
    const ends = columns.map((column, at) => {
      const parentColumn = referencedColumns[at] ?? '';
      return {
        column,
        parentColumn,
        child: decide(table.name, column),
        parent: decide(referencedTable, parentColumn),
      };
    });
    const isDropped = (one: Decision | undefined) => one === undefined || one.action === 'drop';
    // With one end gone the foreign key goes.
    if (ends.some(({ child, parent }) => isDropped(child) || isDropped(parent))) return [];
    return ends
      .filter(({ child, parent }) => wayOf(child) !== 'null' && wayOf(child) !== wayOf(parent))
      .concat(ends.filter(({ child }) => !['keep', 'hash', 'null'].includes(wayOf(child))))
      .slice(0, 1)
      .map(
        ({ column, parentColumn }) =>
          `${table.name}.${column} refers to ${referencedTable}.${parentColumn}: keep both, mask both by a hash, or drop one.`,
      );
  });
}

function wayOf(decision: Decision | undefined): string {
  return decision?.action === 'mask' ? decision.mask.kind : (decision?.action ?? 'drop');
}

function goneFrom(all: readonly TableSchema[], rules: DumpPolicy['tables']): string[] {
  return Object.entries(rules).flatMap(([table, columns]) => {
    const schema = all.find(({ name }) => name === table);
    if (!schema) return [table];
    const isThere = (column: string) => schema.columns.some(({ name }) => name === column);
    return Object.keys(columns)
      .filter((column) => !isThere(column))
      .map((column) => `${table}.${column}`);
  });
}
