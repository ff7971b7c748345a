const longest = 1000;

/** True for a key as it stands in a project file. */
export function isKeyCell(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= longest;
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return false;
  const [[tag, content] = [], ...more] = Object.entries(value);
  if (typeof content !== 'string' || more.length > 0) return false;
  return (tag === '$int' && /^-?\d{1,20}$/.test(content)) || (tag === '$bytes' && content.length <= longest);
}
