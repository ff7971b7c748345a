import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { DatabaseSchema, ProjectRows, RowReader, RowWriter } from '../engines/rows.types.js';
import { checkFile, type ForeignFile } from './check-file.js';
import { discoverScope } from './discover.js';
import { type CopyOrder, copyProject, type ProjectCopy } from './copy/copy-project.js';
import type { IdFunction } from './copy/id-functions.js';
import { idMap, type IdPair } from './copy/id-map.js';
import type { CopyInput } from './copy/prepare-copy.js';
import { type CopyPreview, previewCopy } from './copy/preview-copy.js';
import { exportProject } from './export-project.js';
import type {
  ExportOptions,
  ExportResult,
  PreviewInput,
  ProjectFileHeader,
  ProjectPreview,
  RestoredProject,
  RestoreInput,
} from './project-scope.types.js';
import { previewProject } from './preview-project.js';
import { inspectProjectFile, type InspectedProjectFile } from './inspect-project-file.js';
import { rehearseProject, type ProjectRehearsal } from './rehearse-project.js';
import { type ParentsToCheck, refuseOtherParents } from './refuse-other-parents.js';
import { restoreProject } from './restore-project.js';
import type { ScopePlan } from './scope-plan.types.js';
import { newsSince, surveyScope } from './scope-survey.js';
import type { ScopeNews, ScopeSurvey, SurveyedTable } from './scope-survey.types.js';
import { findUnlistedTypes, type UnlistedTypes } from './unlisted-types.js';
import { readScopeFile } from './scope-file/read-scope-file.js';
import type { ScopeRules } from './scope-rules.types.js';

/** Which rows are a project, how they become a file, and how a file becomes rows again. */
@Injectable()
export class ProjectScopeService {
  /** Pure. Throws DomainError `artefact-unfit`. */
  plan(schema: DatabaseSchema, rules: ScopeRules): ScopePlan {
    return discoverScope(schema, rules);
  }

  /** What the plan says of every table, for people to accept. */
  survey(schema: DatabaseSchema, plan: ScopePlan): ScopeSurvey {
    return surveyScope(schema, plan);
  }

  /** What is there now that was not in what was accepted. */
  newsSince(accepted: readonly SurveyedTable[], now: readonly SurveyedTable[]): ScopeNews[] {
    return newsSince(accepted, now);
  }

  /** Types in the data that no rule of a (type, id) pair lists. Throws DomainError `artefact-unfit`. */
  unlistedTypes(reader: RowReader, schema: DatabaseSchema, rules: ScopeRules): Promise<UnlistedTypes[]> {
    return findUnlistedTypes(reader, schema, rules);
  }

  /** The rules of each database in a scope file. Throws SettingsError, which names every fault with its line. */
  readRules(text: string, path: string, root: string): Map<string, ScopeRules> {
    return readScopeFile(text, path, root);
  }

  /** The bytes of a project file; `result` is filled when the last one is out. */
  export(
    reader: RowReader,
    plan: ScopePlan,
    rootKey: RestoreInput['rootKey'],
    header: ProjectFileHeader,
    result: ExportResult,
    options: ExportOptions & { workFolder: string },
  ): AsyncGenerator<Buffer> {
    return exportProject(reader, plan, rootKey, header, result, options);
  }

  /** Reads a project file to its end. Throws DomainError `artefact-damaged`. */
  inspect(file: Readable): Promise<InspectedProjectFile> {
    return inspectProjectFile(file);
  }

  /** Reads a file from elsewhere once, to its end. Returns rows by table. Throws DomainError `artefact-damaged`, `artefact-unfit`. */
  check(file: ForeignFile): Promise<Record<string, number>> {
    return checkFile(file);
  }

  /** Throws DomainError `scope-leak` for a file that puts the project below another one than it is. */
  refuseOtherParents(file: ParentsToCheck): Promise<void> {
    return refuseOtherParents(file);
  }

  /** Restores a project file into copies of the project's tables; live is not touched. Returns its number of rows. */
  rehearse(rehearsal: ProjectRehearsal): Promise<number> {
    return rehearseProject(rehearsal);
  }

  /** Makes the project equal to the file, inside the caller's transaction. */
  restore(writer: RowWriter, input: RestoreInput): Promise<RestoredProject> {
    return restoreProject(writer, input);
  }

  /** What a restore would do; nothing is written. */
  preview(reader: RowReader, input: PreviewInput): Promise<ProjectPreview> {
    return previewProject(reader, input);
  }

  /** Makes a new project of the file, in a transaction of its own. */
  copy(rows: ProjectRows, order: CopyOrder): Promise<ProjectCopy> {
    return copyProject(rows, order);
  }

  /** Which ids of the file became which in a copy. */
  idMap(file: Readable, functions: readonly IdFunction[], secret: string): AsyncGenerator<IdPair> {
    return idMap(file, functions, secret);
  }

  /** What a copy would be; nothing is written. */
  previewCopy(reader: RowReader, input: CopyInput): Promise<CopyPreview> {
    return previewCopy(reader, input);
  }
}
