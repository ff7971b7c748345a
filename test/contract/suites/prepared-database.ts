import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTables, fill } from '../fixture.js';
import type { ContractDatabase, ContractHarness } from '../harness.types.js';

export interface Prepared {
  database: ContractDatabase;
  workFolder: string;
}

/** A filled database and a work folder, made anew for each test and removed after it. */
export function preparedDatabase(harness: ContractHarness, { empty = false } = {}): Prepared {
  const prepared = {} as Prepared;
  beforeEach(async () => {
    prepared.database = await harness.createDatabase();
    prepared.workFolder = await mkdtemp(join(tmpdir(), 'holdfast-contract-'));
    if (empty) return;
    await createTables(prepared.database);
    await fill(prepared.database);
  });
  afterEach(async () => {
    await prepared.database.engine.close();
    await prepared.database.drop();
    await rm(prepared.workFolder, { recursive: true, force: true });
  });
  return prepared;
}

/** A matcher for a DomainError: its code, and what its sentence speaks of. */
export function refusal(codes: string[], about = /./) {
  return expect.objectContaining({
    code: expect.stringMatching(new RegExp(`^(${codes.join('|')})$`)) as string,
    detail: expect.stringMatching(about) as string,
  }) as Error;
}
