import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DumpContents, Engine, PartRange, RestoreSource } from '../../src/engines/engine.types.js';

/** A dump as a file, as the pipeline of a full backup would write it without compression. */
export interface Artefact {
  path: string;
  parts: PartRange[];
  contents: DumpContents;
  toolVersion: string;
}

export async function takeDump(
  engine: Pick<Engine, 'openDump'>,
  workFolder: string,
  id: string,
): Promise<Artefact> {
  const path = join(workFolder, `artefact-${id}`);
  const dump = await engine.openDump({ id, workFolder });
  try {
    const parts: PartRange[] = [];
    for (const [at, part] of dump.parts.entries()) {
      const offset = at === 0 ? 0 : (await stat(path)).size;
      await pipeline(await part.open(), createWriteStream(path, { flags: 'a' }));
      parts.push({ name: part.name, offset, length: (await stat(path)).size - offset });
    }
    return { path, parts, contents: await dump.finish(), toolVersion: dump.toolVersion };
  } catch (error) {
    await dump.abort();
    throw error;
  }
}

export function sourceOf({ path, parts, contents }: Artefact): RestoreSource {
  return { parts, contents, open: () => Promise.resolve(createReadStream(path)) };
}
