import { Injectable } from '@nestjs/common';
import { ArtefactsService } from '../artefacts/artefacts.service.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import type { Check, RestoreSource } from '../engines/engine.types.js';
import type { ContentVerifier, StoredBackup, VerificationWatch } from './verification.types.js';

/** How long a rehearsal waits for another process's work on the same database. */
export const lockWaitMs = 30 * 60_000;

/** What a full backup holds is for its engine to judge. */
@Injectable()
export class FullContents implements ContentVerifier {
  constructor(
    private readonly artefacts: ArtefactsService,
    private readonly exclusive: ExclusiveWorkService,
  ) {}

  readable(stored: StoredBackup, { signal }: VerificationWatch): Promise<Check[]> {
    const { engine } = stored.database;
    return this.exclusive.inFolder({ ...(signal && { signal }) }, (work) =>
      engine.inspect(this.#source(stored), work),
    );
  }

  restorable(stored: StoredBackup, { signal, phase }: VerificationWatch): Promise<Check[]> {
    const { engine } = stored.database;
    const { server_version: serverVersion, tool_version: toolVersion } = stored.manifest;
    return this.exclusive.run(
      { engine, lockWaitMs, ...(signal && { signal }), ...(phase && { onPhase: phase }) },
      (work) => engine.rehearse({ ...this.#source(stored), madeBy: { serverVersion, toolVersion } }, work),
    );
  }

  #source({ backup, manifest }: StoredBackup): RestoreSource {
    return {
      contents: manifest.contents,
      parts: manifest.parts,
      open: () => this.artefacts.open(backup.path, manifest),
    };
  }
}
