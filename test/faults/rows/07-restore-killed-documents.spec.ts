import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { everything, sqliteTarget, type Target } from '../../factories/target.js';
import { MortalService } from '../kit/mortal-service.js';
import { filesBelow, oldOrNew } from '../kit/proof.js';
import { repeat, repetitions } from '../kit/repeat.js';
import { until } from '../../support/until.js';

const files = 40;

/** Rows and documents have to be of the same side, whatever was under way. */
describe('Row 7: a full restore with documents is killed', () => {
  let target: Target;
  let uploads: string;
  let service: MortalService;

  beforeEach(async () => {
    target = await sqliteTarget();
    await target.run(`CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT)`);
    uploads = join(await mkdtemp(join(tmpdir(), 'holdfast-documents-')), 'uploads');
    await mkdir(uploads);
    await state('good');
    service = await MortalService.start({
      HOLDFAST_DATABASE_URL: target.url,
      HOLDFAST_DOCUMENTS_DIR: uploads,
    });
  });
  afterEach(async () => {
    await service.remove();
    await target.drop();
    await rm(join(uploads, '..'), { recursive: true, force: true });
  });

  /** Half of the names are in every state. */
  const state = async (name: string) => {
    await target.run(`DELETE FROM projects; INSERT INTO projects VALUES (1, '${name}')`);
    for (const one of await readdir(uploads)) if (!one.startsWith('.')) await rm(join(uploads, one));
    for (let index = 0; index < files; index += 1) {
      const prefix = index % 2 === 0 ? 'of-all' : name;
      await writeFile(join(uploads, `${prefix}-${index}`), `${name} ${index}`);
    }
  };
  const seen = async () => {
    const documents = Object.entries(await filesBelow(uploads));
    return {
      ...(await everything(target)),
      documents: Object.fromEntries(documents.filter(([path]) => !path.startsWith('.'))),
    };
  };
  const journals = async () => {
    const folder = join(uploads, '.holdfast');
    const ids = await readdir(folder).catch(() => []);
    const read = (id: string) => readFile(join(folder, id, 'journal.json'), 'utf8').catch(() => '');
    return Promise.all(ids.map(read));
  };
  /** Until the restore is in a state, or its moment has passed. */
  const reached = async (wanted: string, job: string) => {
    for (;;) {
      if ((await journals()).some((text) => text.includes(`"state":"${wanted}"`))) return;
      const { body } = await service.call('GET', `/api/jobs/${job}`);
      if (['done', 'error'].includes(body.job?.status ?? body.status)) return;
    }
  };
  const recovered = async () => {
    const { status } = await until(
      () => service.call('POST', '/api/v1/backup', {}),
      (answer) => answer.status === 200,
      100,
    );
    expect(status).toBe(200);
  };

  it('rows and documents are all old or all new', async () => {
    const made = await service.call('POST', '/api/v1/backup', { include_documents: true });
    const good = await seen();
    await repeat(repetitions(1), async ({ random, index }) => {
      await state('bad');
      const bad = await seen();
      const wanted = ['switching', 'kept', 'staging', 'switching'][index % 4] ?? 'switching';
      const job = await service.begin('/api/v1/backup/restore', { filename: made.body.filename });
      await reached(wanted, job);
      await sleep(random.integer(0, 8));
      await service.signal('SIGKILL');
      await service.restart();
      await recovered();
      const outcome = oldOrNew(await seen(), { old: bad, new: good });

      // What is kept of the documents is what the undos of the rows keep.
      const { body } = await service.call('GET', '/api/v1/backup/undo');
      expect(await journals()).toHaveLength(outcome === 'new' ? 1 : 0);
      for (const { id } of body.undos) {
        if (outcome === 'new') {
          await service.call('POST', `/api/v1/backup/undo/${id}/restore`);
          expect(await seen()).toEqual(bad);
        }
        const left = (await service.call('GET', '/api/v1/backup/undo')).body.undos;
        for (const undo of left) await service.call('DELETE', `/api/v1/backup/undo/${undo.id}`);
      }
      expect(await journals()).toEqual([]);
      return [wanted, outcome];
    });
  }, 600_000);
});
