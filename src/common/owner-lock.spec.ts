import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOwnerAlive, OwnerLock, sweepOwners } from './owner-lock.js';

describe('An owner of working files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-owner-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is alive until it lets go', () => {
    const owner = OwnerLock.claim(folder);
    expect([owner.isAlive(owner.id), isOwnerAlive(folder, owner.id)]).toEqual([true, true]);
    owner.release();
    expect(isOwnerAlive(folder, owner.id)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is told from others', () => {
    const [one, other] = [OwnerLock.claim(folder), OwnerLock.claim(folder)];
    other.release();
    expect([one.isAlive(other.id), one.isAlive(one.id), one.isAlive('../nobody')]).toEqual([
      false,
      true,
      false,
    ]);
    one.release();
  });

  it('that died without letting go is named by the sweep', () => {
    writeFileSync(join(folder, '.holdfast-owner-0123456789ab'), '');
    expect(sweepOwners(folder)).toEqual(['0123456789ab']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps its file when the dead ones are swept', () => {
    const owner = OwnerLock.claim(folder);
    expect(sweepOwners(folder)).toEqual([]);
    expect(owner.isAlive(owner.id)).toBe(true);
    expect(isOwnerAlive(folder, owner.id)).toBe(true);
    owner.release();
  });
});
