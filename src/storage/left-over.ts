/** A day. An upload of which nothing was heard for so long is taken for dead; what it left is removed. */
export const leftOverAfterMs = 24 * 3_600_000;
