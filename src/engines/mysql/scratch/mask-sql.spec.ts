import type { Mask } from '../../scratch.types.js';
import { maskSql, whyUnfit } from './mask-sql.js';

const column = (type: string) => ({ name: 'c`d', type, nullable: true, generated: false });

describe('a mask of a MySQL column', () => {
  it.each<[Mask, string, RegExp | null]>([
    [{ kind: 'null' }, 'json', null],
    [{ kind: 'text', text: 'abc' }, 'varchar(3)', null],
    [{ kind: 'text', text: 'abcd' }, 'varchar(3)', /longer than its 3 characters/],
    [{ kind: 'text', text: 'x' }, 'int(11)', /text only/],
    [{ kind: 'text', text: 'x' }, "enum('x')", /text only/],
    [{ kind: 'email' }, 'varchar(33)', null],
    [{ kind: 'email' }, 'varchar(32)', /33 characters/],
    [{ kind: 'keep-length' }, 'mediumtext', null],
    [{ kind: 'keep-length' }, 'blob', /text only/],
    [{ kind: 'number', min: 0, max: 127 }, 'tinyint(4)', null],
    [{ kind: 'number', min: 0, max: 128 }, 'tinyint(4)', /up to 127/],
    [{ kind: 'number', min: 0, max: 9 }, 'decimal(5,2)', null],
    [{ kind: 'hash' }, 'bigint unsigned', null],
    [{ kind: 'hash' }, 'binary(16)', null],
    [{ kind: 'hash' }, 'datetime(6)', /text, bytes or whole numbers/],
  ])('%j fits %s, or says why not', (mask, type, why) => {
    const said = whyUnfit(mask, column(type));
    if (why) expect(said).toMatch(why);
    else expect(said).toBeNull();
  });

  it('never has a value or a name as SQL', () => {
    const mask = maskSql({ kind: 'text', text: "x', password = '" }, column('text'));
    expect(mask).toEqual({ sql: 'IF(`c``d` IS NULL, NULL, ?)', values: ["x', password = '"] });
  });
});
