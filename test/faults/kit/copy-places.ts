import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { s3Settings, startS3Server } from '../../support/s3/s3-server.js';
import { FileMoments, type Moments, RequestMoments } from './moments.js';

/** A place for copies, as the tests see it from outside. */
export interface CopyPlace {
  /** As the catalogue names it. */
  location: string;
  /** Of the service that is to copy to it. */
  settings: Record<string, string>;
  /** While a full backup of more than 8 MB is sent to it. */
  moments: Moments;
  /** The names that a list of it shows. */
  list(): Promise<string[]>;
  read(name: string): Promise<Buffer>;
  /** What is left of copies that were cut short. */
  leftOvers(): Promise<string[]>;
  /** As if what is left were so old that nobody can still be at it. */
  age(): Promise<void>;
  close(): Promise<void>;
}

const longAgo = () => new Date(new Date().getTime() - 8 * 24 * 3_600_000);

/** To it more than 8 MB go in parts: seven requests with the manifest, and the looks at what arrived. */
export async function bucketPlace(): Promise<CopyPlace> {
  const server = await startS3Server();
  return {
    location: `s3://${server.bucket}`,
    settings: s3Settings(server),
    moments: new RequestMoments(server.gate, 7),
    list: server.stored,
    read: server.bytesOf,
    leftOvers: server.unfinished,
    age: () => server.gate.uploads.backdate(server.bucket, longAgo()),
    close: server.close,
  };
}

export interface FolderPlace extends CopyPlace {
  /** Does something while it is not mounted. */
  whileAway<T>(work: () => Promise<T>): Promise<T>;
}

export async function folderPlace(): Promise<FolderPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-copies-'));
  await mkdir(join(folder, 'full'));
  const isWorking = (name: string) => name.includes('.holdfast-');
  const files = async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const found = entries.filter((entry) => entry.isFile());
    return found.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
  };
  const leftOvers = async () => (await files()).filter(isWorking);
  return {
    location: folder,
    settings: { HOLDFAST_COPY_DIR: folder },
    moments: new FileMoments(join(folder, 'full'), 100),
    list: async () => (await files()).filter((name) => !isWorking(name)),
    read: (name) => readFile(join(folder, name)),
    leftOvers,
    age: async () => {
      for (const name of await leftOvers()) await utimes(join(folder, name), longAgo(), longAgo());
    },
    whileAway: async (work) => {
      await rename(folder, `${folder}.away`);
      try {
        return await work();
      } finally {
        await rename(`${folder}.away`, folder);
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
