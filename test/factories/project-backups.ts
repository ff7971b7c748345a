import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Answer, Api, RunningApp } from '../support/app.js';
import { editCatalogue } from './catalogue.js';
import { withDigest } from './project-file.js';

/** What a test says to the project backup routes, and to the files behind them. */
export class ProjectBackups {
  private constructor(
    private readonly service: RunningApp,
    private readonly api: Api,
  ) {}

  static async of(service: RunningApp): Promise<ProjectBackups> {
    return new ProjectBackups(service, await service.asSuperadmin());
  }

  /** A backup that must succeed. */
  async create(project: number | string): Promise<{ filename: string; path: string; data_summary: object }> {
    const { status, body } = await this.tryCreate(project);
    if (status !== 200) throw new Error(`The backup gave ${status}: ${JSON.stringify(body)}`);
    const { filename, filepath, data_summary } = body.backup;
    return { filename, path: filepath, data_summary };
  }

  tryCreate(project: number | string): Promise<Answer> {
    return this.api('POST', this.#route(project), {});
  }

  /** Answers as soon as the backup has its turn or waits for it. */
  async begin(project: number | string): Promise<void> {
    await this.api('POST', this.#route(project), {}, { Prefer: 'respond-async' });
  }

  restore(project: number | string, filename: string): Promise<Answer> {
    return this.api('POST', `${this.#route(project)}/restore`, { filename });
  }

  /** Newest first. */
  async names(project: number | string): Promise<string[]> {
    const { body } = await this.api('GET', this.#route(project));
    return body.backups.map(({ filename }: { filename: string }) => filename);
  }

  status(project: number | string): Promise<Answer> {
    return this.api('GET', `${this.#route(project)}/status`);
  }

  /** As `replaceFile`, and in the catalogue, too: only what the file says can give it away. */
  async forge(path: string, edit: (text: string) => string): Promise<void> {
    await editCatalogue(this.service, basename(path), await replaceFile(path, edit));
  }

  #route(project: number | string): string {
    return `/api/v1/projects/${encodeURIComponent(project)}/backup`;
  }
}

export async function editManifest(path: string, changes: object): Promise<void> {
  const manifest = `${path}.manifest.json`;
  const content = JSON.parse(await readFile(manifest, 'utf8')) as object;
  await writeFile(manifest, JSON.stringify({ ...content, ...changes }));
}

/** Edits a project file by hand as somebody would who knows the format: its digest and its manifest are made to fit. */
export async function replaceFile(
  path: string,
  edit: (text: string) => string,
): Promise<{ size: number; sha256: string }> {
  const before = await readFile(path, 'utf8');
  const after = withDigest(edit(before));
  if (after === before) throw new Error('The edit changed nothing');
  const facts = {
    size: Buffer.byteLength(after),
    sha256: createHash('sha256').update(after).digest('hex'),
  };
  await writeFile(path, after);
  await editManifest(path, facts);
  return facts;
}
