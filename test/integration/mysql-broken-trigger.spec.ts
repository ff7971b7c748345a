import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/clock.js';
import { parseDatabaseUrl } from '../../src/config/database-url.js';
import { EnginesService } from '../../src/engines/engines.service.js';
import { sourceOf, takeDump } from '../contract/artefact.js';
import { companions, portrait } from '../factories/shop.js';
import { describeOnServers, type TemporarySchema, temporarySchema } from '../support/servers.js';

describeOnServers('A trigger of live whose column is gone', (server) => {
  let schema: TemporarySchema;
  let workFolder: string;

  beforeEach(async () => {
    schema = await temporarySchema(server);
    workFolder = await mkdtemp(join(tmpdir(), 'holdfast-trigger-'));
  });
  afterEach(async () => {
    for (const name of await companions(schema.connection, schema.name)) {
      await schema.connection.query(`DROP DATABASE ${name}`);
    }
    await schema.drop();
    await rm(workFolder, { recursive: true, force: true });
  });

  it('keeps neither the restore nor the putting back from everything else, and the notes say so', async () => {
    const { connection, name, url } = schema;
    const engine = new EnginesService(new Clock()).open(parseDatabaseUrl(url));
    const look = () => portrait(connection, name);
    await connection.query('CREATE TABLE a (id INT PRIMARY KEY, v INT); CREATE TABLE b (id INT PRIMARY KEY)');
    await connection.query('CREATE TRIGGER on_v BEFORE INSERT ON a FOR EACH ROW SET NEW.v = 1');
    await connection.query('CREATE TRIGGER whole BEFORE INSERT ON b FOR EACH ROW SET NEW.id = NEW.id + 1');
    const original = await look();
    const source = sourceOf(await takeDump(engine, workFolder, 'gone1'));
    await connection.query('ALTER TABLE a DROP COLUMN v; INSERT INTO b VALUES (1)');
    const { 'trigger on_v': broken, ...changed } = await look();
    expect(broken).toBeDefined();

    const staged = await engine.stage(source, { id: 'gone2', workFolder });
    const undo = await staged.swap();
    await staged.discard();
    expect(await look()).toEqual(original);
    expect(staged.notes).toEqual([expect.stringContaining('The trigger on_v was broken')]);

    await engine.putBack(undo, { id: 'gone3', workFolder });
    expect(await look()).toEqual(changed);
  });
});
