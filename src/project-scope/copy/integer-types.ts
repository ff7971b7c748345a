const bits: Record<string, bigint> = { tinyint: 8n, smallint: 16n, mediumint: 24n, int: 32n, integer: 32n };

/** The greatest whole number that a column can hold. SQLite holds the same in each type. */
export function greatestOf(type: string, engine: string): bigint {
  if (engine === 'sqlite') return 2n ** 63n - 1n;
  const word = /^[a-z]+/i.exec(type)?.[0].toLowerCase() ?? '';
  const size = bits[word] ?? 64n;
  return /unsigned/i.test(type) ? 2n ** size - 1n : 2n ** (size - 1n) - 1n;
}
