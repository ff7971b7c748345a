import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Production } from '../backup-pipeline/backup-pipeline.types.js';
import { DomainError } from '../common/errors.js';
import type { DumpContents, WorkOptions } from '../engines/engine.types.js';
import type { Cell, ProjectRows } from '../engines/rows.types.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import {
  type ExportOptions,
  type ExportResult,
  filedTables,
  type ProjectFileHeader,
  type ScopeRules,
} from '../project-scope/project-scope.types.js';
import type { CoveredScope } from '../projects/scope-coverage.service.js';
import { partialWarnings } from './must-be-complete.js';

export interface ProjectExport extends ExportOptions {
  /** Where the rows are: the live database, or what was unpacked beside it. */
  rows: Pick<ProjectRows, 'schema' | 'snapshot'>;
  rules: ScopeRules;
  covered: CoveredScope;
  rootKey: Cell;
  header: ProjectFileHeader;
  serverVersion: string;
}

/** The export of one project, as something that the pipeline can write. */
export class ProjectProduction implements Production {
  readonly toolVersion = 'Holdfast project export 1.0';
  readonly serverVersion: string;
  readonly parts = [{ name: 'project', open: () => Promise.resolve(this.#open()) }];
  readonly result: ExportResult = { totals: {}, rowsDigest: '', warnings: [] };
  readonly #output = new PassThrough({ highWaterMark: 1024 * 1024 });
  readonly #signal: AbortSignal | undefined;
  readonly #workFolder: string;
  readonly #cancel = () => void this.#output.destroy(cancelled());
  #export: Promise<void> = Promise.resolve();

  constructor(
    private readonly scope: ProjectScopeService,
    private readonly source: ProjectExport,
    { signal, workFolder }: WorkOptions,
  ) {
    this.serverVersion = source.serverVersion;
    this.#signal = signal;
    this.#workFolder = workFolder;
    signal?.addEventListener('abort', this.#cancel, { once: true });
  }

  #open(): Readable {
    const {
      rows,
      covered: { plan },
      rootKey,
      header,
      leaks,
    } = this.source;
    this.#export = rows.snapshot((reader) => {
      const options = { leaks, workFolder: this.#workFolder };
      const bytes = this.scope.export(reader, plan, rootKey, header, this.result, options);
      return pipeline(Readable.from(bytes, { objectMode: false }), this.#output);
    });
    this.#export.catch((error: Error) => this.#output.destroy(error));
    return this.#output;
  }

  /** Throws DomainError `dump-failed` when the schema was changed meanwhile: a new column would be missing. */
  async finish(): Promise<DumpContents> {
    await this.#export;
    const { rows, covered, rules } = this.source;
    const { plan } = covered;
    const after = this.scope.plan(await rows.schema(), rules);
    if (after.fingerprint !== plan.fingerprint) {
      throw new DomainError(
        'dump-failed',
        'The schema was changed during the backup. Make the backup again.',
      );
    }
    return {
      tables: filedTables(plan).map(({ table: { name } }) => ({ name, rows: this.result.totals[name] ?? 0 })),
      views: [],
      triggers: [],
      routines: [],
      events: [],
      warnings: [...partialWarnings(covered), ...this.result.warnings],
      consistencyPoint: null,
    };
  }

  async abort(): Promise<void> {
    // The signal lives as long as the service, and would keep every export that was ever made.
    this.#signal?.removeEventListener('abort', this.#cancel);
    this.#output.destroy();
    await this.#export.catch(() => undefined);
  }
}

function cancelled(): DomainError {
  return new DomainError('shutting-down', 'The service stopped before the backup had ended.');
}
