import { Injectable, Logger } from '@nestjs/common';
import { mapAtOnce } from '../common/at-once.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { shortId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { DatabasesService } from '../databases/databases.service.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import type { Engine, RecoveryReport, UndoLocation, WorkOptions } from '../engines/engine.types.js';
import { BlobsService } from './blobs.service.js';
import { damaged } from './document-list.js';
import { DocumentRestore, type PlanOfMoves } from './document-restore.js';
import { DocumentsService } from './documents.service.js';
import type { DocumentFacts, DocumentFolder, DocumentWatch } from './documents.types.js';
import { RestoreArea, restoresIn } from './restore-area.js';
import { newUndo, type RestoreJournal, type RowsBefore, wereExchanged } from './restore-journal.js';
import { mustHaveRoom, splitPath, stageDocument } from './stage-documents.js';

/** A disk that makes small files durable one by one is waited for most of the time. */
const atOnce = 8;
const dayMs = 24 * 3_600_000;

/** A backup whose documents are to be restored. */
export interface DocumentSource {
  database: string;
  projectId: string | null;
  /** Of its artefact. */
  path: string;
  documents: DocumentFacts;
}

/** How single documents are restored; all of them, replacing everything, if left out. */
interface StagingChoices {
  /** Where a document of the list is to stand; throws for one that must not be restored. */
  place?: (path: string) => string;
  plan?: PlanOfMoves;
}

interface Known {
  area: RestoreArea;
  journal: RestoreJournal;
}

/** Restores documents: staged beside, switched with the rows, kept as long as the rows' undo. Call under the database's lock. */
@Injectable()
export class DocumentRestores {
  readonly #log = new Logger('documents');

  constructor(
    private readonly documents: DocumentsService,
    private readonly blobs: BlobsService,
    private readonly databases: DatabasesService,
    private readonly settings: Settings,
    private readonly clock: Clock,
    exclusive: ExclusiveWorkService,
  ) {
    exclusive.afterRecovery((engine, recovered) => this.recover(engine, recovered));
  }

  /**
   * Copies the documents of a backup beside what is there. Throws DomainError `artefact-damaged`,
   * `artefact-unfit` for a folder that is not configured, `no-space`; then nothing of it is left.
   */
  async stage(
    source: DocumentSource,
    rows: RowsBefore,
    watch: DocumentWatch,
    { place = (path) => path, plan }: StagingChoices = {},
  ): Promise<DocumentRestore> {
    const { header, documents } = await this.documents.open(source.path, source.documents);
    const folders = await this.#folders(source.database, header.folders);
    await this.#mustBeFree(folders);
    await mustHaveRoom(folders, documents);
    const area = new RestoreArea(shortId(), folders);
    const restore = this.#begin(area, plan);
    try {
      await area.create();
      await restore.stage();
      await this.#stageAll(source, area, watch, place);
      await restore.ready(rows);
      return restore;
    } catch (error) {
      await area.remove();
      throw error;
    }
  }

  async #stageAll(
    { path, documents }: DocumentSource,
    area: RestoreArea,
    watch: DocumentWatch,
    place: (path: string) => string,
  ): Promise<void> {
    const halves = new Map(area.folders.map((folder) => [folder.name, area.path(folder, 'new')]));
    const list = await this.documents.open(path, documents);
    const staged = mapAtOnce(list.documents, atOnce, (document) => {
      const target = place(document.path);
      const half = halves.get(splitPath(target).name);
      if (half === undefined) throw damaged('names a document outside of its folders');
      return stageDocument(this.blobs, { ...document, path: target }, half, watch);
    });
    for await (const bytes of staged) watch.onBytes?.(bytes);
  }

  #begin(area: RestoreArea, plan?: PlanOfMoves): DocumentRestore {
    const folders = area.folders.map(({ name }) => name);
    const at = this.clock.now().toISOString();
    const journal = { state: 'staging', from: 'new', folders, undo: null, rows: null, at } as const;
    return new DocumentRestore(area, journal, this.clock, plan);
  }

  /** What a restore replaced, to be put back with the rows of this undo; null when there were no documents in it. */
  async openUndo(database: string, undo: UndoLocation, rows: RowsBefore): Promise<DocumentRestore | null> {
    const known = (await this.#known(database)).find(({ journal }) => journal.undo === undo);
    if (!known) return null;
    await this.#mustBeFree(known.area.folders);
    const restore = new DocumentRestore(known.area, known.journal, this.clock);
    await restore.ready(rows);
    return restore;
  }

  /**
   * Exchanges rows, with documents switched in the exclusive moment. When that fails, they are where the rows are: found out
   * at once if the database answers, or by the next work on it.
   */
  async together<T extends { undo: UndoLocation | null }>(
    engine: Engine,
    restore: DocumentRestore | null,
    work: WorkOptions,
    exchange: (work: WorkOptions) => Promise<T>,
  ): Promise<T> {
    if (!restore) return exchange(work);
    let exchanged: T;
    try {
      exchanged = await exchange(restore.within(work));
    } catch (error) {
      await this.#afterFailure(engine, work);
      throw error;
    }
    await restore.finish(exchanged.undo).catch((error: unknown) => {
      this.#log.warn({ msg: 'the restore of documents will be brought to its end later', err: error });
    });
    return exchanged;
  }

  /** Also after a cancellation. */
  async #afterFailure(engine: Engine, { signal: _, ...work }: WorkOptions): Promise<void> {
    try {
      await this.recover(engine, await engine.recover(work));
    } catch (error) {
      this.#log.warn({ msg: 'the documents will be looked after when the database answers', err: error });
    }
  }

  /** What it kept of the documents goes with it. One that is gone is no error. */
  async dropUndo(database: string, undo: UndoLocation): Promise<void> {
    for (const { area, journal } of await this.#known(database)) {
      if (journal.undo === undo) await area.remove();
    }
  }

  /**
   * Brings switches that were interrupted to their end, if the rows were exchanged, or back. Throws DomainError
   * `restore-failed` when that is not possible yet.
   */
  async recover(engine: Engine, { undos, broughtForward }: RecoveryReport): Promise<void> {
    const known = await this.#known(this.databases.nameOf(engine));
    for (const { area, journal } of known) {
      const restore = new DocumentRestore(area, journal, this.clock);
      if (journal.state === 'staging') await area.remove();
      else if (journal.state === 'kept') await this.#dropOutdated(area, journal, undos);
      else {
        const now = { undos, broughtForward, incarnation: await engine.incarnation() };
        const before = journal.rows ?? { undos: [...undos], incarnation: null, keepNothing: false };
        await this.#settle(restore, before, now);
      }
    }
  }

  async #settle(
    restore: DocumentRestore,
    before: RowsBefore,
    now: Parameters<typeof wereExchanged>[1],
  ): Promise<void> {
    if (wereExchanged(before, now)) {
      await restore.forward();
      await restore.finish(newUndo(before, now));
      this.#log.warn('An interrupted restore of documents was brought to its end, as its rows were');
    } else {
      await restore.back();
      this.#log.warn('An interrupted restore of documents was put back, as its rows were');
    }
  }

  /** An undo that is not listed may be one of another server under this address: its time must be over, too. */
  async #dropOutdated(
    area: RestoreArea,
    { undo, at }: RestoreJournal,
    undos: readonly string[],
  ): Promise<void> {
    if (undo !== null && undos.includes(undo)) return;
    const days = this.settings.env.HOLDFAST_UNDO_DAYS + 1;
    if (this.clock.now().getTime() - Date.parse(at) > days * dayMs) await area.remove();
  }

  /** All restores of which something is kept. Throws DomainError `restore-failed` when a folder of one is missing. */
  async #known(database: string): Promise<Known[]> {
    const scope = await this.documents.scopeOf({ database, projectId: null });
    const known: Known[] = [];
    const unknown: RestoreArea[] = [];
    for (const folder of scope?.folders ?? []) {
      for (const id of await restoresIn(folder)) {
        const here = new RestoreArea(id, [folder]);
        const journal = await here.read();
        if (!journal) unknown.push(here);
        else
          known.push({ area: new RestoreArea(id, await this.#folders(database, journal.folders)), journal });
      }
    }
    const others = unknown.filter(({ id }) => !known.some(({ area }) => area.id === id));
    for (const area of others) await area.removeIfEmpty();
    return known;
  }

  async #folders(database: string, names: readonly string[]): Promise<DocumentFolder[]> {
    const scope = await this.documents.scopeOf({ database, projectId: null });
    const missing = await this.documents.missingOf(database);
    return names.map((name) => {
      const folder = scope?.folders.find((one) => one.name === name);
      if (folder && !missing.includes(name)) return folder;
      throw new DomainError(
        'artefact-unfit',
        `There is no document folder "${name}" here. Name one in HOLDFAST_DOCUMENTS_DIR (${name}=/path) and make it, or restore without documents.`,
      );
    });
  }

  async #mustBeFree(folders: readonly DocumentFolder[]): Promise<void> {
    for (const folder of folders) {
      for (const id of await restoresIn(folder)) {
        const journal = await new RestoreArea(id, [folder]).read();
        if (!journal || journal.state === 'kept') continue;
        throw new DomainError(
          'restore-failed',
          'An interrupted restore of documents has not come to its end yet; the status says why. Restore without documents, or try again later.',
        );
      }
    }
  }
}
