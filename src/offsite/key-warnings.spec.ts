import { keyWarnings } from './key-warnings.js';

const clear = { encryption: null };
const madeFor = (...recipients: string[]) => ({
  encryption: { format: 'age-encryption.org/v1' as const, recipients, size: 1, sha256: '' },
});
const holding = (key: string | null, enabled = true) => ({
  enabled,
  opens: (recipients: readonly string[]) => key !== null && recipients.includes(key),
});

describe('what is said of the keys when copies are found', () => {
  it('is nothing where they can be read and new ones will be like them', () => {
    expect(keyWarnings([madeFor('age1a', 'age1b'), clear], holding('age1b'))).toEqual([]);
    expect(keyWarnings([clear], holding(null, false))).toEqual([]);
  });

  it('is how many cannot be opened, and by which keys they could be', () => {
    expect(keyWarnings([madeFor('age1a'), madeFor('age1a', 'age1b'), clear], holding('age1b'))).toEqual([
      expect.stringMatching(/^No key .* opens 1 of .*: age1a$/),
    ]);
  });

  it('is that copies were encrypted and will not be', () => {
    expect(keyWarnings([madeFor('age1a')], holding('age1a', false))).toEqual([
      expect.stringContaining('HOLDFAST_AGE_RECIPIENTS'),
    ]);
  });
});
