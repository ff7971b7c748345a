import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import type { Actor } from '../audit/audit.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import type { VerificationLevel } from '../catalog/catalog.types.js';
import { Clock } from '../common/clock.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { DatabasesService } from '../databases/databases.service.js';
import { DocumentsService } from '../documents/documents.service.js';
import type { Check, EngineKind } from '../engines/engine.types.js';
import { JobsService } from '../jobs/jobs.service.js';
import type { StartedJob } from '../jobs/jobs.types.js';
import { CopyChecks } from '../offsite/copy-checks.service.js';
import { FullContents } from './full-contents.js';
import { ProjectContents } from './project-contents.js';
import { levelsUpTo, type Outcome, verdictAfter } from './verdict.js';
import type { VerificationReport, VerificationWatch, VerificationWish } from './verification.types.js';

/** Proves what a backup is worth, level by level, and writes it down. Live data is never touched. */
@Injectable()
export class VerificationService {
  constructor(
    private readonly databases: DatabasesService,
    private readonly jobs: JobsService,
    private readonly catalog: CatalogService,
    private readonly artefacts: ArtefactsService,
    private readonly whole: WholeBackups,
    private readonly copyChecks: CopyChecks,
    private readonly documents: DocumentsService,
    private readonly full: FullContents,
    private readonly project: ProjectContents,
    private readonly clock: Clock,
  ) {}

  /** Waits for its turn while something else runs on the database. Throws DomainError `not-found` for a missing file. */
  async start<T>(
    backup: BackupEntity,
    { level, copies }: VerificationWish,
    by: Actor,
    answer: (report: VerificationReport) => T,
  ): Promise<StartedJob<T>> {
    if (!(await this.whole.isToBeHad(backup))) {
      throw new DomainError('not-found', 'The file of this backup is missing from the backup folder.');
    }
    const { database, projectId } = backup;
    return this.jobs.start(
      {
        kind: 'verification',
        database,
        ...(projectId !== null && { projectId }),
        by,
        subject: backup.filename,
        whenBusy: 'wait',
      },
      async ({ signal, phase }) => {
        const anew = level === 'restorable';
        const report = await this.verify(backup, level, { signal, phase, anew });
        if (copies) report.checks.push(...(await this.#copies(backup, phase)));
        return answer(report);
      },
    );
  }

  /**
   * Verifies one level after the other, up to `level`. Throws DomainError `artefact-damaged`, which is also kept in the
   * catalogue; everything else that is thrown says nothing about the backup: a missing file (`not-found`), a server that
   * it does not fit (`artefact-unfit`, `scope-leak`) or that is away.
   */
  verify(
    backup: BackupEntity,
    level: VerificationLevel,
    watch: VerificationWatch = {},
  ): Promise<VerificationReport> {
    return this.catalog.holding(backup, async () => {
      await this.whole.path(backup);
      const checks: Check[] = [];
      let reached: Outcome['reached'] = null;
      for (const next of levelsUpTo(level)) {
        watch.phase?.(next);
        try {
          checks.push(...(await this.#prove(backup, next, watch)));
        } catch (error) {
          const at = this.clock.now();
          const found = isDomainError(error) && error.code === 'artefact-damaged' ? error : null;
          const damage = found && {
            code: found.code,
            detail: found.detail,
            level: next,
            at: at.toISOString(),
          };
          await this.#record(backup, { reached, damage, at });
          throw error;
        }
        reached = next;
      }
      const at = this.clock.now();
      await this.#record(backup, { reached, damage: null, at });
      return { backup, level, verifiedAt: at, checks };
    });
  }

  async #copies(backup: BackupEntity, phase: (name: string) => void): Promise<VerificationReport['checks']> {
    phase('copies');
    return (await this.copyChecks.verify(backup.id)).map(({ place, bytes, fault }) => ({
      name: 'copy',
      ok: fault === null,
      detail:
        fault?.detail ?? `The copy in ${place} has the ${bytes} bytes and the SHA-256 that were stored.`,
    }));
  }

  #record(backup: BackupEntity, outcome: Outcome): Promise<void> {
    return this.catalog.recordVerdict(backup, verdictAfter(backup, outcome));
  }

  async #prove(backup: BackupEntity, level: VerificationLevel, watch: VerificationWatch): Promise<Check[]> {
    if (level === 'stored') return this.#stored(backup, watch);
    const database = this.databases.get(backup.database);
    const manifest = await this.#manifestOf(backup, database.engine.kind);
    const contents = backup.scope === 'full' ? this.full : this.project;
    return contents[level]({ backup, database, manifest }, watch);
  }

  async #stored(backup: BackupEntity, watch: VerificationWatch): Promise<Check[]> {
    const manifest = await this.#manifestOf(backup, backup.engine as EngineKind);
    await this.artefacts.verify(backup.path, manifest);
    const documents = await this.#documents(backup, manifest, watch);
    return [
      { name: 'manifest', detail: 'The manifest is valid, and the one that was written with the backup.' },
      { name: 'hash', detail: `The file has the ${manifest.size} bytes and the SHA-256 of its manifest.` },
      ...documents,
    ];
  }

  async #documents(
    { path }: BackupEntity,
    { documents }: Manifest,
    { signal, anew }: VerificationWatch,
  ): Promise<Check[]> {
    if (!documents) return [];
    await this.documents.verify(path, documents, { signal, ...(anew && { anew }) });
    const detail = `The content of each of its ${documents.files} documents is stored, and has its SHA-256.`;
    return [{ name: 'documents', detail }];
  }

  #manifestOf(backup: BackupEntity, engine: EngineKind): Promise<Manifest> {
    return this.artefacts.manifestOf(backup, engine);
  }
}
