const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes for people: steps of 1024, at most two decimals, no trailing zeros (2519105 becomes "2.4 MB"). */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(2))} ${units[unit]}`;
}
