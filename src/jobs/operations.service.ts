import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor } from '../audit/audit.types.js';
import type { Caller } from '../auth/auth.types.js';
import { asPartOf } from '../common/http/request-context.js';
import type { JobEntity } from './job.entity.js';
import type { StartedJob } from './jobs.types.js';

/** `args` must be what JSON can carry. */
export type Operation<Args, T, By extends Actor = Caller> = (args: Args, by: By) => Promise<StartedJob<T>>;

/** An operation is asked for here. */
export interface Asked {
  mode: 'ask';
  operation: string;
  args: unknown;
  by: Actor;
}

/** It is asked for here, or it is done here for whoever asked. */
type Call = Asked | { mode: 'do'; row: JobEntity };

/**
 * What can be asked for in one process and done in another. An operation is a function of what can be kept as JSON; it
 * finds out what it needs and ends in `JobsService.start`. Asked for, it comes as far as that, so that whoever asks hears
 * at once what is wrong, and its name and arguments are written down; done, it comes there again, and its work begins.
 */
@Injectable()
export class Operations implements OnApplicationShutdown {
  readonly #known = new Map<string, Operation<never, unknown, never>>();
  readonly #preparations: (() => Promise<void>)[] = [];
  readonly #calls = new AsyncLocalStorage<Call | null>();

  /** Returns the function to call instead of `run`. */
  define<Args, T, By extends Actor = Caller>(
    name: string,
    run: Operation<Args, T, By>,
  ): Operation<Args, T, By> {
    if (this.#known.has(name)) throw new Error(`The operation ${name} is defined twice`);
    this.#known.set(name, run);
    return (args, by) => this.#calls.run({ mode: 'ask', operation: name, args, by }, () => run(args, by));
  }

  /** Before an operation is done: whoever was asked may know more than this process. */
  prepare(preparation: () => Promise<void>): void {
    this.#preparations.push(preparation);
  }

  /** Does what another process, or this one, was asked for; throws what the operation throws before its job begins. */
  async do(row: JobEntity): Promise<StartedJob<unknown>> {
    const run = this.#known.get(row.operation ?? '') as Operation<unknown, unknown, Actor> | undefined;
    if (!run || !row.askedBy) throw new Error(`There is no operation ${row.operation}`);
    const by = row.askedBy;
    for (const prepare of this.#preparations) await prepare();
    return asPartOf(row.origin, () => this.#calls.run({ mode: 'do', row }, () => run(row.args, by)));
  }

  /** A store that is in use is carried along by every promise of the process, for as long as that runs. */
  onApplicationShutdown(): void {
    this.#calls.disable();
  }

  /** The call that the running code is part of. */
  current(): Call | null {
    return this.#calls.getStore() ?? null;
  }

  /** Beyond its first job an operation is like any other code. */
  leave<T>(work: () => T): T {
    return this.#calls.run(null, work);
  }
}
