import type { Mask, ReducedTable } from '../../scratch.types.js';
import type { ThreadTools } from '../thread.js';

export interface ReductionJob {
  from: string;
  to: string;
  /** Hexadecimal. */
  key: string;
  tables: readonly ReducedTable[];
}

/** `failed`: the table that could not be written, and SQLite's code, which has no value in it. */
export interface ReductionOutcome {
  notes: string[];
  failed?: { table: string; code: string };
}

/**
 * For `runInThread`. Writes what may be seen into the new file `to`: a page of the old file could keep what was removed
 * from it. A table of which nothing is changed is created as it was written; the others anew, from what SQLite knows of
 * them: columns, defaults, keys and foreign keys.
 */
export function reduceDatabase(
  { from, to, key, tables }: ReductionJob,
  { Database, fs, crypto }: ThreadTools,
): ReductionOutcome {
  interface Column {
    name: string;
    type: string;
    notnull: number;
    dflt_value: string | null;
    pk: number;
    hidden: number;
  }
  const q = (name: string) => `"${name.replaceAll('"', '""')}"`;
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const list = (names: readonly string[]) => names.map(q).join(', ');
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const notes: string[] = [];

  fs.writeFileSync(to, '', { mode: 0o600, flag: 'wx' });
  const db = new Database(to, { timeout: 0 });
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  db.pragma('foreign_keys = OFF');
  const digest = (value: unknown) =>
    crypto
      .createHmac('sha256', Buffer.from(key, 'hex'))
      .update(Buffer.isBuffer(value) ? value : String(value))
      .digest();
  // As a number it would be a REAL, and stay one in a column that takes anything.
  const whole = (hash: Buffer) => BigInt(hash.readUIntBE(0, 6));
  db.function('holdfast_hash', { deterministic: true }, (value: unknown) => {
    if (value === null) return null;
    const hash = digest(value);
    if (typeof value === 'number' || typeof value === 'bigint') return whole(hash);
    return Buffer.isBuffer(value) ? hash : hash.toString('hex').slice(0, 32);
  });
  db.function('holdfast_number', { deterministic: true }, (value: unknown) =>
    value === null ? null : whole(digest(value)),
  );
  db.exec(`ATTACH ${literal(from)} AS src`);

  const rows = <T>(sql: string, ...values: unknown[]) => db.prepare(sql).all(...values) as T[];
  const columnsOf = (table: string) => {
    const all = rows<Column>(`SELECT * FROM pragma_table_xinfo(?, 'src') ORDER BY cid`, table);
    return all.filter(({ hidden }) => hidden !== 1);
  };
  const maskSql = (mask: Mask, name: string) => {
    const column = q(name);
    const value = (sql: string) => `CASE WHEN ${column} IS NULL THEN NULL ELSE ${sql} END`;
    switch (mask.kind) {
      case 'null':
        return 'NULL';
      case 'text':
        return value(literal(mask.text));
      case 'keep-length':
        return value(`replace(hex(zeroblob(length(${column}))), '00', 'x')`);
      case 'email':
        return value(`'user_' || substr(holdfast_hash(CAST(${column} AS TEXT)), 1, 16) || '@example.com'`);
      case 'number':
        return value(`${mask.min} + holdfast_number(${column}) % ${mask.max - mask.min + 1}`);
      case 'hash':
        return `holdfast_hash(${column})`;
    }
  };

  /** The foreign keys whose both ends are there. */
  const foreignKeysOf = (table: ReducedTable) => {
    interface Part {
      id: number;
      table: string;
      from: string;
      to: string | null;
      on_delete: string;
      on_update: string;
    }
    const parts = rows<Part>(`SELECT * FROM pragma_foreign_key_list(?, 'src') ORDER BY id, seq`, table.name);
    const keys = new Map<number, Part[]>();
    for (const part of parts) keys.set(part.id, [...(keys.get(part.id) ?? []), part]);
    return [...keys.values()].map((key) => {
      const parent = tables.find(({ name }) => same(name, key[0]?.table ?? ''));
      const primary = () => columnsOf(parent?.name ?? '').filter(({ pk }) => pk > 0);
      const referenced =
        key[0]?.to === null ? primary().map(({ name }) => name) : key.map(({ to }) => to ?? '');
      const isDropped = (drop: readonly string[], name: string) => drop.some((one) => same(one, name));
      const isWhole =
        parent !== undefined &&
        !key.some((part) => isDropped(table.drop, part.from)) &&
        !referenced.some((name) => isDropped(parent.drop, name));
      return { key, parent, isWhole };
    });
  };

  const createSql = (table: ReducedTable, kept: readonly Column[]): string => {
    const primary = kept.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk);
    const isWhole = primary.length === columnsOf(table.name).filter(({ pk }) => pk > 0).length;
    const [single] = primary;
    const isRowId = isWhole && primary.length === 1 && single?.type.toUpperCase() === 'INTEGER';
    const lines = kept.map((column) => {
      const key = isRowId && column.pk > 0 ? ' PRIMARY KEY' : '';
      const preset = column.dflt_value === null ? '' : ` DEFAULT (${column.dflt_value})`;
      return `${q(column.name)} ${column.type}${key}${column.notnull ? ' NOT NULL' : ''}${preset}`;
    });
    if (isWhole && primary.length > 0 && !isRowId)
      lines.push(`PRIMARY KEY (${list(primary.map(({ name }) => name))})`);
    for (const { key, isWhole: joins } of foreignKeysOf(table)) {
      if (!joins || !key[0]) continue;
      const to = key[0].to === null ? '' : ` (${list(key.map((part) => part.to ?? ''))})`;
      const actions = ` ON DELETE ${key[0].on_delete} ON UPDATE ${key[0].on_update}`;
      lines.push(
        `FOREIGN KEY (${list(key.map((part) => part.from))}) REFERENCES ${q(key[0].table)}${to}${actions}`,
      );
    }
    return `CREATE TABLE ${q(table.name)} (\n  ${lines.join(',\n  ')}\n)`;
  };

  const createIndexes = (table: ReducedTable, isChanged: boolean) => {
    const written = rows<{ name: string; sql: string }>(
      `SELECT name, sql FROM src.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ? COLLATE NOCASE`,
      table.name,
    );
    for (const { name, sql } of written) {
      try {
        db.exec(sql);
      } catch {
        notes.push(`The index ${name} of ${table.name} is not in it: it has a column that is dropped.`);
      }
    }
    if (!isChanged) return;
    const constraints = rows<{ name: string }>(
      `SELECT name FROM pragma_index_list(?, 'src') WHERE origin = 'u'`,
      table.name,
    );
    constraints.forEach(({ name }, at) => {
      const parts = rows<{ name: string }>(
        `SELECT name FROM pragma_index_info(?, 'src') ORDER BY seqno`,
        name,
      );
      if (parts.some((part) => table.drop.some((column) => same(column, part.name)))) return;
      const index = q(`${table.name}_unique_${at + 1}`);
      db.exec(`CREATE UNIQUE INDEX ${index} ON ${q(table.name)} (${list(parts.map((part) => part.name))})`);
    });
  };

  const copy = (table: ReducedTable) => {
    const keys = foreignKeysOf(table);
    const isChanged = table.masks.length > 0 || table.drop.length > 0 || keys.some(({ isWhole }) => !isWhole);
    const columns = columnsOf(table.name);
    // What is computed of masked or dropped columns could tell of them.
    const isKept = ({ name, hidden }: Column) =>
      hidden === 0 && !table.drop.some((column) => same(column, name));
    const kept = columns.filter(isKept);
    if (isChanged) {
      db.exec(createSql(table, kept));
      const computed = columns.filter(({ hidden }) => hidden !== 0);
      for (const { name } of computed) notes.push(`The computed column ${table.name}.${name} is not in it.`);
      for (const { key, isWhole } of keys) {
        if (isWhole || !key[0]) continue;
        notes.push(`The foreign key of ${table.name} to ${key[0].table} is not in it: what it joins is not.`);
      }
      notes.push(`The table ${table.name} was written anew: its checks and collations are not in it.`);
    } else {
      const [sql] = rows<{ sql: string }>(
        `SELECT sql FROM src.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE`,
        table.name,
      );
      db.exec(sql?.sql ?? '');
    }
    const masks = new Map(table.masks.map(({ column, mask }) => [column.toLowerCase(), mask]));
    const selected = kept.map(({ name }) => {
      const mask = masks.get(name.toLowerCase());
      return mask ? maskSql(mask, name) : q(name);
    });
    const names = list(kept.map(({ name }) => name));
    db.exec(
      `INSERT INTO main.${q(table.name)} (${names}) SELECT ${selected.join(', ')} FROM src.${q(table.name)}`,
    );
    createIndexes(table, isChanged);
  };

  try {
    for (const table of tables) {
      try {
        copy(table);
      } catch (error) {
        const code = String((error as { code?: unknown }).code ?? 'no reason given');
        if (/^SQLITE_(FULL|IOERR|CORRUPT|BUSY)/.test(code)) throw error;
        return { notes, failed: { table: table.name, code } };
      }
    }
    return { notes };
  } finally {
    db.close();
  }
}
