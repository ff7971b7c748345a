import type { ColumnSchema, TableSchema } from '../../engines/rows.types.js';
import { parsePolicy } from './dump-policy.js';
import { planReduction } from './plan-reduction.js';

const column = (name: string, more: Partial<ColumnSchema> = {}): ColumnSchema => ({
  name,
  type: 'varchar(40)',
  nullable: true,
  generated: false,
  ...more,
});

const table = (name: string, columns: ColumnSchema[], more: Partial<TableSchema> = {}): TableSchema => ({
  name,
  columns,
  primaryKey: ['id'],
  uniqueKeys: [],
  foreignKeys: [],
  triggers: [],
  transactional: true,
  ...more,
});

const customer = table(
  'customer',
  [
    column('id', { nullable: false }),
    column('email'),
    column('code', { nullable: false }),
    column('label', { generated: true }),
  ],
  { uniqueKeys: [['code']] },
);
const orders = table('orders', [column('id', { nullable: false }), column('customer_code')], {
  foreignKeys: [
    {
      name: 'fk_customer',
      columns: ['customer_code'],
      referencedTable: 'customer',
      referencedColumns: ['code'],
      onDelete: 'CASCADE',
    },
  ],
});
const schema = { tables: [customer, orders], routines: [] };

function planOf(tables: object) {
  const parsed = parsePolicy({ tables });
  if (!('policy' in parsed)) throw new Error(JSON.stringify(parsed.faults));
  return planReduction(schema, parsed.policy);
}

describe('a policy of columns', () => {
  it('drops what it does not name, in the tables that it names; the others are left out', () => {
    const plan = planOf({ customer: { id: 'keep', code: 'keep', label: 'drop' } });
    expect(plan).toEqual({
      tables: [{ name: 'customer', masks: [], drop: ['email', 'label'] }],
      hidden: [
        { table: 'customer', column: 'email' },
        { table: 'customer', column: 'label' },
      ],
      undecided: [{ table: 'customer', column: 'email' }],
      leftOut: ['orders'],
      gone: [],
      faults: [],
    });
  });

  it('does not look for values that may stand elsewhere', () => {
    const { hidden } = planOf({
      customer: {
        id: 'keep',
        email: { mask: 'null', elsewhere: true },
        code: { drop: true, elsewhere: true },
      },
    });
    expect(hidden).toEqual([{ table: 'customer', column: 'label' }]);
  });

  it('says what it names and nobody has', () => {
    const { gone } = planOf({ customer: { id: 'keep', fax: 'keep' }, staff: {}, constructor: {} });
    expect(gone).toEqual(['customer.fax', 'staff', 'constructor']);
  });

  it.each([
    [{ customer: { id: 'keep', code: { mask: 'null' } } }, 'customer.code: it may not be null'],
    [{ customer: { id: 'keep', code: { mask: 'text', text: 'x' } } }, 'customer.code: it is of a unique key'],
    [{ customer: { id: { mask: 'keep-length' } } }, 'customer.id: it is of a unique key'],
    [{ customer: { id: 'keep', label: { mask: 'hash' } } }, 'customer.label: the database computes it'],
    [{ customer: { email: 'drop' } }, 'customer: no column would be left'],
    [{ staff: { id: 'keep' } }, 'The policy names no table'],
    [
      { customer: { id: 'keep', code: { mask: 'hash' } }, orders: { id: 'keep', customer_code: 'keep' } },
      'orders.customer_code refers to customer.code',
    ],
    [
      {
        customer: { id: 'keep', code: { mask: 'email' } },
        orders: { id: 'keep', customer_code: { mask: 'email' } },
      },
      'orders.customer_code refers to customer.code',
    ],
  ])('is refused when it would break the data: %j', (tables, why) => {
    expect(planOf(tables).faults).toEqual([expect.stringContaining(why)]);
  });

  it.each([
    [
      { id: 'keep', customer_code: { mask: 'hash' } },
      { id: 'keep', code: { mask: 'hash' } },
    ],
    [
      { id: 'keep', customer_code: { mask: 'null' } },
      { id: 'keep', code: { mask: 'hash' } },
    ],
    [
      { id: 'keep', customer_code: 'keep' },
      { id: 'keep', email: 'keep' },
    ],
    [{ id: 'keep' }, { id: 'keep', code: { mask: 'hash' } }],
  ])('leaves joins whole, or takes them away: %j and %j', (order, parent) => {
    expect(planOf({ orders: order, customer: parent }).faults).toEqual([]);
  });

  it.each([
    [{ tables: { a: { b: 'blur' } } }, 'tables[a][b]'],
    [{ tables: { a: { b: { mask: 'text' } } } }, 'tables[a][b]'],
    [{ tables: { a: { b: { mask: 'number', min: 5, max: 1 } } } }, 'tables[a][b]'],
    [{ tables: { a: 'keep' } }, 'tables[a]'],
    [{}, 'tables'],
  ])('is named where it is no policy: %j', (policy, field) => {
    const parsed = parsePolicy(policy);
    expect('faults' in parsed && parsed.faults[0]?.field).toBe(field);
  });
});
