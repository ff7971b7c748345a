import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { createLocalization } from '../../factories/localization.js';
import { describeOnEngines, everything, type Target } from '../../factories/target.js';
import { cutFile, flipByte } from '../kit/damage.js';
import { MortalService } from '../kit/mortal-service.js';
import type { SeededRandom } from '../kit/random.js';
import { repeat, repetitions } from '../kit/repeat.js';

interface Made {
  filename: string;
  filepath: string;
}

/** Each does it to the artefact of `backup`; `other` is an older backup of the same database. */
const damages: readonly [
  what: string,
  damage: (backup: Made, other: Made, random: SeededRandom) => Promise<void>,
][] = [
  ['a flipped bit', ({ filepath }, _other, random) => flipByte(filepath, random.next())],
  ['cut', ({ filepath }, _other, random) => cutFile(filepath, random.next())],
  ['emptied', ({ filepath }) => cutFile(filepath, 0)],
  ['replaced', ({ filepath }, other) => copyFile(other.filepath, filepath)],
  ['deleted', ({ filepath }) => rm(filepath)],
  ['its manifest deleted', ({ filepath }) => rm(`${filepath}.manifest.json`)],
  [
    'its manifest damaged',
    ({ filepath }, _other, random) => cutFile(`${filepath}.manifest.json`, random.next()),
  ],
];

describeOnEngines('Row 6: an artefact is damaged', (_engine, open) => {
  let target: Target;
  let service: MortalService;

  beforeEach(async () => {
    target = await open();
    await createLocalization(target);
    service = await MortalService.start({ HOLDFAST_DATABASE_URL: target.url, HOLDFAST_COMPRESSION: 'gzip' });
  });
  afterEach(async () => {
    await service.remove();
    await target.drop();
  });

  it.each(['/api/v1/backup', '/api/v1/projects/1/backup'])(
    'of %s: the restore is refused, live is unchanged, and the whole one still works',
    async (path) => {
      const backUp = async (): Promise<Made> => {
        const { body } = await service.call('POST', path, {});
        expect(body).toMatchObject({ success: true });
        return body.backup;
      };
      const other = await backUp();
      await target.run("UPDATE strings SET source = 'newer' WHERE id = 1000");
      const backup = await backUp();
      const files = [backup.filepath, `${backup.filepath}.manifest.json`];
      const whole = await Promise.all(files.map((file) => readFile(file)));
      await target.run("UPDATE strings SET source = 'newest' WHERE id = 1000");
      const live = await everything(target);

      await repeat(repetitions(damages.length, 70), async ({ random, index }) => {
        const [what, damage] = damages[index % damages.length] ?? [];
        await damage?.(backup, other, random);
        const { status, body } = await service.call('POST', `${path}/restore`, { filename: backup.filename });
        expect([404, 422]).toContain(status);
        expect(['not-found', 'artefact-damaged', 'artefact-unfit']).toContain(body.code);
        expect(await everything(target)).toEqual(live);
        for (const [at, file] of files.entries()) await writeFile(file, whole[at] ?? '');
        return `${what}: ${status}`;
      });
      const restored = await service.call('POST', `${path}/restore`, { filename: backup.filename });
      expect(restored.body).toMatchObject({ success: true });
    },
    300_000,
  );
});
