import { PasswordsService } from './passwords.service.js';

describe('comparing a password', () => {
  const passwords = new PasswordsService();

  it('says whether it is the one that was hashed', async () => {
    const hash = await passwords.hash('correct horse');
    expect(await passwords.verify(hash, 'correct horse')).toBe(true);
    expect(await passwords.verify(hash, 'correct horse ')).toBe(false);
  });

  it('is as much work without a hash to compare with, and says no', async () => {
    expect(await passwords.verify(null, 'the first one makes a hash for it')).toBe(false);
    const before = process.cpuUsage();
    expect(await passwords.verify(null, 'x')).toBe(false);
    const { user, system } = process.cpuUsage(before);
    // In microseconds; a comparison takes some 25,000.
    expect(user + system).toBeGreaterThan(3_000);
  });
});
