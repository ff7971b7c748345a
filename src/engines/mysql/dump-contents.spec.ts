import { dumpContents } from './dump-contents.js';
import type { DumpScanner } from './dump-scanner.js';
import type { SchemaState } from './schema-state.js';

const table = (name: string) => ({ name, kind: 'table', engine: 'InnoDB' });
const state = (...names: string[]) =>
  ({
    objects: { tables: names.map(table), views: [], triggers: [], routines: [], events: [] },
    unseen: [],
    brokenViews: [],
    floats: [],
  }) as unknown as SchemaState;
const dumped = (...tables: string[]) =>
  ({ tables, rows: new Map(), sha256Of: () => 'none' }) as unknown as DumpScanner;

describe('What a dump holds', () => {
  it('is every table that was listed', () => {
    const { tables } = dumpContents(state('a', 'b'), dumped('a', 'b'), undefined);
    expect(tables.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(() => dumpContents(state('a', 'b'), dumped('a'), undefined)).toThrow(/lacks b/);
  });

  it('is no table that was not, as one that was renamed while they were listed', () => {
    expect(() => dumpContents(state('a'), dumped('a', 't2'), undefined)).toThrow(
      expect.objectContaining({ code: 'dump-failed', detail: expect.stringContaining('t2') }),
    );
  });
});
