import { Injectable, Logger } from '@nestjs/common';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../common/errors.js';
import { Settings } from '../config/settings.js';
import type { UndoLocation } from '../engines/engine.types.js';
import type { DocumentRestore, PlanOfMoves } from './document-restore.js';
import { DocumentRestores, type DocumentSource } from './document-restores.service.js';
import { pathInProject, wholeScope } from './document-scope.js';
import { DocumentsService } from './documents.service.js';
import type { DocumentFacts, DocumentScope, DocumentWatch } from './documents.types.js';
import type { RawPath } from './switch-entries.js';
import { walkFolder } from './walk-folder.js';

/** What becomes of documents that differ, as of rows: see restore-modes.ts. */
export type DocumentMode = 'exact' | 'overwrite' | 'undelete';

export interface ProjectSource extends DocumentSource {
  projectId: string;
}

/** Restores the documents of one project, and touches no other file. Call under the database's lock. */
@Injectable()
export class ProjectDocuments {
  readonly #log = new Logger('documents');

  constructor(
    private readonly restores: DocumentRestores,
    private readonly documents: DocumentsService,
    private readonly settings: Settings,
  ) {}

  /**
   * Does `exchange`, which must call what it is given before it commits: then the documents are switched. `undos` are the
   * rows' undos that the engine knows, `keptAt` is when what is there was kept for going back; null when it was not, and
   * then nothing is replaced. Throws as `exchange` and DocumentRestores do, and DomainError `conflict` when a document has
   * changed since `keptAt`; then both are as before.
   */
  async restore<T>(
    source: ProjectSource,
    { mode, undos, keptAt }: { mode: DocumentMode; undos: UndoLocation[]; keptAt: Date | null },
    watch: DocumentWatch,
    exchange: (beforeCommit: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const scope = await this.documents.scopeOf(source);
    const place = (path: string) => {
      if (scope?.includes(path)) return path;
      throw notOfProject(path);
    };
    // What is not in a partial backup may be what it lacks.
    const removing = mode === 'exact' && source.documents.partial ? 'overwrite' : mode;
    const plan = scope && keptAt ? planOf(removing, scope, keptAt) : additions;
    const staged = await this.restores.stage(source, rows(undos), watch, { place, plan });
    return this.#beside(staged, () => exchange(() => staged.switch()));
  }

  /**
   * As `restore`, for a copy of the project whose id is known shortly before the commit. Nothing that is there is replaced.
   */
  async copy<T>(
    source: ProjectSource,
    undos: UndoLocation[],
    watch: DocumentWatch,
    exchange: (beforeCommit: (newProjectId: string) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    let staged: DocumentRestore | undefined;
    const later = {
      back: async () => staged?.back(),
      finish: async () => staged?.finish(null),
    };
    return this.#beside(later, () =>
      exchange(async (newProjectId) => {
        const { HOLDFAST_PROJECT_DOCUMENTS: patterns } = this.settings.env;
        const place = (path: string) => {
          const target = pathInProject(patterns, path, [source.projectId, newProjectId]);
          if (target === null) throw notOfProject(path);
          return target;
        };
        staged = await this.restores.stage(source, rows(undos), watch, { place, plan: additions });
        await staged.switch();
      }),
    );
  }

  async #beside<T>(
    staged: { back(): Promise<unknown>; finish(undo: null): Promise<unknown> },
    exchange: () => Promise<T>,
  ): Promise<T> {
    const later = (error: unknown) => {
      this.#log.warn({
        msg: 'the documents will be looked after by the next work on the database',
        err: error,
      });
    };
    let outcome: T;
    try {
      outcome = await exchange();
    } catch (error) {
      await staged.back().catch(later);
      throw error;
    }
    await staged.finish(null).catch(later);
    return outcome;
  }

  /** Throws DomainError `restore-failed` when something of what is there could not be brought back. */
  mustBeWhole(undo: DocumentFacts | undefined): void {
    const [first] = undo?.partial?.files ?? [];
    if (!first) return;
    throw new DomainError(
      'restore-failed',
      `Documents of the project that are there now cannot be kept for going back: ${first.path} ${first.reason}. ` +
        'Nothing was changed; put that right, or restore without documents.',
    );
  }
}

/** No undo of rows comes of a project's restore: one that was interrupted is put back. */
function rows(undos: UndoLocation[]) {
  return { undos, incarnation: null, keepNothing: false };
}

/** Nothing that is there is replaced. */
const additions: PlanOfMoves = ({ path }, from) => ({ out: none(), into: missingIn(path, from) });

function planOf(mode: DocumentMode, scope: DocumentScope, keptAt: Date): PlanOfMoves {
  if (mode === 'undelete') return additions;
  return (folder, from) => {
    const there = filesOf(folder, scope);
    const out = mode === 'exact' ? there : alsoIn(there, from);
    return { out: unchanged(out, folder.path, keptAt), into: allIn(from) };
  };
}

/** What has changed since it was kept would be lost. */
async function* unchanged(
  names: AsyncIterable<RawPath>,
  live: string,
  keptAt: Date,
): AsyncGenerator<RawPath> {
  for await (const name of names) {
    const { ctime } = await lstat(join(live, text(name)));
    if (ctime <= keptAt) yield name;
    else {
      throw new DomainError(
        'conflict',
        `The document ${text(name)} was changed after the restore had begun. Nothing was changed by it; try again.`,
      );
    }
  }
}

async function* filesOf(
  folder: { name: string; path: string },
  scope: DocumentScope,
): AsyncGenerator<RawPath> {
  for await (const met of walkFolder(folder, scope)) {
    if (met.kind === 'file') yield raw(met.path.slice(folder.name.length + 1));
  }
}

function allIn(half: string): AsyncGenerator<RawPath> {
  const folder = { name: 'half', path: half };
  return filesOf(folder, wholeScope([folder]));
}

async function* alsoIn(names: AsyncIterable<RawPath>, half: string): AsyncGenerator<RawPath> {
  for await (const name of names) if (await isThere(half, name)) yield name;
}

async function* missingIn(live: string, half: string): AsyncGenerator<RawPath> {
  for await (const name of allIn(half)) if (!(await isThere(live, name))) yield name;
}

async function* none(): AsyncGenerator<RawPath> {
  return;
}

function isThere(root: string, name: RawPath): Promise<boolean> {
  return lstat(join(root, text(name))).then(
    () => true,
    () => false,
  );
}

function text(name: RawPath): string {
  return Buffer.from(name, 'latin1').toString('utf8');
}

function raw(path: string): RawPath {
  return Buffer.from(path, 'utf8').toString('latin1');
}

function notOfProject(path: string): DomainError {
  return new DomainError(
    'artefact-unfit',
    `The list of the backup names ${path}, which is no document of the project by HOLDFAST_PROJECT_DOCUMENTS. ` +
      'Nothing was changed; restore without documents, or correct the setting.',
  );
}
