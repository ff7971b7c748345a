import type { Recovering } from './recovery-watch.service.js';

/** An interrupted restore is being brought to its end or back, or could not be yet. */
export class RecoveringDto {
  since!: string;
  /** a sentence */
  what!: string;

  static of({ since, what }: Recovering): RecoveringDto {
    return { since: since.toISOString(), what };
  }
}
