import { DomainError } from '../common/errors.js';
import type { EngineKind } from '../engines/engine.types.js';
import type { Manifest } from './manifest.js';

/** What the catalogue says of a backup; the manifest must say the same. */
export interface CataloguedArtefact {
  id: string;
  scope: Manifest['scope'];
  projectId: string | null;
  filename: string;
  engine: string;
  compression: string;
  size: number | null;
  sha256: string | null;
}

/**
 * A manifest proves that its artefact is whole, but not that both are what was once made: who can replace one can
 * replace the other. The catalogue stands elsewhere. Throws DomainError `artefact-damaged` when the two disagree, and
 * `artefact-unfit` when the backup is of another kind of database than `engine`.
 */
export function mustFit(manifest: Manifest, backup: CataloguedArtefact, engine: EngineKind): void {
  const isItsOwn =
    manifest.id === backup.id &&
    manifest.scope === backup.scope &&
    manifest.project_id === backup.projectId &&
    manifest.filename === backup.filename &&
    manifest.engine === backup.engine &&
    manifest.compression === backup.compression &&
    manifest.size === backup.size &&
    manifest.sha256 === backup.sha256;
  if (!isItsOwn) {
    throw new DomainError(
      'artefact-damaged',
      'The manifest beside the backup is not the one that was written with it. Nothing was changed; use another backup.',
    );
  }
  if (manifest.engine !== engine) {
    throw new DomainError(
      'artefact-unfit',
      `The backup was made from ${manifest.engine}, the database is ${engine}. Nothing was changed.`,
    );
  }
}
