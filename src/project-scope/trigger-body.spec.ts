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
    expect(writesRows(body)).toBe(true);
  });

  it.each([
    'SET NEW.title = UPPER(NEW.title)',
    "SET NEW.title = REPLACE(NEW.title, 'a', 'insert')",
    'BEGIN -- delete nothing\n SET NEW.a = 1; /* update */ END',
    'SET NEW.`update` = 1',
    'SET NEW.updated_at = NOW()',
    `CREATE TRIGGER x BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'do not insert, it''s closed'); END`,
  ])('only looks, or sets the new row, by %s', (body) => {
    expect(writesRows(body)).toBe(false);
  });
});
