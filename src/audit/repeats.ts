interface Window<T> {
  until: number;
  more: number;
  latest: T;
  mixed: boolean;
}

/** What came again while it was only counted. */
export interface Repeated<T> {
  latest: T;
  /** How often it came again. */
  more: number;
  /** There were too many kinds: these are of several. */
  mixed: boolean;
}

/**
 * Lets the first of a kind through and counts the others for a while, so that who repeats something for hours fills
 * no disk. Kinds without number are let through up to a limit; above it they are counted together.
 */
export class Repeats<T> {
  readonly #windows = new Map<string, Window<T>>();

  constructor(
    private readonly lengthMs: number,
    /** How many kinds may have a window of their own. */
    private readonly mostKinds: number,
  ) {}

  /** Whether to let it through; otherwise it is counted and comes with `takeEnded`. `nowMs` only ever grows. */
  isFirst(kind: string, latest: T, nowMs: number): boolean {
    const mixed = !this.#windows.has(kind) && this.#windows.size >= this.mostKinds;
    const own = mixed ? 'all others' : kind;
    const window = this.#windows.get(own);
    if (!window) {
      this.#windows.set(own, { until: nowMs + this.lengthMs, more: 0, latest, mixed });
      return true;
    }
    window.more += 1;
    window.latest = latest;
    return false;
  }

  /** Closes the windows that are over and returns what was counted in them. */
  takeEnded(nowMs: number): Repeated<T>[] {
    const ended = [...this.#windows].filter(([, { until }]) => until <= nowMs);
    for (const [kind] of ended) this.#windows.delete(kind);
    return ended.flatMap(([, { latest, more, mixed }]) => (more > 0 ? [{ latest, more, mixed }] : []));
  }
}
