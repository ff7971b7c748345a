import type { RandomSchema, RandomTable } from './random-schema.js';

type Kind = 'sqlite' | 'mysql' | 'postgres';

/** The statements that make the tables. The servers learn of references to later tables at the end. */
export function schemaSql({ tables }: RandomSchema, kind: Kind): string {
  const made = new Set<string>();
  const later: string[] = [];
  const statements = tables.map((table) => {
    made.add(table.name);
    const foreign = table.references.map((reference) => {
      const { column, parent, onDelete } = reference;
      const sql = `FOREIGN KEY (${column}) REFERENCES ${parent} (id) ON DELETE ${onDelete}`;
      if (kind === 'sqlite' || made.has(parent)) return sql;
      later.push(`ALTER TABLE ${table.name} ADD ${sql}`);
      return null;
    });
    const parts = [...columnsOf(table, tables), ...keyOf(table), ...foreign.filter((part) => part !== null)];
    return `CREATE TABLE ${table.name} (${parts.join(', ')})`;
  });
  return [...statements, ...later].join('; ');
}

function columnsOf(table: RandomTable, tables: readonly RandomTable[]): string[] {
  const key = ['none', 'composite'].includes(table.key) ? [] : [`id ${typeOf(table.key)} NOT NULL`];
  const references = table.references.map(({ column, parent, mandatory }) => {
    const type = typeOf(tables.find(({ name }) => name === parent)?.key ?? 'integer');
    return `${column} ${type}${mandatory ? ' NOT NULL' : ''}`;
  });
  return [
    ...key,
    ...(table.key === 'composite' ? ['nr INTEGER NOT NULL'] : []),
    ...references,
    'v VARCHAR(40)',
  ];
}

function keyOf({ key, keyReference }: RandomTable): string[] {
  if (key === 'none') return [];
  return [`PRIMARY KEY (${key === 'composite' ? `${keyReference ?? ''}, nr` : 'id'})`];
}

function typeOf(key: RandomTable['key']): string {
  if (key === 'integer') return 'BIGINT';
  return key === 'uuid' ? 'CHAR(36)' : 'VARCHAR(30)';
}
