import { Injectable } from '@nestjs/common';
import { isoTime } from '../../common/timestamps.js';
import { Settings } from '../../config/settings.js';
import { type IdFunction, renamed } from '../../project-scope/project-scope.types.js';
import { jsonProjectId, projectsPath } from '../../projects/projects.types.js';
import type { NewIdsDto, ProjectCopyDto, ProjectCopyListDto } from './project-copies.dto.js';
import { ProjectCopyEntity } from './project-copy.entity.js';

@Injectable()
export class ProjectCopiesPresenter {
  readonly #zone: string;

  constructor(settings: Settings) {
    this.#zone = settings.env.HOLDFAST_TIMEZONE;
  }

  copy(copy: ProjectCopyEntity): ProjectCopyDto {
    const { id, database, projectId, newProjectId, newProjectName, functions, finishedAt } = copy;
    return {
      id,
      project_id: jsonProjectId(newProjectId),
      project_name: newProjectName,
      new_ids: functions.map(newIds),
      map_url: `${projectsPath(database)}/${encodeURIComponent(projectId)}/backup/copies/${id}/map`,
      backup_filename: copy.backupFilename,
      created_at: isoTime(copy.createdAt, this.#zone),
      created_by_name: copy.createdByName,
      finished_at: finishedAt && isoTime(finishedAt, this.#zone),
    };
  }

  list(copies: readonly ProjectCopyEntity[]): ProjectCopyListDto {
    return { copies: copies.map((copy) => this.copy(copy)), total: copies.length };
  }
}

export function newIds({ sources, only, shift, rename }: IdFunction): NewIdsDto {
  const ids_of = sources.map(({ table, column }) => `${table}.${column}`);
  if (only)
    return {
      ids_of,
      kind: 'one',
      by: typeof only.to === 'object' ? JSON.stringify(only.to) : String(only.to),
    };
  if (shift) return { ids_of, kind: 'shift', by: shift.by };
  if (rename) return { ids_of, kind: 'renamed', by: renamed('*', rename) };
  return { ids_of, kind: 'random', by: null };
}
