import type { Clock } from '../common/clock.js';
import type { Exclusively, WorkOptions } from '../engines/engine.types.js';
import { unannounced } from '../engines/engine.types.js';
import type { DocumentFolder } from './documents.types.js';
import type { RestoreArea } from './restore-area.js';
import type { RestoreJournal, RowsBefore } from './restore-journal.js';
import { backward, forward, planMoves, type RawPath, type SwitchPlaces, topOf } from './switch-entries.js';

/** What leaves a folder, and what comes into it. */
export type PlanOfMoves = (
  folder: DocumentFolder,
  from: string,
) => { out: AsyncIterable<RawPath>; into: AsyncIterable<RawPath> };

/** Everything is replaced by everything. */
const whole: PlanOfMoves = ({ path }, from) => ({ out: topOf(path), into: topOf(from) });

/**
 * The switch of documents that goes with an exchange of rows. Whatever interrupts it, the journal and the two halves tell
 * how to finish it or go back.
 */
export class DocumentRestore {
  constructor(
    private readonly area: RestoreArea,
    private journal: RestoreJournal,
    private readonly clock: Clock,
    private readonly plan: PlanOfMoves = whole,
  ) {}

  /** Writes down that what is there is not complete. */
  async stage(): Promise<void> {
    await this.#write({ state: 'staging' });
  }

  /** Everything stands in its half. From now on the rows decide. */
  async ready(rows: RowsBefore): Promise<void> {
    await this.#write({ state: 'ready', rows });
  }

  /** The work with which the rows are exchanged: in its exclusive moment the documents are switched first. */
  within(work: WorkOptions): WorkOptions {
    const { exclusively: announced = unannounced } = work;
    const exclusively: Exclusively = (moment) =>
      announced(async () => {
        await this.switch();
        return moment();
      });
    return { ...work, exclusively };
  }

  /** Throws DomainError `restore-failed`; then `back` puts everything where it was. */
  async switch(): Promise<void> {
    for (const folder of this.area.folders) {
      const places = this.#places(folder);
      await planMoves(places, this.plan(folder, places.from));
    }
    await this.#write({ state: 'switching' });
    await this.forward();
  }

  async forward(): Promise<void> {
    for (const folder of this.area.folders) await forward(this.#places(folder));
  }

  /** After the rows were exchanged. With their `undo` what was replaced is kept; without, it goes for good. */
  async finish(undo: string | null): Promise<void> {
    if (undo === null) return this.area.remove();
    const from = this.journal.from === 'new' ? 'old' : 'new';
    await this.#write({ state: 'kept', from, undo, rows: null });
  }

  /** After the rows were not exchanged. */
  async back(): Promise<void> {
    if (this.journal.state === 'switching') {
      for (const folder of this.area.folders) await backward(this.#places(folder));
    }
    if (this.journal.undo === null) await this.area.remove();
    else await this.#write({ state: 'kept', rows: null });
  }

  #places(folder: DocumentFolder): SwitchPlaces {
    const { from } = this.journal;
    return {
      live: folder.path,
      from: this.area.path(folder, from),
      keep: this.area.path(folder, from === 'new' ? 'old' : 'new'),
      out: this.area.path(folder, 'out.jsonl'),
      into: this.area.path(folder, 'into.jsonl'),
    };
  }

  async #write(changes: Partial<RestoreJournal>): Promise<void> {
    this.journal = { ...this.journal, ...changes, at: this.clock.now().toISOString() };
    await this.area.write(this.journal);
  }
}
