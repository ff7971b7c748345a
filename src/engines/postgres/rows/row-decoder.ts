import type { Row } from '../../rows.types.js';
import type { TableColumns } from './table-columns.js';

/** Turns the server's texts into cells, in place. What is to be done is settled once per statement. */
export type RowDecoder = (texts: (string | null)[]) => Row;

export function rowDecoder(columns: TableColumns, names: readonly string[]): RowDecoder {
  const decoded = names.flatMap((name, index) => {
    const { decode } = columns.kind(name);
    return decode ? [{ index, decode }] : [];
  });
  return (texts) => {
    const row: Row = texts;
    for (const { index, decode } of decoded) {
      const text = texts[index];
      if (typeof text === 'string') row[index] = decode(text);
    }
    return row;
  };
}
