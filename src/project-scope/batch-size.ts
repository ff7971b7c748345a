/** How much is in memory at once, of rows that are written or looked up: whichever comes first. */
export const batchRows = 1_000;
export const batchCharacters = 4 * 1024 * 1024;
