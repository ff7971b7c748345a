import { table } from '../../test/factories/table-schema.js';
import { discoverScope } from './discover.js';
import { rulesFor, type ScopeRules } from './scope-rules.types.js';

const place = 'projects.yaml, line 1';
const tables = [
  table('companies', ['id int!', 'name text']),
  table('invoices', ['id int!', 'company_id int!']),
  table('lines', ['id int!', 'invoice_id int']),
  table('comments', ['id int!', 'on_type text', 'on_id int']),
  table('currencies', ['code text!', 'company_id int']),
  table('jobs', ['id int!', 'company_id int! > companies.id']),
  table('links', ['id int!', 'from_id int! > invoices.id', 'to_id int! > invoices.id']),
];
const plan = (rules: Partial<ScopeRules>) =>
  discoverScope({ tables }, { ...rulesFor('companies'), ...rules });
const reference = (from: string, parent: string, when?: { column: string; value: string }) => {
  const [name = '', column = ''] = from.split('.');
  return { table: name, columns: [column], parent, parentColumns: null, place, ...(when && { when }) };
};
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

describe('rules for a scope', () => {
  it('make tables a project’s that no foreign key says to be', () => {
    const found = plan({
      references: [reference('invoices.company_id', 'companies'), reference('lines.invoice_id', 'invoices')],
      shared: [{ table: 'currencies', reason: 'of everybody', place }],
      exclude: [{ table: 'jobs', reason: 'of the framework', place }],
      follow: [{ table: 'links', columns: [['from_id']], place }],
    });
    expect(names(found.owned)).toEqual(['companies', 'invoices', 'lines', 'links']);
    expect(found.shared).toEqual([{ name: 'currencies', reason: 'of everybody' }]);
    expect(found.excluded).toContainEqual({ name: 'jobs', reason: 'of the framework' });
    expect(found.unclassified).toEqual([]);
    const links = found.owned.find(({ name }) => name === 'links');
    expect(links).toMatchObject({ path: 'links.from_id -> invoices.id', crossChecks: [] });
  });

  it('let rows of a (type, id) pair belong by what the type says', () => {
    const found = plan({
      references: [
        reference('invoices.company_id', 'companies'),
        reference('comments.on_id', 'invoices', { column: 'on_type', value: 'invoice' }),
        reference('comments.on_id', 'companies', { column: 'on_type', value: 'company' }),
      ],
    });
    expect(found.owned.find(({ name }) => name === 'comments')).toMatchObject({
      certain: false,
      path: 'comments.on_id -> invoices.id where on_type is "invoice" or comments.on_id -> companies.id where on_type is "company"',
    });
  });

  it('speak of every table that has a column, but where something more precise is said', () => {
    const found = plan({
      references: [reference('*.company_id', 'companies'), reference('lines.invoice_id', 'invoices')],
      shared: [{ table: 'currencies', reason: 'of everybody', place }],
    });
    expect(names(found.owned).sort()).toEqual(['companies', 'invoices', 'jobs', 'lines', 'links']);
    expect(found.owned.find(({ name }) => name === 'jobs')?.foreignKeys).toHaveLength(1);
    const precise = plan({
      references: [reference('*.company_id', 'companies'), reference('currencies.company_id', 'jobs')],
    });
    expect(precise.owned.find(({ name }) => name === 'currencies')?.path).toBe(
      'currencies.company_id -> jobs.id',
    );
  });

  it('make tables follow when empty, as a class of their own', () => {
    const references = [reference('invoices.company_id', 'companies')];
    const countries = table('countries', ['id int!', 'currency text > currencies.code restrict']);
    const whenEmpty = [{ table: 'countries', reason: 'of ISO 3166', place }];
    const shared = [{ table: 'currencies', reason: 'of everybody', place }];
    const found = discoverScope(
      { tables: [...tables, countries] },
      { ...rulesFor('companies'), references, shared, whenEmpty },
    );
    expect(found.whenEmpty).toMatchObject([
      { name: 'countries', reason: 'of ISO 3166', owner: { kind: 'everybody' }, columns: ['id', 'currency'] },
    ]);
    for (const list of [found.owned, found.shared, found.excluded, found.unclassified])
      expect(names(list)).not.toContain('countries');
    const without = discoverScope(
      { tables: [...tables, countries] },
      { ...rulesFor('companies'), references, shared },
    );
    expect(found.fingerprint).not.toBe(without.fingerprint);
  });

  it.each<[string, Partial<ScopeRules>, RegExp]>([
    ['projects own by a foreign key', {}, /line 1: .*"jobs" .* belong to projects \(jobs\.company_id/],
    ['are the projects', {}, /line 1: .*"companies" .* belong to projects/],
    [
      'projects own by a rule',
      { references: [reference('lines.invoice_id', 'companies')] },
      /line 1: .*"lines" .* belong to projects/,
    ],
    [
      'have a column that looks like a project’s',
      {},
      /line 1: .*"currencies" .*column company_id looks like/,
    ],
    [
      'have ids of projects in their documents',
      {
        json: [
          {
            table: 'comments',
            column: 'on_type',
            path: '$.id',
            parent: 'companies',
            parentColumns: null,
            place,
          },
        ],
      },
      /line 1: .*"comments" .* documents refer to companies/,
    ],
    [
      'are declared otherwise, too',
      { shared: [{ table: 'comments', reason: 'y', place: 'line 9' }] },
      /line 1: .*"comments" .* declared otherwise, too \(line 9\)/,
    ],
    ['are not there', {}, /line 1: .* no table "bills"/],
  ])('let no table follow when empty whose rows %s', (_, rules, sentence) => {
    const name = /"(\w+)"/.exec(sentence.source)?.[1] ?? '';
    expect(() => plan({ ...rules, whenEmpty: [{ table: name, reason: 'why', place }] })).toThrow(sentence);
  });

  it('let no table follow when empty that points at a row of a project', () => {
    const users = table('users', ['id int!', 'last int > companies.id set null']);
    const rules = { ...rulesFor('companies'), whenEmpty: [{ table: 'users', reason: 'why', place }] };
    expect(() => discoverScope({ tables: [...tables, users] }, rules)).toThrow(
      /line 1: .*"users" cannot follow when empty: it refers to companies only by ON DELETE SET NULL/,
    );
  });

  it.each<[string, Partial<ScopeRules>, RegExp]>([
    ['a table', { references: [reference('bills.company_id', 'companies')] }, /line 1: .* no table "bills"/],
    ['a parent', { references: [reference('lines.invoice_id', 'bills')] }, /line 1: .* no table "bills"/],
    ['a column', { references: [reference('lines.bill_id', 'invoices')] }, /"lines" has no column "bill_id"/],
    [
      'a column of every table',
      { references: [reference('*.firm_id', 'companies')] },
      /line 1: no table .*"firm_id"/,
    ],
    ['an excluded table', { exclude: [{ table: 'x', reason: 'y', place }] }, /no table "x"/],
    ['a followed column', { follow: [{ table: 'links', columns: [['by']], place }] }, /no column "by"/],
    [
      'the column of a type',
      { references: [reference('lines.invoice_id', 'invoices', { column: 'kind', value: 'x' })] },
      /no column "kind"/,
    ],
    ['the column of names', { nameColumn: 'title', place }, /"companies" has no column "title"/],
  ])('are refused when they name %s that is not there', (_, rules, sentence) => {
    expect(() => plan(rules)).toThrow(sentence);
  });

  it('are refused when they refer to what is no key', () => {
    const rule = { ...reference('lines.invoice_id', 'invoices'), parentColumns: ['company_id'] };
    expect(() => plan({ references: [rule] })).toThrow(/invoices\.company_id is no key/);
  });
});
