import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeOnEngines, everything, type Target } from '../../factories/target.js';
import { fillTables } from '../kit/data.js';
import { MortalService } from '../kit/mortal-service.js';
import type { Phase } from '../kit/phases.js';
import { filesBelow } from '../kit/proof.js';
import type { SeededRandom } from '../kit/random.js';
import { repeat, repetitions } from '../kit/repeat.js';

const kept = 3;
const appearing: Phase = { name: 'appearing', lengthMs: 12 };

interface Listed {
  filename: string;
  filepath: string;
  sha256: string;
}

describeOnEngines('Row 1: the service is killed during a full backup', (_engine, open) => {
  let target: Target;
  let service: MortalService;

  beforeEach(async () => {
    target = await open();
    await fillTables(target, { tables: 12, rows: 150 });
    service = await MortalService.start({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_MAX_BACKUPS: String(kept),
      HOLDFAST_COMPRESSION: 'gzip',
    });
  });
  afterEach(async () => {
    await service.remove();
    await target.drop();
  });

  const backUp = async () => {
    const made = await service.call('POST', '/api/v1/backup', {});
    expect(made.body).toMatchObject({ success: true });
  };

  /** Newest first; each with its file whole. */
  const list = async () => {
    const { body } = await service.call('GET', '/api/v1/backup');
    const backups = body.backups as Listed[];
    for (const { filepath, sha256 } of backups) {
      expect(
        createHash('sha256')
          .update(await readFile(filepath))
          .digest('hex'),
      ).toBe(sha256);
    }
    return backups.map(({ filename }) => filename);
  };

  /** The last steps take milliseconds: file, manifest, catalogue, retention. Seen from the folder they can be hit. */
  const aMomentIn = async (phase: Phase, job: string, random: SeededRandom) => {
    if (phase !== appearing) return service.jobs.randomMoment(job, phase, random);
    const full = join(service.backups, 'full');
    const names = () => readdirSync(full).filter((name) => !name.startsWith('.'));
    const known = new Set(names());
    while (names().every((name) => known.has(name))) {
      if (service.jobs.where(job) === 'ended') return 'ended';
      await new Promise(setImmediate);
    }
    await sleep(random.between(0, appearing.lengthMs));
    return appearing.name;
  };

  it('nothing half is to be seen, no good one is lost, and the next backup succeeds', async () => {
    for (let i = 0; i < kept; i += 1) await backUp();
    const phases = await service.measure('/api/v1/backup');
    await repeat(repetitions(2), async ({ random }) => {
      const before = await list();
      const job = await service.begin('/api/v1/backup');
      const phase = await aMomentIn(random.pick([...phases, appearing]), job, random);
      await service.signal('SIGKILL');
      await service.restart();

      const after = await list();
      const isSealed = after[0] !== before[0];
      // What was sealed may have pushed out the oldest one, if the kill came after that.
      if (isSealed) expect([kept, kept + 1]).toContain(after.length);
      expect(after).toEqual(isSealed ? [after[0], ...before].slice(0, after.length) : before);
      const { body } = await service.call('GET', `/api/jobs/${job}`);
      if (!isSealed) expect(body.status).toBe('error');
      const files = after.flatMap((name) => [`full/${name}`, `full/${name}.manifest.json`]);
      expect(Object.keys(await filesBelow(service.backups)).sort()).toEqual(files.sort());
      expect(await filesBelow(service.workFolder)).toEqual({});

      await backUp();
      expect(await list()).toHaveLength(kept);
      return [`in ${phase}`, isSealed ? 'sealed' : 'failed'];
    });
    const before = await everything(target);
    await target.run('DELETE FROM t1');
    const [filename] = await list();
    const restored = await service.call('POST', '/api/v1/backup/restore', { filename });
    expect(restored.status).toBe(200);
    expect(await everything(target)).toEqual(before);
  }, 900_000);
});
