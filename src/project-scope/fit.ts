import { DomainError } from '../common/errors.js';
import type { ProjectFileHeader } from './project-file.js';
import type { ScopePlan } from './scope-plan.types.js';

/** Throws DomainError `artefact-unfit` unless the file was made from a schema like the present one. */
export function mustFitPlan(header: ProjectFileHeader, plan: ScopePlan): void {
  if (header.schema_fingerprint === plan.fingerprint && header.root_table === plan.rootTable) return;
  throw new DomainError(
    'artefact-unfit',
    "The columns of the project's tables have changed since the backup was made; this version of Holdfast restores " +
      'into the same columns only. Nothing was changed.',
  );
}
