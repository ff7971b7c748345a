import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Compression, Manifest, WrittenArtefact } from '../artefacts/artefacts.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { sealedFacts } from '../catalog/catalog.types.js';
import { ScheduledBackups } from '../catalog/scheduled-backups.service.js';
import { Clock } from '../common/clock.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import { DocumentsService } from '../documents/documents.service.js';
import type { DocumentCollection, DocumentFacts } from '../documents/documents.types.js';
import type { DumpContents, WorkOptions } from '../engines/engine.types.js';
import { isCancelled, type JobContext } from '../jobs/jobs.types.js';
import { VerificationService } from '../verification/verification.service.js';
import { RetentionService } from '../retention/retention.service.js';
import type { BackupOrder, Production } from './backup-pipeline.types.js';

/** How long a backup waits for another process's work on the same database. */
const lockWaitMs = 30 * 60_000;

/**
 * The one way in which a backup comes to be, whatever goes into it: catalogue opened, lock taken, bytes produced,
 * compressed, hashed and stored, checked, published, manifest, catalogue sealed, verified, retention. The order is
 * invariant 1: a crash at any instant leaves nothing half that any list, download, restore or retention can see.
 */
@Injectable()
export class BackupPipelineService {
  constructor(
    private readonly catalog: CatalogService,
    private readonly scheduled: ScheduledBackups,
    private readonly artefacts: ArtefactsService,
    private readonly verification: VerificationService,
    private readonly retention: RetentionService,
    private readonly exclusive: ExclusiveWorkService,
    private readonly documents: DocumentsService,
    private readonly clock: Clock,
  ) {}

  async run(order: BackupOrder, job: JobContext): Promise<BackupEntity> {
    const { engine } = order.database;
    const { scheduled } = order;
    const backup = await (scheduled ? this.scheduled.begin(scheduled) : this.catalog.open(order.backup));
    job.about(backup.filename);
    job.expect(await this.catalog.lastSize(order.backup));
    try {
      const { signal } = job;
      await this.exclusive.run({ engine, lockWaitMs, signal }, (work) =>
        this.#make(order, backup, job, work),
      );
    } catch (error) {
      // A scheduled one may be tried again; it fails with its job.
      if (!scheduled) await this.catalog.fail(backup, error);
      throw error;
    }
    if (!(await this.#verify(order, backup, job))) return backup;
    const { database, projectId } = order.backup;
    if (order.keepNewest !== null) {
      const scope = projectId === undefined ? { database } : { database, projectId };
      await this.retention.applyAfterSuccess(scope, order.keepNewest);
    }
    return backup;
  }

  async #make(order: BackupOrder, backup: BackupEntity, job: JobContext, work: WorkOptions): Promise<void> {
    let production: Production | undefined;
    let artefact: WrittenArtefact | undefined;
    let collection: DocumentCollection | null = null;
    let published = false;
    try {
      job.phase('dump');
      production = await order.produce(work);
      collection = await this.#documents(order, production, backup, work);
      const compression = backup.compression as Compression;
      artefact = await this.artefacts.write(backup.path, production.parts, compression, (bytes) =>
        job.advance({ bytes }),
      );
      job.phase('check');
      const contents = await production.finish();
      job.advance({ rows: contents.tables.reduce((sum, { rows }) => sum + rows, 0) });
      const documents = collection && (await this.#store(collection, backup, job));
      await this.catalog.announce(backup, artefact);
      await artefact.publish();
      published = true;
      await collection?.publish();
      const manifest = this.#manifest(backup, artefact, production, contents, documents);
      await this.artefacts.writeManifest(backup.path, manifest);
      await this.catalog.seal(backup, sealedFacts(manifest));
    } catch (error) {
      await artefact?.discard();
      await collection?.discard();
      // Published but not sealed is as good as not made: nobody was told of it.
      if (published) await this.artefacts.remove(backup.path);
      throw error;
    } finally {
      await production?.abort();
    }
  }

  async #documents(
    { backup: { database, projectId }, withDocuments }: BackupOrder,
    { documentsOf }: Production,
    { id }: BackupEntity,
    work: WorkOptions,
  ): Promise<DocumentCollection | null> {
    const owner = { database, projectId: projectId ?? null };
    if (documentsOf) return this.documents.inherit(owner, id, documentsOf);
    return withDocuments ? this.documents.begin(owner, id, work) : null;
  }

  /** After the rows: a file that is written before its row is there. */
  #store(collection: DocumentCollection, { path }: BackupEntity, job: JobContext): Promise<DocumentFacts> {
    job.phase('documents');
    const onBytes = (bytes: number) => job.advance({ bytes });
    const list = this.artefacts.documentListPath(path);
    return collection.storeAll(list, { signal: job.signal, onBytes });
  }

  /**
   * What was written is read back before anything older may go. The backup stays in the catalogue either way: damaged, as
   * evidence, or with the level that it reached. False when whoever cancelled it came too late for the backup itself.
   */
  async #verify(order: BackupOrder, backup: BackupEntity, { signal, phase }: JobContext): Promise<boolean> {
    try {
      await this.verification.verify(backup, order.verify, { signal, phase });
      return true;
    } catch (error) {
      if (isCancelled(signal)) return false;
      if (!isDomainError(error)) throw error;
      const outcome = backup.damage
        ? 'was written, but it is damaged and does not count'
        : `was made, but could not be verified as ${order.verify}`;
      const detail = `The backup ${backup.filename} ${outcome}; no older one was removed. ${error.detail}`;
      throw new DomainError(error.code, detail, { cause: error });
    }
  }

  #manifest(
    backup: BackupEntity,
    artefact: WrittenArtefact,
    production: Production,
    contents: DumpContents,
    documents: DocumentFacts | null,
  ): Manifest {
    return {
      format: 'holdfast-manifest',
      format_version: 1,
      id: backup.id,
      scope: backup.scope,
      database: backup.database,
      project_id: backup.projectId,
      project_name: backup.projectName,
      filename: backup.filename,
      size: artefact.size,
      sha256: artefact.sha256,
      uncompressed_size: artefact.uncompressedSize,
      compression: backup.compression as Compression,
      encryption: null,
      engine: backup.engine as Manifest['engine'],
      server_version: production.serverVersion,
      tool_version: production.toolVersion,
      parts: artefact.parts,
      contents,
      method: backup.method,
      description: backup.description,
      created_by: backup.createdBy,
      created_by_name: backup.createdByName,
      created_at: backup.createdAt.toISOString(),
      finished_at: this.clock.now().toISOString(),
      ordinal: backup.ordinal,
      ...(documents && { documents }),
      ...(backup.keepUntil && { keep_until: backup.keepUntil.toISOString() }),
    };
  }
}
