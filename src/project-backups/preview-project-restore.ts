import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import type { Caller } from '../auth/auth.types.js';
import { BackupEntity } from '../catalog/backup.entity.js';
import { CatalogService } from '../catalog/catalog.service.js';
import { WholeBackups } from '../catalog/whole-backups.service.js';
import type { RegisteredDatabase } from '../databases/databases.types.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import type { ProjectPreview, RestoreChoices } from '../project-scope/project-scope.types.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { mayFillShared } from './may-fill-shared.js';

/** What a project restore would do: the same checks and the same comparison, in one snapshot that writes nothing. */
@Injectable()
export class PreviewProjectRestore {
  constructor(
    private readonly catalog: CatalogService,
    private readonly whole: WholeBackups,
    private readonly artefacts: ArtefactsService,
    private readonly scope: ProjectScopeService,
    private readonly directory: ProjectDirectory,
    private readonly exclusive: ExclusiveWorkService,
  ) {}

  run(
    { engine, scopeRules, name }: RegisteredDatabase,
    backup: BackupEntity,
    choices: RestoreChoices,
    caller: Caller,
  ): Promise<ProjectPreview> {
    return this.catalog.holding(backup, async () => {
      const manifest = await this.whole.manifest(backup, engine.kind);
      const schema = await engine.rows.schema();
      const input = {
        schema,
        ...choices,
        plan: this.scope.plan(schema, scopeRules),
        fillsEmpty: mayFillShared(caller),
        rootKey: await this.directory.rootKey(name, backup.projectId ?? ''),
        openFile: () => this.artefacts.open(backup.path, manifest),
      };
      return this.exclusive.inFolder({}, ({ workFolder }) =>
        engine.rows.snapshot((reader) => this.scope.preview(reader, { ...input, workFolder })),
      );
    });
  }
}
