import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import type { Engine } from '../engines/engine.types.js';

export interface Recovering {
  since: Date;
  /** A sentence for people. */
  what: string;
}

/** Which databases are being recovered, or have to be and could not yet. Known to this process only. */
@Injectable()
export class RecoveryWatch {
  readonly #byEngine = new WeakMap<Engine, Recovering>();

  constructor(private readonly clock: Clock) {}

  /** Begins, or goes on for another reason; `since` stays what it was. */
  begin(engine: Engine, what: string): void {
    this.#byEngine.set(engine, { since: this.#byEngine.get(engine)?.since ?? this.clock.now(), what });
  }

  end(engine: Engine): void {
    this.#byEngine.delete(engine);
  }

  of(engine: Engine): Recovering | null {
    return this.#byEngine.get(engine) ?? null;
  }
}
