import { readFile, truncate, writeFile } from 'node:fs/promises';

/** What happens to files on disks, each as a change of a backup's file; `other` is the file of another backup. */
export const fileDamages: [string, (path: string, other: string) => Promise<void>][] = [
  ['a flipped byte in its first third', (path) => flip(path, 1 / 6)],
  ['a flipped byte in its second third', (path) => flip(path, 3 / 6)],
  ['a flipped byte in its last third', (path) => flip(path, 5 / 6)],
  ['a missing end', async (path) => truncate(path, (await readFile(path)).length - 1)],
  ['nothing in it', (path) => truncate(path, 0)],
  ["another backup's file in its place", async (path, other) => writeFile(path, await readFile(other))],
];

async function flip(path: string, where: number): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor(bytes.length * where);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
