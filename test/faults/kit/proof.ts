import { expect } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Says which of two states the data is in as a whole; anything between them fails, and shows what differs. */
export function oldOrNew<T>(now: T, states: { old: T; new: T }): 'old' | 'new' {
  const text = JSON.stringify(sorted(now));
  if (text === JSON.stringify(sorted(states.new))) return 'new';
  if (text === JSON.stringify(sorted(states.old))) return 'old';
  // The nearer one makes the shorter difference.
  const near = distance(now, states.new) < distance(now, states.old) ? states.new : states.old;
  expect(now).toEqual(near);
  throw new Error('The data is neither as it was before nor as it was to be');
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}

function distance(one: unknown, other: unknown): number {
  const [left, right] = [one, other].map((state) => Object.entries(state as object));
  const known = new Map(right);
  return (left ?? []).filter(([key, value]) => JSON.stringify(known.get(key)) !== JSON.stringify(value))
    .length;
}

/** Every file below a folder with the SHA-256 of its bytes; a folder that is not there has none. */
export async function filesBelow(folder: string): Promise<{ [path: string]: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found: { [path: string]: string } = {};
  // A living process may say so in the folder; that is no file of a backup.
  const isOwner = (name: string) => name.startsWith('.holdfast-owner-');
  for (const entry of entries.filter((one) => one.isFile() && !isOwner(one.name))) {
    const path = join(entry.parentPath, entry.name);
    found[path.slice(folder.length + 1)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return found;
}
