import { missingBy, unseenBy } from './privileges.js';

const mysql = { mariadb: false, lowerCaseTableNames: 0 };
const mariadb = { mariadb: true, lowerCaseTableNames: 0 };

/** The kinds of objects that may be missing, by their first word. */
function unseen(grants: string[], server = mysql, schema = 'my_app'): string[] {
  const lines = grants.map((grant) => `${grant} TO \`b\`@\`%\``);
  return unseenBy(lines, schema, server).map((sentence) => sentence.split(' ')[0] ?? '');
}

describe('what an account may not see', () => {
  it('is everything for an account without grants', () => {
    expect(unseen(['GRANT USAGE ON *.*'])).toEqual(['Tables', 'Triggers', 'Events', 'Routines']);
  });

  it.each([
    'GRANT ALL PRIVILEGES ON *.*',
    'GRANT ALL PRIVILEGES ON `my_app`.*',
    'GRANT ALL PRIVILEGES ON `my\\_app`.*',
    'GRANT ALL PRIVILEGES ON `my%`.*',
    'GRANT ALL PRIVILEGES ON "my_app".*',
    'GRANT SELECT, CREATE ROUTINE, EVENT, TRIGGER ON `my_app`.*',
  ])('is nothing with %s', (grant) => {
    expect(unseen(['GRANT USAGE ON *.*', grant])).toEqual([]);
  });

  it.each([
    'GRANT ALL PRIVILEGES ON `app`.*',
    'GRANT ALL PRIVILEGES ON `my\\%`.*',
    'GRANT ALL PRIVILEGES ON `my_ap`.*',
    'GRANT ALL PRIVILEGES ON `my_app`.`one`',
    'GRANT EXECUTE ON FUNCTION `my_app`.`f`',
    'GRANT `my_role`@`%`',
  ])('is everything with only %s', (grant) => {
    expect(unseen([grant])).toHaveLength(4);
  });

  it('takes an escaped wildcard for the character itself', () => {
    const grant = 'GRANT ALL PRIVILEGES ON `my\\_app`.*';
    expect(unseen([grant], mysql, 'my_app')).toEqual([]);
    expect(unseen([grant], mysql, 'myxapp')).toHaveLength(4);
  });

  it('knows the rights that show every routine on each server', () => {
    const rest = 'GRANT SELECT, EVENT, TRIGGER ON `my_app`.*';
    expect(unseen([rest])).toEqual(['Routines']);
    expect(unseen([rest, 'GRANT BACKUP_ADMIN,SHOW_ROUTINE ON *.*'])).toEqual([]);
    expect(unseen([rest, 'GRANT SELECT ON `mysql`.`proc`'], mysql)).toEqual(['Routines']);
    expect(unseen([rest, 'GRANT SELECT ON `mysql`.`proc`'], mariadb)).toEqual([]);
    expect(unseen([rest, 'GRANT SELECT ON `mysql`.*'], mariadb)).toEqual([]);
  });

  it('does not count what a partial revoke has taken from this schema', () => {
    const revoke = ['REVOKE TRIGGER ON `my_app`.* FROM `b`@`%`'];
    const all = ['GRANT ALL PRIVILEGES ON *.* TO `b`@`%`'];
    expect(unseenBy([...all, ...revoke], 'my_app', mysql)).toEqual([expect.stringMatching(/^Triggers/)]);
    expect(unseenBy([...all, ...revoke], 'other', mysql)).toEqual([]);
  });

  it('counts of overlapping patterns what all of them give, and adds what a role gives', () => {
    const own = ['GRANT ALL PRIVILEGES ON `my%`.* TO `b`@`%`', 'GRANT SELECT ON `my_app`.* TO `b`@`%`'];
    const ofRole = ['GRANT EVENT, EXECUTE ON `my_app`.* TO `reader`'];
    expect(unseenBy([...own, ...ofRole], 'my_app', mariadb)).toEqual([expect.stringMatching(/^Triggers/)]);
  });

  it('compares names as the server does', () => {
    const grant = ['GRANT ALL PRIVILEGES ON `My_App`.*'];
    expect(unseen(grant, mysql)).toHaveLength(4);
    expect(unseen(grant, { ...mysql, lowerCaseTableNames: 2 })).toEqual([]);
  });
});

describe('what a whole backup needs and an account has not', () => {
  const missing = (grants: string[], server = mysql) =>
    missingBy(
      grants.map((grant) => `${grant} TO \`b\`@\`%\``),
      'my_app',
      server,
    );

  it('is said by the name that a grant takes', () => {
    expect(missing(['GRANT USAGE ON *.*'])).toEqual([
      'SELECT',
      'TRIGGER',
      'EVENT',
      'SHOW_ROUTINE',
      'SHOW VIEW',
    ]);
    expect(missing(['GRANT SELECT, EVENT ON `my_app`.*'], mariadb)).toEqual([
      'TRIGGER',
      'SELECT on mysql.proc',
      'SHOW VIEW',
    ]);
  });

  it('is nothing with the grants of the manual', () => {
    const grants = ['GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `my_app`.*'];
    expect(missing([...grants, 'GRANT SHOW_ROUTINE ON *.*'])).toEqual([]);
    expect(missing([...grants, 'GRANT SELECT ON `mysql`.`proc`'], mariadb)).toEqual([]);
  });
});
