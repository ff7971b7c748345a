import { createHash } from 'node:crypto';

/** SHA-256 over names and types of all written columns, hexadecimal. */
export function fingerprint(tables: readonly { name: string; columns: string[]; types: string[] }[]): string {
  const columns = tables
    .map(({ name, columns, types }) => [name, columns.map((column, index) => [column, types[index]])])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex');
}
