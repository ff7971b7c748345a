import type { IncomingMessage } from 'node:http';
import { publicOrigin } from './public-origin.js';

const request = (host?: string) =>
  ({
    headers: { host, 'x-forwarded-host': 'elsewhere.example' },
    socket: { localAddress: '127.0.0.1', localPort: 3000 },
  }) as unknown as IncomingMessage;

describe('where a link begins', () => {
  it('is the configured address, whatever the request says', () => {
    expect(publicOrigin('https://backups.example/holdfast', request('elsewhere.example'))).toBe(
      'https://backups.example/holdfast',
    );
  });

  it.each(['localhost:3000', 'backups.example', '[::1]:3000', '10.0.0.1'])(
    'is %s as it was asked for',
    (host) => {
      expect(publicOrigin(undefined, request(host))).toBe(`http://${host}`);
    },
  );

  it.each([undefined, '', 'a b', 'user@host', 'host/path', 'host?x', 'host#x', '"onload=', 'host:x', '[x]'])(
    'is the listening address when the header is %j',
    (host) => {
      expect(publicOrigin(undefined, request(host))).toBe('http://127.0.0.1:3000');
    },
  );
});
