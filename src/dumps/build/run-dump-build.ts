import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../../artefacts/artefacts.service.js';
import type { ArtefactPart, WrittenArtefact } from '../../artefacts/artefacts.types.js';
import type { Caller } from '../../auth/auth.types.js';
import type { BackupEntity } from '../../catalog/backup.entity.js';
import { CatalogService } from '../../catalog/catalog.service.js';
import type { DumpEntity } from '../../catalog/dump.entity.js';
import type { BuiltFacts } from '../../catalog/dump.types.js';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/errors.js';
import { fileTime } from '../../common/timestamps.js';
import { Settings } from '../../config/settings.js';
import type { RegisteredDatabase } from '../../databases/databases.types.js';
import { ExclusiveWorkService } from '../../databases/exclusive-work.service.js';
import { KeyRing } from '../../databases/secrets/key-ring.service.js';
import type { Dump, DumpContents, WorkOptions } from '../../engines/engine.types.js';
import type { ScratchDatabase } from '../../engines/scratch.types.js';
import type { JobContext } from '../../jobs/jobs.types.js';
import { StorageService } from '../../storage/storage.service.js';
import { DumpsService } from '../dumps.service.js';
import type { DumpPolicy } from './dump-policy.js';
import { LeakSearch } from './leak-search.js';
import { planReduction, type ReductionPlan } from './plan-reduction.js';
import { refuseLeaks, sayWhatWent } from './say-what-went.js';
import { ValueSpool } from './value-spool.js';

const lockWaitMs = 30 * 60_000;

export interface DumpBuild {
  database: RegisteredDatabase;
  backup: BackupEntity;
  policy: DumpPolicy;
  isPublic: boolean;
  caller: Caller;
}

/**
 * A dump for the public out of a backup: loaded beside live, cut down there as the policy says, dumped by the engine's own
 * dump, and searched for what was to be hidden before anybody can see it. Live is not read.
 */
@Injectable()
export class RunDumpBuild {
  constructor(
    private readonly artefacts: ArtefactsService,
    private readonly catalog: CatalogService,
    private readonly storage: StorageService,
    private readonly exclusive: ExclusiveWorkService,
    private readonly ring: KeyRing,
    private readonly dumps: DumpsService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Throws DomainError `conflict` when the policy does not fit the backup; `dump-leak`; else as a rehearsal and a dump do. */
  async run(build: DumpBuild, job: JobContext): Promise<DumpEntity> {
    const { database, backup, isPublic, caller } = build;
    const { engine, id, name } = database;
    const { signal } = job;
    const path = await this.#path(database);
    job.about(path);
    const onPhase = (phase: string) => job.phase(phase);
    const facts = await this.catalog.holding(backup, () =>
      this.exclusive.run({ engine, lockWaitMs, signal, onPhase }, (work) =>
        this.#make(build, path, job, work),
      ),
    );
    const source = { path, backup: null, database: { id, name }, projectId: null };
    return this.dumps.add(source, isPublic, facts, caller);
  }

  async #make(
    { database, backup, policy }: DumpBuild,
    path: string,
    job: JobContext,
    work: WorkOptions,
  ): Promise<BuiltFacts> {
    const manifest = await this.artefacts.manifestOf(backup, database.engine.kind);
    await this.artefacts.verify(backup.path, manifest);
    const { contents, parts } = manifest;
    const source = { contents, parts, open: () => this.artefacts.open(backup.path, manifest) };
    const scratch = await database.engine.openScratch(source, work);
    const spool = new ValueSpool(work.workFolder);
    try {
      const plan = planReduction(await scratch.schema(), policy, (mask, column) =>
        scratch.whyUnfit(mask, column),
      );
      refuseFaults(plan);
      job.phase('collect');
      for await (const values of scratch.values(plan.hidden)) {
        work.signal?.throwIfAborted();
        spool.add(values);
      }
      job.phase('mask');
      const [key] = await this.ring.keysFor(`public dumps of ${database.id}`);
      if (!key) throw new Error('A key ring without a key');
      const notes = await scratch.reduce({ tables: plan.tables, key }, work);
      const search = new LeakSearch(spool);
      const made = await this.#dump(scratch, path, search, plan, job, work);
      return sayWhatWent(backup.filename, plan, contents, made, notes);
    } finally {
      await spool.close();
      await scratch.discard();
    }
  }

  /** Invariants 1 and 2 as in the pipeline; visible only after the search. */
  async #dump(
    scratch: ScratchDatabase,
    path: string,
    search: LeakSearch,
    plan: ReductionPlan,
    job: JobContext,
    work: WorkOptions,
  ): Promise<DumpContents> {
    job.phase('dump');
    let dump: Dump | undefined;
    let artefact: WrittenArtefact | undefined;
    try {
      dump = await scratch.openDump(work);
      const parts = dump.parts.map((part) => searched(part, search));
      artefact = await this.artefacts.write(path, parts, this.#compression, (bytes) =>
        job.advance({ bytes }),
      );
      job.phase('check');
      const contents = await dump.finish();
      for await (const { bytes, place } of scratch.content()) search.in(bytes, place);
      work.signal?.throwIfAborted();
      refuseLeaks(search.found, plan.hidden);
      await artefact.publish();
      return contents;
    } finally {
      await artefact?.discard();
      await dump?.abort();
    }
  }

  /** Never `none`: strangers download it. */
  get #compression() {
    return this.settings.env.HOLDFAST_COMPRESSION === 'zstd' ? 'zstd' : 'gzip';
  }

  async #path({ name, engine }: RegisteredDatabase): Promise<string> {
    const time = fileTime(this.clock.now(), this.settings.env.HOLDFAST_TIMEZONE);
    const ending = `.${engine.extension}${this.artefacts.suffix(this.#compression)}`;
    for (let copy = 1; ; copy += 1) {
      const path = `dumps/${name}-public-${time}${copy === 1 ? '' : `_${copy}`}${ending}`;
      if (!(await this.storage.store.isTaken(path))) return path;
    }
  }
}

function searched(part: ArtefactPart, search: LeakSearch): ArtefactPart {
  return {
    name: part.name,
    open: async () => {
      const source = await part.open();
      const passing = search.passing();
      source.on('error', (error) => passing.destroy(error));
      passing.once('close', () => source.destroy());
      return source.pipe(passing);
    },
  };
}

function refuseFaults({ faults }: ReductionPlan): void {
  if (faults.length === 0) return;
  const most = 10;
  const more = faults.length > most ? ` And ${faults.length - most} more.` : '';
  const detail = `The policy does not fit the backup. ${faults.slice(0, most).join(' ')}${more}`;
  throw new DomainError('conflict', detail);
}
