import type { Cell, DatabaseSchema } from '../engines/rows.types.js';
import { holdsBytes } from '../project-scope/project-scope.types.js';
import { isCanonicalInteger } from './projects.types.js';

/** How projects stand in their root table. */
export interface RootTable {
  table: string;
  key: string;
  /** What the key's values are: whole numbers, texts, or bytes, which go by their hexadecimal digits. */
  keyKind: 'integer' | 'text' | 'bytes';
  /** The column that names a project for people; the key when there is none. */
  nameColumn: string;
}

const usualNames = ['name', 'title', 'label', 'slug'];
const wholeBytes = /^([0-9a-f]{2})+$/;
const int64 = { least: -(2n ** 63n), most: 2n ** 64n - 1n };

/** Null when the table is missing or its primary key is not one column. */
export function findRootTable(
  { tables }: Pick<DatabaseSchema, 'tables'>,
  projectTable: string,
  declaredName: string | null = null,
): RootTable | null {
  const root = tables.find(({ name }) => name === projectTable);
  const key = root?.columns.find(({ name }) => name === root.primaryKey[0]);
  if (!root || !key || root.primaryKey.length !== 1) return null;
  const declared = root.columns.filter(({ name }) => name === declaredName);
  const named = usualNames.flatMap((usual) =>
    root.columns.filter(({ name }) => name.toLowerCase() === usual),
  );
  const texts = root.columns.filter(({ type }) => /char|text|clob/i.test(type));
  return {
    table: root.name,
    key: key.name,
    keyKind: holdsBytes(key.type) ? 'bytes' : /int/i.test(key.type) ? 'integer' : 'text',
    nameColumn: (declared[0] ?? named[0] ?? texts[0] ?? key).name,
  };
}

/** The root key that an id names; null when no row can have it. */
export function keyCell(root: RootTable, id: string): Cell {
  if (root.keyKind === 'text') return id;
  if (root.keyKind === 'bytes') {
    return wholeBytes.test(id) ? { $bytes: Buffer.from(id, 'hex').toString('base64') } : null;
  }
  if (!isCanonicalInteger(id) || id.length > 20) return null;
  const value = BigInt(id);
  if (value < int64.least || value > int64.most) return null;
  return Number.isSafeInteger(Number(id)) ? Number(id) : { $int: id };
}

/** The id of the project with this key: bytes by their hexadecimal digits, in lower case. */
export function idOfKey(cell: Cell | undefined): string | null {
  const isBytes = typeof cell === 'object' && cell !== null && '$bytes' in cell;
  return isBytes ? Buffer.from(cell.$bytes, 'base64').toString('hex') : cellText(cell);
}

/** A key or a name as text; null for NULL and for bytes. */
export function cellText(cell: Cell | undefined): string | null {
  if (cell === null || cell === undefined) return null;
  if (typeof cell !== 'object') return String(cell);
  if ('$int' in cell) return cell.$int;
  return '$real' in cell ? cell.$real : null;
}
