import { readToken, signToken } from './link-token.js';

const key = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);
const target = { database: 'shop', backupId: '7d9f8e1c-0000-4000-8000-000000000001' };
const claims = {
  linkId: '7d9f8e1c-0000-4000-8000-000000000002',
  expiresAt: new Date('2026-11-21T02:15:00.123Z'),
};
const token = signToken(target, claims, key);

describe('the token of a download link', () => {
  it('says which link it is of and when it ends, for the backup that it was made for', () => {
    expect(readToken(token, target, [key])).toEqual(claims);
    expect(readToken(token, target, [other, key])).toEqual(claims);
    expect(token).toMatch(/^[\w.-]+$/);
  });

  it('is good for no other backup, no other database, and with no other key', () => {
    expect(readToken(token, { ...target, backupId: claims.linkId }, [key])).toBeNull();
    expect(readToken(token, { ...target, database: 'default' }, [key])).toBeNull();
    expect(readToken(token, target, [other])).toBeNull();
    expect(readToken(token, target, [])).toBeNull();
  });

  it('cannot be made to last longer or to be of another link', () => {
    const [link, end = '', mac] = token.split('.');
    const later = (parseInt(end, 36) + 60_000).toString(36);
    expect(readToken([link, later, mac].join('.'), target, [key])).toBeNull();
    expect(readToken([link, `0${end}`, mac].join('.'), target, [key])).toBeNull();
    expect(readToken([link?.replace('2', '3'), end, mac].join('.'), target, [key])).toBeNull();
  });

  it('is refused with any character changed', () => {
    const found = [...token].flatMap((character, at) => {
      const changed = `${token.slice(0, at)}${character === 'a' ? 'b' : 'a'}${token.slice(at + 1)}`;
      return readToken(changed, target, [key]) ? [at] : [];
    });
    expect(found).toEqual([]);
  });

  it.each([
    undefined,
    '',
    'x',
    [token],
    { token },
    `${token}\n`,
    ` ${token}`,
    `${token}=`,
    token.toUpperCase(),
  ])('is not %j', (given) => {
    expect(readToken(given, target, [key])).toBeNull();
  });
});
