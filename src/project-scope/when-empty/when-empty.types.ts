import type { SampleRow } from '../sample-rows.js';

/** What comes of a table that follows when empty. */
export interface FollowedTable {
  table: string;
  /** All rows that the backup has of it; 0 where it has rows of its own, or may not be filled. */
  added: number;
}

export interface FollowedTablePreview extends FollowedTable {
  /** Some of the rows. */
  samples: SampleRow[];
}
