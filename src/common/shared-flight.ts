import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Many who ask the same at once get one answer. Never an older one than their question: who asks while an answer is
 * being made shares the next one, with all others who asked meanwhile. One that does not come holds up nobody for
 * longer than `patienceMs`.
 */
export class SharedFlight<T> {
  #current: Promise<unknown> | undefined;
  #next: Promise<T> | undefined;

  /** What is answered is shared, so that nobody may change it. */
  constructor(
    private readonly ask: () => Promise<T>,
    private readonly patienceMs = 10_000,
  ) {}

  join(): Promise<T> {
    this.#next ??= this.#whenFree().then(() => this.#begin());
    return this.#next;
  }

  #begin(): Promise<T> {
    this.#next = undefined;
    const flight = this.ask();
    const ended = flight
      .catch(() => undefined)
      .then(() => {
        if (this.#current === ended) this.#current = undefined;
      });
    this.#current = ended;
    return flight;
  }

  async #whenFree(): Promise<void> {
    if (!this.#current) return;
    const patience = new AbortController();
    const late = sleep(this.patienceMs, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.#current, late]);
    patience.abort();
  }
}
