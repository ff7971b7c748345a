import { idMaker, isRandomId } from './id-functions.js';

const sources = [{ table: 'tasks', column: 'id' }];
const make = (more: object, secret = 's') => idMaker({ identity: 'tasks.id', sources, ...more }, secret);

describe('The ids of a copy', () => {
  it('are whole numbers moved by one distance, exactly, also beyond 2^53, and only those that the project has', () => {
    const shifted = make({ shift: { by: '9007199254740990', least: '3', most: '9007199254740993' } });
    expect(shifted(3)).toEqual({ $int: '9007199254740993' });
    expect(shifted({ $int: '9007199254740993' })).toEqual({ $int: '18014398509481983' });
    expect([shifted(2), shifted(0), shifted(null), shifted('')]).toEqual([2, 0, null, '']);
  });

  it('are other UUIDs of the same version and spelling, the same for the same id in either case', () => {
    const random = make({});
    const old = '0190a1b2-c3d4-7e5f-8a6b-001122334455';
    const fresh = random(old) as string;
    expect(fresh).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(fresh).not.toBe(old);
    expect(random(old.toUpperCase())).toBe(fresh.toUpperCase());
    expect(random(old.replaceAll('-', ''))).toBe(fresh.replaceAll('-', ''));
    expect(make({}, 'of another copy')(old)).not.toBe(fresh);
  });

  it('are other ULIDs of the same time, and other bytes of the same length', () => {
    const random = make({});
    const fresh = random('01ARZ3NDEKTSV4RRFFQ69G5FAV') as string;
    expect(fresh).toMatch(/^01ARZ3NDEK[\dA-HJKMNP-TV-Z]{16}$/);
    const bytes = random({ $bytes: Buffer.alloc(12, 1).toString('base64') }) as { $bytes: string };
    expect(Buffer.from(bytes.$bytes, 'base64')).toHaveLength(12);
  });

  it('are other hexadecimal digits of the same number and spelling', () => {
    const [old, upper] = ['5f43a1c2d3e4b5f6a7b8c9d0', 'AB'.repeat(32)];
    expect(make({})(old)).toMatch(/^[\da-f]{24}$/);
    expect(make({})(upper)).toMatch(/^[\dA-F]{64}$/);
    expect([make({})(old), make({})('1'.repeat(24))]).not.toEqual([old, '1'.repeat(24)]);
    expect(make({})('1'.repeat(24))).toBe('1'.repeat(24));
  });

  it('leave the UUID of zeros, which stands for none, as it is', () => {
    const none = '00000000-0000-0000-0000-000000000000';
    expect(make({})(none)).toBe(none);
    const bytes = { $bytes: Buffer.alloc(16).toString('base64') };
    expect(make({})(bytes)).toEqual(bytes);
  });

  it('are texts with something before or behind them, and for the project itself the one that was found for it', () => {
    expect([
      make({ rename: { suffix: '-2' } })('tea'),
      make({ rename: { prefix: 'a', suffix: 'b' } })(''),
    ]).toEqual(['tea-2', '']);
    const root = make({ only: { from: 7, to: 12 } });
    expect([root(7), root(8), root(null)]).toEqual([12, 8, null]);
  });

  it('can be made of themselves only where they are random', () => {
    const twelve = { $bytes: Buffer.alloc(12, 7).toString('base64') };
    expect(['tea', 7, '12345678', null, { $bytes: 'AAAA' }].map(isRandomId)).not.toContain(true);
    expect(isRandomId(twelve)).toBe(true);
  });
});
