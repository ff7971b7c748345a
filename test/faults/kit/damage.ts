import { readFile, truncate, writeFile } from 'node:fs/promises';

/** Turns one bit of a file; `where` from 0 (its first byte) to 1 (its last). */
export async function flipByte(path: string, where: number): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.min(bytes.length - 1, Math.floor(where * bytes.length));
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

/** Keeps a part of a file, from 0 (nothing) to 1 (all). */
export async function cutFile(path: string, part: number): Promise<void> {
  await truncate(path, Math.floor(part * (await readFile(path)).length));
}
