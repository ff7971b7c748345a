import type { Ownership, RowSelection } from '../../rows.types.js';
import { noCollations } from './key-collations.js';
import { quoteName } from './quote-name.js';
import { deleteByKeySql, insertSql, ownedRows, selectSql } from './row-sql.js';

const root: Ownership = { kind: 'root', column: 'id' };
const byProject: Ownership = {
  kind: 'references',
  anyOf: [{ columns: ['project_id'], parent: 'projects', parentColumns: ['id'], parentOwner: root }],
};

const strings: RowSelection = {
  table: 'strings',
  columns: ['id', 'label'],
  key: ['id'],
  owner: {
    kind: 'references',
    anyOf: [{ columns: ['area_id'], parent: 'areas', parentColumns: ['id'], parentOwner: byProject }],
  },
  rootKey: 1,
};

describe('the SQL for rows of a SQLite database', () => {
  it('goes from the project down to the rows', () => {
    expect(selectSql(ownedRows(strings, new Set(['id']), noCollations))).toBe(
      'SELECT t0."id", t0."label" FROM "strings" AS t0 WHERE (t0."area_id") IN ' +
        '(SELECT t1."id" FROM "areas" AS t1 WHERE t1."project_id" = @root) ORDER BY t0."id"',
    );
  });

  it('goes from one row up to its project', () => {
    expect(deleteByKeySql(strings, noCollations)).toBe(
      'DELETE FROM "strings" AS t0 WHERE t0."id" COLLATE BINARY IS ? AND (EXISTS ' +
        '(SELECT 1 FROM "areas" AS t1 WHERE t1."id" = t0."area_id" AND (t1."project_id" = @root)))',
    );
  });

  it('orders by bytes what is no integer', () => {
    expect(ownedRows(strings, new Set(), noCollations).rest).toContain('CAST(t0."id" AS BLOB)');
  });

  it('selects nothing by no reference at all', () => {
    expect(
      ownedRows({ ...strings, owner: { kind: 'references', anyOf: [] } }, new Set(), noCollations).rest,
    ).toContain('WHERE FALSE');
  });

  it('never replaces a row that is there, whatever the table says', () => {
    expect(insertSql('strings', ['id'])).toBe('INSERT OR ABORT INTO "strings" ("id") VALUES (?)');
  });

  it('quotes names', () => {
    expect(quoteName('a "b"')).toBe('"a ""b"""');
  });
});
