import type { Mask } from '../../scratch.types.js';
import { maskSql, whyUnfit } from './mask-sql.js';

const column = (type: string) => ({ name: 'c"d', type, nullable: true, generated: false });

describe('a mask of a PostgreSQL column', () => {
  it.each<[Mask, string, RegExp | null]>([
    [{ kind: 'null' }, 'jsonb', null],
    [{ kind: 'text', text: 'abc' }, 'character varying(3)', null],
    [{ kind: 'text', text: 'abcd' }, 'character varying(3)', /longer than its 3 characters/],
    [{ kind: 'text', text: 'x' }, 'integer', /text only/],
    [{ kind: 'text', text: 'x' }, 'text[]', /text only/],
    [{ kind: 'text', text: 'x' }, 'mood', /text only/],
    [{ kind: 'email' }, 'character varying(33)', null],
    [{ kind: 'email' }, 'character(32)', /33 characters/],
    [{ kind: 'email' }, 'extensions.citext', null],
    [{ kind: 'keep-length' }, 'text', null],
    [{ kind: 'keep-length' }, 'bytea', /text only/],
    [{ kind: 'number', min: 0, max: 32_767 }, 'smallint', null],
    [{ kind: 'number', min: 0, max: 32_768 }, 'smallint', /up to 32767/],
    [{ kind: 'number', min: 0, max: 9 }, 'numeric(5,2)', null],
    [{ kind: 'hash' }, 'bigint', null],
    [{ kind: 'hash' }, 'uuid', null],
    [{ kind: 'hash' }, 'bytea', null],
    [{ kind: 'hash' }, 'timestamp with time zone', /text, bytes, UUIDs or whole numbers/],
    [{ kind: 'hash' }, 'constructor', /text, bytes, UUIDs or whole numbers/],
  ])('%j fits %s, or says why not', (mask, type, why) => {
    const said = whyUnfit(mask, column(type));
    if (why) expect(said).toMatch(why);
    else expect(said).toBeNull();
  });

  it('never has a value or a name as SQL', () => {
    const mask = maskSql({ kind: 'text', text: "x', password = '" }, column('text'));
    expect(mask).toBe(`CASE WHEN "c""d" IS NOT NULL THEN 'x'', password = '''::text END`);
  });
});
