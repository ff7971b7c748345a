/** True for the declared types whose values are bytes and no text: BINARY, VARBINARY, the BLOBs, BYTEA. */
export function holdsBytes(type: string): boolean {
  return /blob|binary|bytea/i.test(type);
}
