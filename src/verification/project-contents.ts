import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { DomainError } from '../common/errors.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import type { Check } from '../engines/engine.types.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { lockWaitMs } from './full-contents.js';
import type { ContentVerifier, StoredBackup, VerificationWatch } from './verification.types.js';

/** What a project backup holds: its own layout, and rows that fit the project's tables. */
@Injectable()
export class ProjectContents implements ContentVerifier {
  constructor(
    private readonly artefacts: ArtefactsService,
    private readonly scope: ProjectScopeService,
    private readonly directory: ProjectDirectory,
    private readonly exclusive: ExclusiveWorkService,
  ) {}

  async readable({ backup, manifest }: StoredBackup): Promise<Check[]> {
    const { header, tables } = await this.scope.inspect(await this.artefacts.open(backup.path, manifest));
    if (String(header.project_id) !== backup.projectId) throw damaged('is of another project');
    const said = (list: readonly { name: string; rows: number }[]) =>
      list.map(({ name, rows }) => `${name}: ${rows}`).join(', ');
    if (said(tables) !== said(manifest.contents.tables)) {
      throw damaged(`holds ${said(tables)}, but its manifest says ${said(manifest.contents.tables)}`);
    }
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return [
      { name: 'digest', detail: 'The file reads to its end, and its totals and its digest are right.' },
      { name: 'tables', detail: `${tables.length} tables with ${rows} rows, as the manifest says.` },
    ];
  }

  async restorable(stored: StoredBackup, { signal, phase }: VerificationWatch): Promise<Check[]> {
    const { backup, database, manifest } = stored;
    const { engine, name, scopeRules } = database;
    const exclusive = { engine, lockWaitMs, ...(signal && { signal }), ...(phase && { onPhase: phase }) };
    const rows = await this.exclusive.run(exclusive, async (place) =>
      this.scope.rehearse({
        rows: engine.rows,
        plan: this.scope.plan(await engine.rows.schema(), scopeRules),
        rootKey: await this.directory.rootKey(name, backup.projectId ?? ''),
        place,
        openFile: () => this.artefacts.open(backup.path, manifest),
      }),
    );
    const detail = `${rows} rows were written into copies of the project's tables, and read back as they stand in the file.`;
    return [{ name: 'loaded', detail }];
  }
}

function damaged(what: string): DomainError {
  return new DomainError('artefact-damaged', `The project backup ${what}. Use another backup.`);
}
