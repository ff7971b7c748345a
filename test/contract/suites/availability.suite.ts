import type { ContractHarness } from '../harness.types.js';
import { preparedDatabase, refusal } from './prepared-database.js';

export function availabilitySuite(harness: ContractHarness): void {
  const prepared = preparedDatabase(harness, { empty: true });

  it('says of a good target that it can be reached, and with what it is dumped', async () => {
    const status = await prepared.database.engine.probe();
    expect(status).toMatchObject({ reachable: true, problems: [] });
    expect(status.serverVersion).toMatch(/\d+\.\d+/);
    expect(status.dumpTool?.version).toMatch(/\d+\.\d+/);
  });

  it('says of a bad target what is wrong, and throws nothing', async () => {
    const status = await harness.unreachable().probe();
    expect(status.reachable).toBe(false);
    expect(status.problems).not.toEqual([]);
  });

  it('refuses to dump, lock or read a bad target with a sentence', async () => {
    const engine = harness.unreachable();
    const options = { id: 'nowhere', workFolder: prepared.workFolder };
    await expect(engine.openDump(options)).rejects.toEqual(refusal(['database-unreachable']));
    await expect(engine.lock(0)).rejects.toEqual(refusal(['database-unreachable']));
    await expect(engine.rows.schema()).rejects.toEqual(refusal(['database-unreachable']));
  });

  it('lets one in at a time', async () => {
    const { engine, connect } = prepared.database;
    const held = await engine.lock(0);
    const other = connect();
    await expect(other.lock(0)).rejects.toEqual(refusal(['database-busy']));
    await expect(engine.lock(0)).rejects.toEqual(refusal(['database-busy']));
    await held.release();
    const next = await other.lock(0);
    await next.release();
  });

  it('lets the next one in as soon as the lock is released', async () => {
    const held = await prepared.database.engine.lock(0);
    const waiting = prepared.database.connect().lock(20_000);
    setTimeout(() => void held.release(), 200);
    const next = await waiting;
    await next.release();
  });

  it('waits no longer when the wait is called off', async () => {
    const held = await prepared.database.engine.lock(0);
    const stop = new AbortController();
    const waiting = prepared.database.connect().lock(600_000, stop.signal);
    setTimeout(() => stop.abort(new Error('called off')), 100);
    await expect(waiting).rejects.toThrow('called off');
    await held.release();
    await (await prepared.database.engine.lock(0)).release();
  });

  it('keeps the database free for its application while locked', async () => {
    const { database } = prepared;
    const held = await database.engine.lock(0);
    await database.exec('CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY)');
    await database.exec('INSERT INTO t VALUES (1)');
    expect(await database.query('SELECT COUNT(*) FROM t')).toHaveLength(1);
    await held.release();
  });
}
