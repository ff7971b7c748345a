import { table } from '../../test/factories/table-schema.js';
import type { TableSchema } from '../engines/rows.types.js';
import { discoverScope } from './discover.js';
import { rulesFor, type ScopeRules } from './scope-rules.types.js';

const projects = table('projects', ['id int!', 'account_id int > accounts.id restrict']);
const accounts = table('accounts', ['id int!', 'invoice_id int']);
const users = table('users', ['id int!', 'project_id int! > projects.id']);
const invoices = table('invoices', ['id int!', 'project_id int! > projects.id']);
const boxes = table('boxes', ['id int!', 'project_id int! > projects.id']);
const lines = table('order_lines', ['id int!', 'project_id int! > projects.id']);
const known = [projects, accounts, users, invoices, boxes, lines];

function plan(more: TableSchema[], rules: Partial<ScopeRules> = {}) {
  return discoverScope({ tables: [...known, ...more] }, { ...rulesFor('projects'), ...rules });
}

describe('the doubts about tables that no foreign key places', () => {
  it.each([
    ['user_id', 'users'],
    ['userId', 'users'],
    ['USERS_ID', 'users'],
    ['user_uuid', 'users'],
    ['box_id', 'boxes'],
    ['orderLineId', 'order_lines'],
    ['order_line_id', 'order_lines'],
  ])('are about a column %s, which looks like a key of %s', (column, of) => {
    const { unclassified, excluded } = plan([table('channels', ['id int!', `${column} int`])]);
    const reason = `its column ${column} looks like a key of ${of}, but no foreign key says so`;
    expect(unclassified).toEqual([{ name: 'channels', reason }]);
    expect(excluded).toEqual([]);
  });

  it.each(['language_id', 'last_user_id', 'userid_hash', 'users', 'paid'])(
    'are not about a column %s',
    (column) => {
      expect(plan([table('channels', ['id int!', `${column} int`])]).unclassified).toEqual([]);
    },
  );

  it('are also about a table to which projects refer, but to none that stands above them', () => {
    const channels = table('channels', ['id int!', 'user_id int']);
    const sent = table('scheduled', ['id int!', 'user_id int! > users.id', 'channel_id int > channels.id']);
    const found = plan([channels, sent]);
    expect(found.unclassified.map(({ name }) => name)).toEqual(['channels']);
    expect(found.shared.map(({ name }) => name)).toEqual(['accounts']);
  });

  it('spread to what hangs on a doubted table, however far, and to nothing that it refers to', () => {
    const kinds = table('kinds', ['id int!']);
    const channels = table('channels', ['id int!', 'user_id int', 'kind_id int > kinds.id']);
    const sent = table('sent', ['id int!', 'channel int! > channels.id']);
    const read = table('read', ['id int!', 'sent int > sent.id set null']);
    const found = plan([read, sent, channels, kinds]);
    expect(found.unclassified).toEqual([
      { name: 'read', reason: 'it refers to sent by sent, which is not placed yet' },
      { name: 'sent', reason: 'it refers to channels by channel, which is not placed yet' },
      { name: 'channels', reason: expect.stringContaining('user_id looks like a key of users') },
    ]);
    expect(found.excluded.map(({ name }) => name)).toEqual(['kinds']);
  });

  it('leave alone what a foreign key, or the scope file, says of the column or the table', () => {
    const staff = table('staff', ['id int!']);
    const visits = table('visits', ['id int!', 'user_id int! > staff.id']);
    expect(plan([staff, visits]).unclassified).toEqual([]);
    const channels = table('channels', ['id int!', 'user_id int']);
    const said = { table: 'channels', reason: 'of everybody', place: 'line 1' };
    expect(plan([channels], { shared: [said] }).unclassified).toEqual([]);
    expect(plan([channels], { exclude: [said] }).unclassified).toEqual([]);
    const toStaff = { table: 'channels', columns: ['user_id'], parent: 'staff', parentColumns: null };
    const referring = { references: [{ ...toStaff, place: 'line 1' }] };
    expect(plan([staff, channels], referring).unclassified).toEqual([]);
    const owned = plan([channels], { references: [{ ...toStaff, parent: 'users', place: 'line 1' }] });
    expect(owned.unclassified).toEqual([]);
    expect(owned.owned.map(({ name }) => name)).toContain('channels');
  });

  it('know what tables are called behind the prefix of all of them', () => {
    const tables = [
      table('zp_projects', ['id int!']),
      table('zp_tickets', ['id int!', 'project int! > zp_projects.id']),
      table('zp_times', ['id int!', 'ticketId int']),
      table('zp_days', ['id int!', 'zp_ticket_id int']),
    ];
    const found = discoverScope({ tables }, rulesFor('zp_projects'));
    expect(found.unclassified.map(({ name }) => name)).toEqual(['zp_times', 'zp_days']);
  });
});
