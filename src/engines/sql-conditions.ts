/** What servers' SQL is put together of; the same for each. */
export function tuple(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? '') : `(${parts.join(', ')})`;
}

export function anyOf(conditions: readonly string[]): string {
  if (conditions.length === 0) return 'FALSE';
  return conditions.length === 1 ? (conditions[0] ?? '') : `(${conditions.join(' OR ')})`;
}

/** The same ways, each without the rows of the earlier ones, so that together they yield every row once. */
export function disjoint(ways: readonly string[]): string[] {
  return ways.map((way, index) =>
    [way, ...ways.slice(0, index).map((earlier) => `(${earlier}) IS NOT TRUE`)].join(' AND '),
  );
}
