import type { ObjectStore } from '../../../src/storage/object-store.types.js';

/** What a kind of place must offer for the contract of places to be tried on it. */
export interface StorageHarness {
  /** A new, empty place of its own. */
  createPlace(): Promise<TestedPlace>;
  /** Whether it hands out links. */
  links: boolean;
  /** Whether what a link leads to is saved under another name than its own. */
  namesFiles?: boolean;
  /** Whether it can keep an object from being removed. */
  holds: boolean;
  /** Characters that it takes for a key, where that is less than what a key may have. */
  longestName?: number;
}

export interface TestedPlace {
  /** Lists no more than 20 keys a page, where it has pages. */
  store: ObjectStore;
  /** The same, where nothing answers. */
  away: ObjectStore;
  /** Whatever stands there that is no finished object: working files, parts of uploads. */
  unfinished(): Promise<string[]>;
  /** What must be in no error and no log. */
  secrets: string[];
  close(): Promise<void>;
}
