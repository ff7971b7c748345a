import { keyOf, publicIdOf, publicPrefixOf } from './public-id.js';

const keys = [
  'full/backup_2026-11-21_12-08-20.sql.zst',
  'with space/100%+.sql',
  'übermäßig/バックアップ.sql',
  '_x5f and _x2b',
  'v1/v2',
  'v12/file_x',
  'a_x',
];

describe('public ids', () => {
  it('leave usual names as they are', () => {
    expect(publicIdOf('backups/', keys[0]!)).toBe(`backups/${keys[0]}`);
  });

  it.each(keys)('of %s are made of what Cloudinary keeps, and can be read back', (key) => {
    const id = publicIdOf('backups/', key);
    expect(id).toMatch(/^[A-Za-z0-9._/-]+$/);
    expect(id.split('/').some((segment) => /^v\d+$/.test(segment))).toBe(false);
    expect(keyOf('backups/', id)).toBe(key);
  });

  it.each(keys)('of %s begin with what is asked for each prefix of it', (key) => {
    for (let length = 0; length <= key.length; length += 1) {
      expect(publicIdOf('backups/', key).startsWith(publicPrefixOf('backups/', key.slice(0, length)))).toBe(
        true,
      );
    }
  });

  it('are refused when they become too long', () => {
    expect(() => publicIdOf('', 'ü'.repeat(40))).toThrow('255');
  });

  it('of others are no keys', () => {
    expect(keyOf('backups/', 'pictures/cat')).toBeNull();
    expect(keyOf('', 'broken_xff')).toBeNull();
  });
});
