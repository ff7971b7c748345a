import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../../artefacts/artefacts.service.js';
import type { Caller } from '../../auth/auth.types.js';
import { BackupEntity } from '../../catalog/backup.entity.js';
import { CatalogService } from '../../catalog/catalog.service.js';
import { WholeBackups } from '../../catalog/whole-backups.service.js';
import { DomainError, isDomainError } from '../../common/errors.js';
import { badInput } from '../../common/http/validation.js';
import { newSecret } from '../../common/random.js';
import type { RegisteredDatabase } from '../../databases/databases.types.js';
import type { DocumentFacts } from '../../documents/documents.types.js';
import { ProjectDocuments } from '../../documents/project-documents.service.js';
import { ExclusiveWorkService } from '../../databases/exclusive-work.service.js';
import type { UndoLocation } from '../../engines/engine.types.js';
import type { JobContext } from '../../jobs/jobs.types.js';
import { ProjectScopeService } from '../../project-scope/project-scope.service.js';
import type { CopyInput, CopyPreview, ProjectCopy } from '../../project-scope/project-scope.types.js';
import { ProjectDirectory } from '../../projects/project-directory.service.js';
import { CopiesService } from './copies.service.js';
import type { CopyChoices } from './copy-choices.js';
import { ProjectCopyEntity } from './project-copy.entity.js';

export interface CopyOrder {
  backup: BackupEntity;
  caller: Caller;
  choices: CopyChoices;
  withDocuments: boolean;
}

export interface CopyOutcome {
  copy: ProjectCopyEntity;
  tables: ProjectCopy['tables'];
  whenEmpty: ProjectCopy['whenEmpty'];
  /** Those that the copy got; null when the backup has none, or none were wanted. */
  documents: DocumentFacts | null;
}

type CopiedRows = Omit<CopyOutcome, 'documents'>;

/** What is done for the new project before its rows are committed. */
type BesideRows = (newProjectId: string) => Promise<void>;

const lockWaitMs = 5_000;

/** One copy: hash, then one transaction that only inserts, and commits when a re-read shows what was meant. */
@Injectable()
export class RunProjectCopy {
  constructor(
    private readonly catalog: CatalogService,
    private readonly whole: WholeBackups,
    private readonly artefacts: ArtefactsService,
    private readonly scope: ProjectScopeService,
    private readonly directory: ProjectDirectory,
    private readonly exclusive: ExclusiveWorkService,
    private readonly copies: CopiesService,
    private readonly documents: ProjectDocuments,
  ) {}

  preview(
    database: RegisteredDatabase,
    { backup, choices }: Pick<CopyOrder, 'backup' | 'choices'>,
  ): Promise<CopyPreview> {
    return this.catalog.holding(backup, async () => {
      const input = await this.#input(database, backup, choices);
      return database.engine.rows.snapshot((reader) => this.scope.previewCopy(reader, input));
    });
  }

  run(database: RegisteredDatabase, order: CopyOrder, job: JobContext): Promise<CopyOutcome> {
    const { backup, choices } = order;
    const { engine } = database;
    return this.catalog.holding(backup, async () => {
      job.phase('verify');
      const onPhase = (phase: string) => job.phase(phase);
      const work = { engine, lockWaitMs, signal: job.signal, onPhase };
      return this.exclusive.run(work, async ({ workFolder }, { undos }) => {
        const input = { ...(await this.#input(database, backup, choices)), workFolder, onPhase };
        const copyRows = (besideRows: BesideRows) => this.#copy(database, order, input, besideRows);
        const outcome = await this.#withDocuments(database, order, { undos, signal: job.signal }, copyRows);
        job.note({ new_project: outcome.copy.newProjectId });
        return outcome;
      });
    });
  }

  async #withDocuments(
    database: RegisteredDatabase,
    { backup, withDocuments }: CopyOrder,
    { undos, signal }: { undos: UndoLocation[]; signal: AbortSignal },
    copyRows: (besideRows: BesideRows) => Promise<CopiedRows>,
  ): Promise<CopyOutcome> {
    const { documents } = await this.artefacts.manifestOf(backup, database.engine.kind);
    if (!documents || !withDocuments) {
      return { ...(await copyRows(() => Promise.resolve())), documents: null };
    }
    const { path, projectId } = backup;
    const source = { database: database.name, projectId: projectId ?? '', path, documents };
    return { ...(await this.documents.copy(source, undos, { signal }, copyRows)), documents };
  }

  async #copy(
    { engine }: RegisteredDatabase,
    order: CopyOrder,
    input: CopyInput & { workFolder: string },
    besideRows: BesideRows,
  ): Promise<CopiedRows> {
    let begun: ProjectCopyEntity | undefined;
    const beforeCommit = async (made: ProjectCopy) => {
      begun = await this.#begin(order, made, input.secret);
      await besideRows(begun.newProjectId);
    };
    const made = await this.scope
      .copy(engine.rows, { ...input, beforeCommit })
      .catch(async (error: unknown) => {
        throw begun ? await this.#settle(begun, error) : error;
      });
    if (!begun) throw new Error('The copy was not written down');
    const { tables, whenEmpty } = made;
    return { copy: await this.copies.finish(begun), tables, whenEmpty };
  }

  /** Returns the error to throw. When the answer to the commit was lost, nobody knows whether the copy is there. */
  async #settle(copy: ProjectCopyEntity, error: unknown): Promise<unknown> {
    if (!isDomainError(error) || error.code !== 'database-unreachable') {
      await this.copies.forget(copy);
      return error;
    }
    const advice = `Nobody knows whether the copy was made: look whether there is a project ${copy.newProjectId}.`;
    return new DomainError(error.code, `${error.detail} ${advice}`, { cause: error });
  }

  #begin(
    { backup, caller }: CopyOrder,
    { rootKey, name, functions }: ProjectCopy,
    secret: string,
  ): Promise<ProjectCopyEntity> {
    return this.copies.begin({
      database: backup.database,
      projectId: backup.projectId ?? '',
      backupId: backup.id,
      backupFilename: backup.filename,
      newProjectId: this.directory.idOf(rootKey),
      newProjectName: name,
      functions,
      secret,
      createdBy: caller.id,
      createdByName: caller.name,
    });
  }

  async #input(
    { engine, scopeRules, name }: RegisteredDatabase,
    backup: BackupEntity,
    { projectId, renamings, missing, name: newName }: CopyChoices,
  ): Promise<CopyInput> {
    const manifest = await this.whole.manifest(backup, engine.kind);
    const schema = await engine.rows.schema();
    const plan = this.scope.plan(schema, scopeRules);
    const wantedKey = projectId === undefined ? null : await this.directory.rootKey(name, projectId);
    if (projectId !== undefined && wantedKey === null) {
      throw badInput([{ field: 'project_id', message: 'cannot be the key of a project of this database' }]);
    }
    for (const [column] of renamings) {
      if (plan.owned.some((table) => table.columns.some((one) => `${table.name}.${one}` === column)))
        continue;
      throw badInput([{ field: `rename.${column}`, message: 'is no column of the project’s tables' }]);
    }
    return {
      schema,
      plan,
      // Only who may fill them makes copies.
      fillsEmpty: true,
      engine: engine.kind,
      nameColumn: (await this.directory.nameColumn(name)) ?? plan.rootKey,
      name: newName,
      wantedKey,
      renamings: new Map(renamings),
      missing,
      secret: newSecret(),
      openFile: () => this.artefacts.open(backup.path, manifest),
    };
  }
}
