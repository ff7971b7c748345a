import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { StorageEngine } from 'multer';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DomainError, isOutOfSpace } from '../common/errors.js';
import { databaseNameOf } from '../common/http/database-name.decorator.js';
import { DatabasesService } from '../databases/databases.service.js';
import { ExclusiveWorkService } from '../databases/exclusive-work.service.js';
import { ProjectScopeService } from '../project-scope/project-scope.service.js';
import { ProjectDirectory } from '../projects/project-directory.service.js';
import { jsonProjectId } from '../projects/projects.types.js';

/** A file that has arrived and was found to be a project backup of this project, in a working folder. */
export interface ReceivedFile {
  workFolder: string;
  path: string;
  /** Rows by table, in the order of the file. */
  totals: Record<string, number>;
}

type Arriving = Express.Multer.File & { received?: ReceivedFile };

/**
 * Where Multer puts an upload: a working file, checked against the live schema while it arrives, so that what is no
 * project backup costs neither memory nor more disk than was read of it. Nothing is left of what is refused.
 */
@Injectable()
export class UploadStorage implements StorageEngine {
  constructor(
    private readonly databases: DatabasesService,
    private readonly directory: ProjectDirectory,
    private readonly scope: ProjectScopeService,
    private readonly exclusive: ExclusiveWorkService,
  ) {}

  _handleFile(
    request: Request,
    file: Express.Multer.File,
    done: (error?: unknown, info?: Partial<Arriving>) => void,
  ): void {
    this.#receive(databaseNameOf(request.params), request.params['id'] as string, file.stream).then(
      (received) => done(null, { received }),
      (error: unknown) => {
        file.stream.resume();
        done(error);
      },
    );
  }

  /** What had arrived before something else in the request was refused. */
  _removeFile(_request: Request, file: Arriving, done: (error: Error | null) => void): void {
    this.remove(file.received).then(() => done(null), done);
  }

  async remove(received: ReceivedFile | undefined): Promise<void> {
    if (received) await rm(received.workFolder, { recursive: true, force: true });
  }

  async #receive(database: string, projectId: string, stream: Readable): Promise<ReceivedFile> {
    // Busboy may end the stream with an error at any time from here on, when the client goes away.
    stream.on('error', () => undefined);
    const { engine, name, scopeRules } = this.databases.get(database);
    const plan = this.scope.plan(await engine.rows.schema(), scopeRules);
    const rootKey = await this.directory.rootKey(name, projectId);
    const { workFolder } = await this.exclusive.openFolder();
    const path = join(workFolder, 'upload.json');
    try {
      const totals = await this.scope.check({
        plan,
        rootKey,
        projectId: jsonProjectId(projectId),
        openFile: () => Promise.resolve(Readable.from(kept(stream, path), { objectMode: false })),
      });
      return { workFolder, path, totals };
    } catch (error) {
      await rm(workFolder, { recursive: true, force: true });
      throw error;
    }
  }
}

/** The stream's bytes, each written to the file before it is passed on. */
async function* kept(stream: Readable, path: string): AsyncGenerator<Buffer> {
  const file = await open(path, 'wx', 0o600);
  try {
    // Multer wants to see the end of the stream itself, also when nobody reads on.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      await file.write(chunk);
      yield chunk;
    }
  } catch (error) {
    if (!isOutOfSpace(error)) throw error;
    const detail = 'The disk with the data folder is full. Make room and try again. Nothing was changed.';
    throw new DomainError('no-space', detail, { cause: error });
  } finally {
    await file.close();
  }
}
