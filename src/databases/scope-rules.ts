import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf } from '../common/errors.js';
import { type Settings, SettingsError } from '../config/settings.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import { rulesFor, type ScopeRules } from '../project-scope/project-scope.types.js';
import { defaultDatabase } from './default-database.js';

/** The rules for a database, from the scope file if there is one. Throws SettingsError. */
export function scopeRulesOf(
  database: string,
  env: Settings['env'],
  scope: ProjectScopeService,
  root = env.HOLDFAST_PROJECT_TABLE,
): ScopeRules {
  const rules = fromFile(database, env, scope, root) ?? rulesFor(root);
  if (database === defaultDatabase) return rules;
  return { ...rules, rootSetting: `PATCH /api/databases/${database} {"project_table":"..."}` };
}

function fromFile(
  database: string,
  env: Settings['env'],
  scope: ProjectScopeService,
  root: string,
): ScopeRules | undefined {
  const usual = join(env.HOLDFAST_DATA_DIR, 'projects.yaml');
  const path = env.HOLDFAST_PROJECTS_FILE ?? (existsSync(usual) ? usual : null);
  return path === null ? undefined : scope.readRules(read(path), path, root).get(database);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = errorCodeOf(error) ?? 'no reason given';
    throw new SettingsError(`HOLDFAST_PROJECTS_FILE names a file that cannot be read (${why}).`);
  }
}
