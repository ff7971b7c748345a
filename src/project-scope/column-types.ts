/** True for the declared types whose values are bytes and no text: BINARY, VARBINARY, the BLOBs. */
export function holdsBytes(type: string): boolean {
  return /blob|binary/i.test(type);
}
