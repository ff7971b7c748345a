import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Repository } from 'typeorm';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Manifest } from '../artefacts/artefacts.types.js';
import { AuditService } from '../audit/audit.service.js';
import { system } from '../audit/audit.types.js';
import { Clock } from '../common/clock.js';
import { isDomainError } from '../common/errors.js';
import { JobSettlement } from '../jobs/job-settlement.service.js';
import { JobsService } from '../jobs/jobs.service.js';
import { OwnerService } from '../persistence/owner.service.js';
import { ProcessesService } from '../persistence/processes.service.js';
import { StorageService } from '../storage/storage.service.js';
import { BackupEntity } from './backup.entity.js';
import { type BackupFault, sealedFacts } from './catalog.types.js';
import { DiscoveryService } from './discovery.service.js';
import { Elsewhere } from './elsewhere.types.js';

const interrupted: BackupFault = {
  code: 'shutting-down',
  detail: 'The service stopped before the backup had ended.',
};

/**
 * After a start, and when another process died: what it had under way is brought to its end or back, by the row that it
 * wrote before each step. A backup with its manifest is whole and is sealed; anything less is removed. A removal is
 * finished. A scheduled backup whose job was given back waits for whoever takes that.
 */
@Injectable()
export class InterruptedService implements OnModuleInit {
  readonly #log = new Logger('recovery');

  constructor(
    @InjectRepository(BackupEntity) private readonly backups: Repository<BackupEntity>,
    private readonly artefacts: ArtefactsService,
    private readonly storage: StorageService,
    private readonly discovery: DiscoveryService,
    private readonly elsewhere: Elsewhere,
    private readonly owner: OwnerService,
    private readonly processes: ProcessesService,
    private readonly jobs: JobsService,
    private readonly settlement: JobSettlement,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {
    processes.onDeath((dead) => this.#afterDeath(dead));
  }

  async onModuleInit(): Promise<void> {
    try {
      await this.recover();
    } catch (error) {
      // A folder that cannot be read is said by every route that needs it; the others must work.
      if (!isDomainError(error)) throw error;
      this.#log.error(`The backup folder was not looked at: ${error.detail}`);
    }
  }

  async #afterDeath(dead: string): Promise<void> {
    // First of all who may go on with it.
    await this.settlement.settle(dead);
    await this.#settleAll();
    // The next start sweeps, too; others who want to hear of the death must not miss it for a folder that is away.
    await this.#sweep().catch((error: unknown) =>
      this.#log.warn({ msg: 'the working files of a dead process are still there', err: error }),
    );
  }

  async #settleAll(): Promise<void> {
    const under = await this.backups.findBy({ status: In(['scheduled', 'pending', 'running', 'removing']) });
    for (const backup of under) {
      if (await this.processes.isAlive(backup.owner)) continue;
      if (await this.#isGivenBack(backup)) continue;
      if (!(await this.#takeOver(backup))) continue;
      if (backup.status === 'removing') await this.#finishRemoval(backup);
      else await this.#settle(backup);
    }
  }

  /** Settled before; its job goes on with it. */
  async #isGivenBack({ owner, id }: BackupEntity): Promise<boolean> {
    return owner === null && (await this.jobs.isUnderWay(id));
  }

  /** Of several processes that see it one does it. */
  async #takeOver({ id, status, owner }: BackupEntity): Promise<boolean> {
    const seen = { id, status, owner: owner ?? IsNull() };
    const { affected } = await this.backups.update(seen, { owner: this.owner.id });
    return affected === 1;
  }

  async recover(): Promise<void> {
    await this.#settleAll();
    await this.#sweep();
    await this.discovery.everywhere();
  }

  async #sweep(): Promise<void> {
    const swept = await this.storage.store.sweep();
    if (swept.length > 0) this.#log.warn(`${swept.length} working files of interrupted backups were removed`);
  }

  async #finishRemoval(backup: BackupEntity): Promise<void> {
    const { id, path, database, projectId, filename } = backup;
    await this.artefacts.remove(path);
    await this.elsewhere.forget(backup);
    await this.backups.delete({ id });
    const act = { by: system, action: 'delete-backup', database, projectId, subject: filename } as const;
    await this.audit.note({ ...act, details: { reason: 'its interrupted removal was finished' } }, 'ok');
    this.#log.warn(`The interrupted removal of ${path} was finished`);
  }

  async #settle(backup: BackupEntity): Promise<void> {
    const { id, path, filename } = backup;
    const manifest = await this.#ownManifest(backup);
    if (manifest) {
      const finishedAt = new Date(manifest.finished_at);
      await this.backups.update({ id }, { ...sealedFacts(manifest), status: 'done', finishedAt } as object);
      this.#log.warn(`The interrupted backup ${filename} is whole and was finished`);
      return;
    }
    // Its name was ours alone, and its length is the one that we were about to publish.
    const file = await this.storage.store.stat(path);
    if (backup.size !== null && file?.bytes === backup.size) await this.artefacts.remove(path);
    // A scheduled one has its job's id.
    if (await this.jobs.isUnderWay(id)) {
      await this.backups.update({ id }, { owner: null, size: null, sha256: null });
      return;
    }
    await this.backups.update({ id }, {
      status: 'error',
      error: interrupted,
      size: null,
      sha256: null,
      finishedAt: this.clock.now(),
    } as object);
    this.#log.warn(`The interrupted backup ${filename} was given up`);
  }

  /** The manifest that this very run wrote, beside the artefact that it published. */
  async #ownManifest({ id, path, size, sha256 }: BackupEntity): Promise<Manifest | null> {
    if (size === null || (await this.storage.store.stat(path))?.bytes !== size) return null;
    try {
      const manifest = await this.artefacts.readManifest(path);
      return manifest.id === id && manifest.sha256 === sha256 ? manifest : null;
    } catch (error) {
      if (isDomainError(error) && error.code === 'artefact-damaged') return null;
      throw error;
    }
  }
}
