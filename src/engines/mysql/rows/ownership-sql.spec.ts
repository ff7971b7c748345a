import { disjoint } from '../../sql-conditions.js';
import type { Ownership, Reference } from '../../rows.types.js';
import { ownershipWays } from './ownership-sql.js';
import { TableColumns } from './table-columns.js';

const columns = (table: string) =>
  new TableColumns(table, [
    ['id', 'int', null],
    ['parent', 'int', null],
    ['tenant', 'int', null],
    ['word', 'varchar', 'utf8mb4'],
  ]);

const root: Ownership = { kind: 'root', column: 'id' };
const reference = (parent: string, parentOwner: Ownership): Reference => ({
  columns: ['parent'],
  parent,
  parentColumns: ['id'],
  parentOwner,
});
const through = (...anyOf: Reference[]): Ownership => ({ kind: 'references', anyOf });
const context = { columns, rootKey: 7, locking: '' as const };

describe('the ways by which rows belong to a project', () => {
  it('are one comparison for the root and for what refers to it, without a look at the root table', () => {
    expect(ownershipWays('projects', 't', root, context)).toEqual(['t.`id` = 7']);
    expect(ownershipWays('posts', 't', through(reference('projects', root)), context)).toEqual([
      't.`parent` = 7',
    ]);
  });

  it('go down from the root in a chain, with a lock at each step when one is asked for', () => {
    const posts = through(reference('projects', root));
    const comments = through(reference('po`sts', posts));
    expect(
      ownershipWays('likes', 't', through(reference('comments', comments)), {
        ...context,
        locking: ' LOCK IN SHARE MODE',
      }),
    ).toEqual([
      't.`parent` IN (SELECT p0.`id` FROM `comments` p0 WHERE p0.`parent` IN ' +
        '(SELECT p1.`id` FROM `po``sts` p1 WHERE p1.`parent` = 7 LOCK IN SHARE MODE) LOCK IN SHARE MODE)',
    ]);
  });

  it('are never joined by OR inside of a chain', () => {
    const posts = through(reference('projects', root), {
      ...reference('projects', root),
      columns: ['tenant'],
    });
    const ways = ownershipWays('comments', 't', through(reference('posts', posts)), context);
    expect(ways).toHaveLength(2);
    expect(ways.join()).not.toContain(' OR ');
  });

  it('compare all columns of a composite key together', () => {
    const composite: Reference = {
      columns: ['tenant', 'word'],
      parent: 'tags',
      parentColumns: ['parent', 'word'],
      parentOwner: through(reference('projects', root)),
    };
    expect(ownershipWays('comments', 't', through(composite), context)).toEqual([
      '(t.`tenant`, t.`word`) IN (SELECT p0.`parent`, p0.`word` FROM `tags` p0 WHERE p0.`parent` = 7)',
    ]);
  });

  it('lead nowhere for a root key that the column cannot hold', () => {
    const ways = (rootKey: string | null) => ownershipWays('projects', 't', root, { ...context, rootKey });
    expect(ways('7')).toEqual(['t.`id` = 7']);
    expect(ways('7 OR 1')).toEqual(['FALSE']);
    expect(ways(null)).toEqual(['FALSE']);
  });

  it('can be told apart so that no row is found twice', () => {
    expect(disjoint(['a', 'b', 'c'])).toEqual([
      'a',
      'b AND (a) IS NOT TRUE',
      'c AND (a) IS NOT TRUE AND (b) IS NOT TRUE',
    ]);
  });
});
