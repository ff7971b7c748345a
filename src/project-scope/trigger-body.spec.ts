import { writesRows } from './trigger-body.js';

describe('a trigger', () => {
  it.each([
    'INSERT INTO log VALUES (NEW.id)',
    'BEGIN IF NEW.id > 1 THEN update t SET a = 1; END IF; END',
    'CALL audit(NEW.id)',
    'REPLACE INTO log VALUES (1)',
    'REPLACE `log` VALUES (1)',
    'CREATE TRIGGER x AFTER DELETE ON t BEGIN DELETE FROM log; END',
    'CREATE TRIGGER "begin" AFTER DELETE ON t BEGIN DELETE FROM log; END',
    // Each of these hides the statement from whoever mistakes where a text or a comment ends.
    `CREATE TRIGGER x AFTER DELETE ON t BEGIN SELECT '\\'; DELETE FROM log; SELECT ''; END`,
    `BEGIN SET @a = "it's"; DELETE FROM log; SET @b = 'x'; END`,
    'BEGIN SET @a = 5--1; DELETE FROM log; END',
    "BEGIN SET @a = `it's`; DELETE FROM log; SET @b = `it's`; END",
    'BEGIN /*! DELETE FROM log; */ SET @a = 1; END',
    'BEGIN /*M!100000 DELETE FROM log; */ SET @a = 1; END',
  ])('writes by %s', (body) => {
    expect(writesRows(body, [])).toBe(true);
  });

  it.each([
    'SET NEW.title = UPPER(NEW.title)',
    "SET NEW.title = REPLACE(NEW.title, 'a', 'insert')",
    'BEGIN -- delete nothing\n SET NEW.a = 1; /* update */ END',
    'SET NEW.`update` = 1',
    'SET NEW.updated_at = NOW()',
    `CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'do not insert, it''s closed'); END`,
  ])('only looks, or sets the new row, by %s', (body) => {
    expect(writesRows(body, [])).toBe(false);
  });

  const routines = ['bump', 'log it', 'a+b', 'tick`s', 'zähle'];

  it.each([
    'SET @x = bump()',
    'SET @x = BUMP ()',
    'SET NEW.a = `bump`(1)',
    'BEGIN SET @a = "\\\\"; SET @x = bump(); END',
    'SET @x = shop.`bump`()',
    'SET @x = `log it`()',
    'SET @x = `a+b`()',
    'SET @x = `tick``s`()',
    'SET @x = zähle(1)',
    'SET @x = elsewhere.anything(1)',
    'SET @x = `else where` . `any thing` (1)',
  ])('may write by a function of the database, or of another one: %s', (body) => {
    expect(writesRows(body, routines)).toBe(true);
  });

  it.each([
    'SET NEW.a = bumpy(), NEW.b = my_bump(), NEW.c = bump$(1)',
    "SET NEW.a = 'bump()'",
    'BEGIN SET NEW.a = 1; /* bump() */ -- bump()\n END',
    'SET NEW.price = 1.5 * (NEW.tax + 1), NEW.b = NEW.a IN (1, 2)',
    'SET NEW.a = aab()',
  ])('does not for what only looks like one: %s', (body) => {
    expect(writesRows(body, routines)).toBe(false);
  });
});
