/** A known application: the shape of its tables, and what its people would declare of it. */
export interface Application {
  name: string;
  /** The table of its tenants. */
  root: string;
  tables: ApplicationTable[];
  /** The scope file that it needs. */
  projectsFile: string;
  /** What a copy of a tenant must be told. */
  rename: Record<string, { prefix?: string; suffix?: string }>;
  /** Tables of a tenant's that no foreign key gives away. */
  onlyDeclared: string[];
  /** Tables that are doubted as long as there is no scope file; the file may say that they are not a tenant's. */
  doubted: string[];
}

export interface ApplicationTable {
  name: string;
  /** False for what belongs to no single tenant. */
  ofTenant: boolean;
  columns: ApplicationColumn[];
  /** None when rows have no key of their own. */
  key: string[];
  unique: string[][];
}

export interface ApplicationColumn {
  name: string;
  nullable: boolean;
  /** Null where `reference` gives it. */
  type: ColumnType | null;
  reference: ApplicationReference | null;
}

export interface ApplicationReference {
  /** False when only the application knows of it. */
  enforced: boolean;
  onDelete: 'CASCADE' | 'SET NULL' | 'NO ACTION';
  /** The tables that it may lead to; of a (type, id) pair with what stands in the type. */
  targets: { table: string; column: string; type: string | null }[];
  typeColumn: string | null;
}

const columnTypes = ['int', 'text', 'long', 'decimal', 'double', 'date', 'time', 'bool', 'uuid'] as const;
export type ColumnType = (typeof columnTypes)[number];

/**
 * Reads tables, one a line: `invoices: id, client_id -> clients, note? long, number | unique client_id+number`.
 *
 * - `?` says that a column may be null; a column without a type is a short text, and `id` is the primary key;
 * - `->` is a foreign key, deleting with its parent unless ` null` or ` restrict` follows; `~>` is known to the application
 *   only; both lead to `table` or `table.column`;
 * - `on_id ~> on_type{invoice=invoices client=clients}` is a (type, id) pair;
 * - the first reference to tables of a tenant's is the one that a tenant's row always has;
 * - `| key a+b`, `| unique a+b` follow the columns; `shared ` stands before tables that belong to no single tenant.
 */
export function readTables(text: string): ApplicationTable[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(readTable);
}

function readTable(line: string): ApplicationTable {
  const [, shared, name = '', content = ''] = /^(shared )?(\w+): (.+)$/.exec(line) ?? [];
  const [listed = '', ...constraints] = content.split(' | ');
  const columns = listed.split(', ').map(readColumn);
  const constrained = (kind: string) =>
    constraints
      .filter((one) => one.startsWith(`${kind} `))
      .map((one) => one.slice(kind.length + 1).split('+'));
  const [key] = [...constrained('key'), ...columns.filter((one) => one.name === 'id').map(() => ['id'])];
  return { name, ofTenant: !shared, columns, key: key ?? [], unique: constrained('unique') };
}

function readColumn(text: string): ApplicationColumn {
  const found = /^(\w+)(\??)(?: (->|~>) (.+?)( null| restrict)?| (\w+))?$/.exec(text);
  if (!found) throw new Error(`Not a column: ${text}`);
  const [, name = '', mark, arrow, target = '', rule, type] = found;
  const nullable = mark === '?';
  if (arrow) {
    const onDelete = rule === ' null' ? 'SET NULL' : rule === ' restrict' ? 'NO ACTION' : 'CASCADE';
    return {
      name,
      nullable,
      type: null,
      reference: { ...readTarget(target), enforced: arrow === '->', onDelete },
    };
  }
  const known = columnTypes.find((one) => one === (type ?? (name === 'id' ? 'int' : 'text')));
  if (!known) throw new Error(`Not a type: ${text}`);
  return { name, nullable, type: known, reference: null };
}

function readTarget(text: string): Pick<ApplicationReference, 'targets' | 'typeColumn'> {
  const [, typeColumn, pairs] = /^(\w+)\{(.+)\}$/.exec(text) ?? [];
  if (typeColumn === undefined || pairs === undefined) {
    return { typeColumn: null, targets: [{ ...readKey(text), type: null }] };
  }
  const targets = pairs.split(' ').map((pair) => {
    const [type = '', key = ''] = pair.split('=');
    return { ...readKey(key), type };
  });
  return { typeColumn, targets };
}

function readKey(text: string): { table: string; column: string } {
  const [table = '', column = 'id'] = text.split('.');
  return { table, column };
}

/** The reference by which each row of a tenant's belongs. */
export function decidingColumn(
  { tables }: Application,
  { columns }: ApplicationTable,
): ApplicationColumn | undefined {
  const ofTenant = new Set(tables.filter((table) => table.ofTenant).map(({ name }) => name));
  return columns.find(({ reference }) => reference?.targets.some(({ table }) => ofTenant.has(table)));
}
