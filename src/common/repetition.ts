/**
 * Work that repeats until it is stopped: each run begins `everyMs` after the end of the last, so that two never overlap. One
 * that fails is told of, and the next one comes all the same.
 */
export class Repetition {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly everyMs: number,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The first run comes after `firstAfterMs`, which may be another time than that between two. */
  start(firstAfterMs = this.everyMs): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, firstAfterMs);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.failed(error);
    }
    this.start();
  }

  /** Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
