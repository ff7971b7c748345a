import type { Closure, Link } from '../../rows.types.js';
import { closureKeys } from './closure-sql.js';
import type { OwnershipContext } from './ownership-context.js';
import { TableColumns } from './table-columns.js';

const context: OwnershipContext = {
  columns: (table) =>
    new TableColumns(table, [
      ['id', 'int', null],
      ...Array.from({ length: 30 }, (_, at) => [`above${at}`, 'int', null] as const),
    ]),
  rootKey: 1,
  locking: '',
};

function closureOf(links: number): Closure {
  const steps = Array.from({ length: links }, (_, at): Link => {
    return { columns: [`above${at}`], parent: 'pages', parentColumns: ['id'] };
  });
  return { members: [{ table: 'pages', referenced: [['id']], seeds: [], steps }] };
}

const keysOf = (links: number) =>
  closureKeys({ kind: 'member', closure: closureOf(links), table: 'pages', columns: ['id'] }, context, () => [
    'TRUE',
  ]);

describe('The expression for rows that belong by each other', () => {
  it('goes on from what it has found in four parts at most, or MariaDB takes gigabytes of memory for ten', () => {
    for (const links of [1, 2, 4, 5, 9, 30]) {
      const sql = keysOf(links);
      expect(sql.match(/FROM own (LEFT )?JOIN/g)?.length).toBeLessThanOrEqual(4);
      for (let at = 0; at < links; at += 1) expect(sql).toContain(`\`above${at}\` = own.k0_0`);
    }
  });
});
