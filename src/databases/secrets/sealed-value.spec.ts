import { keyFrom, keyIdOf, openValue, sealValue } from './sealed-value.js';

const key = keyFrom('a secret that is long enough for this');
const other = keyFrom('another secret that is long enough, too');

describe('A sealed value', () => {
  it('opens again for its owner, exactly as it was', () => {
    const plain = '{"password":"päss\\u0000wörd 🔑"}';
    expect(openValue(sealValue(plain, key, 'row 1'), key, 'row 1')).toBe(plain);
  });

  it('shows nothing of what is in it, and is another each time', () => {
    const [first, second] = [sealValue('swordfish', key, 'row 1'), sealValue('swordfish', key, 'row 1')];
    expect(first).not.toBe(second);
    expect(Buffer.from(first.split('.')[3] ?? '', 'base64url').toString()).not.toContain('swordfish');
  });

  it('says which key it needs, by an id that is no part of the key', () => {
    const id = keyIdOf(sealValue('swordfish', key, 'row 1'));
    expect(id).toBe(key.id);
    expect(id).not.toBe(other.id);
    expect(key.bytes.toString('hex')).not.toContain(key.id);
    expect(keyIdOf('swordfish')).toBeNull();
  });

  it('does not open with another key, for another owner, or when a byte was changed', () => {
    const sealed = sealValue('swordfish', key, 'row 1');
    expect(() => openValue(sealed, other, 'row 1')).toThrow();
    expect(() => openValue(sealed, key, 'row 2')).toThrow();
    for (const part of [2, 3, 4]) {
      const parts = sealed.split('.');
      const bytes = Buffer.from(parts[part] ?? '', 'base64url');
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      parts[part] = bytes.toString('base64url');
      expect(() => openValue(parts.join('.'), key, 'row 1')).toThrow();
    }
    expect(() => openValue(sealed.slice(0, -8), key, 'row 1')).toThrow();
  });
});
