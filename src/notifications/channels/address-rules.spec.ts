import { refusalOf } from './address-rules.js';

const strict = (address: string, secure = true) => refusalOf(address, { policy: 'strict', secure });

describe('Where a webhook may lead', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    'fe80::1',
    'febf::1',
    '100.100.100.200',
    'fd00:ec2::254',
  ])('is never link-local or where a cloud keeps credentials: %s', (address) => {
    expect(strict(address)).toMatch(/link-local/);
    expect(refusalOf(address, { policy: 'any', secure: false })).toBeNull();
  });

  it.each(['192.0.2.1', '10.0.0.5', '2001:db8::1', '168.254.0.1', 'fec0::1'])(
    'is anywhere else by https, and not by http: %s',
    (address) => {
      expect(strict(address)).toBeNull();
      expect(strict(address, false)).toMatch(/https/);
      expect(refusalOf(address, { policy: 'any', secure: false })).toBeNull();
    },
  );

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])(
    'is this machine by http, too: %s',
    (address) => {
      expect(strict(address, false)).toBeNull();
    },
  );
});
