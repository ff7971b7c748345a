import { Clock } from '../../../src/common/clock.js';
import { CloudinaryStore } from '../../../src/storage/cloudinary/cloudinary-store.js';
import { CloudinaryServer } from '../../support/cloudinary/cloudinary-server.js';
import { all, bytesOf, content, read } from './content.js';
import { storageContract } from './storage.suite.js';

const megabyte = 1024 * 1024;

async function createPlace() {
  const server = await CloudinaryServer.start();
  const { cloud, apiKey, apiSecret } = server;
  const storeAt = (api: string, folder: string, secret = apiSecret) =>
    new CloudinaryStore({
      ...{ cloud, apiKey, apiSecret: secret, folder, api },
      ...{ stallMs: 10_000, pageSize: 20, clock: new Clock() },
    });
  return {
    server,
    storeAt,
    store: storeAt(server.address, 'holdfast/test'),
    away: storeAt('http://127.0.0.1:9', 'holdfast/test'),
    // Nobody can list chunks that were broken off, and nobody sees them.
    unfinished: async () => [],
    secrets: [apiSecret],
    close: async () => server.close(),
  };
}

describe('Cloudinary', () => {
  storageContract({ createPlace, links: true, namesFiles: false, holds: false, longestName: 255 });

  describe('and its protocol', () => {
    let place: Awaited<ReturnType<typeof createPlace>>;

    beforeAll(async () => {
      place = await createPlace();
    });

    beforeEach(() => {
      place.server.seen.length = 0;
      place.server.refuse = () => null;
      place.server.alter = (bytes) => bytes;
    });

    afterAll(() => place?.close());

    it('sends large files in chunks, and each again when it fails', async () => {
      const bytes = bytesOf(17 * megabyte);
      let failures = 1;
      place.server.refuse = ({ headers }) =>
        headers['content-range']?.startsWith(`bytes ${8 * megabyte}-`) && failures-- > 0 ? 500 : null;
      await place.store.put('large', content(bytes));
      const ranges = place.server.seen.map(({ range, status }) => [range, status]);
      expect(ranges).toEqual([
        [`bytes 0-${8 * megabyte - 1}/-1`, 200],
        [`bytes ${8 * megabyte}-${16 * megabyte - 1}/-1`, 500],
        [`bytes ${8 * megabyte}-${16 * megabyte - 1}/-1`, 200],
        [`bytes ${16 * megabyte}-${17 * megabyte - 1}/${17 * megabyte}`, 200],
      ]);
      expect((await read(await place.store.open('large'))).equals(bytes)).toBe(true);
    });

    it('shows one altered byte; nothing is kept', async () => {
      place.server.alter = (bytes) => Buffer.from(bytes.map((byte, at) => (at === 7 ? byte ^ 1 : byte)));
      await expect(place.store.put('altered', content(bytesOf(1_000)))).rejects.toMatchObject({
        code: 'artefact-damaged',
      });
      expect(await place.store.stat('altered')).toBeNull();
    });

    it('compares all that was stored where the tag is no MD5', async () => {
      place.server.etagOf = () => 'something-else';
      await place.store.put('other-tag', content(bytesOf(1_000)));
      expect(place.server.seen.map(({ path }) => path.split('/').at(-1))).toEqual(['upload', 'download']);
    });

    it('hands out an address that shows nothing without a signature', async () => {
      const { url } = await place.store.put('pictured', content('x'));
      expect(url).toBe(
        `https://res.example/${place.server.cloud}/raw/authenticated/v1/holdfast/test/pictured`,
      );
    });

    it('stays in its folder', async () => {
      const other = place.storeAt(place.server.address, 'holdfast/tests');
      await other.put('of-another', content('x'));
      expect((await all(place.store.walk('of'))).map(({ key }) => key)).toEqual([]);
      expect((await all(other.walk(''))).map(({ key }) => key)).toEqual(['of-another']);
    });

    it('tells of a download that breaks off', async () => {
      await place.store.put('broken-off', content(bytesOf(100_000)));
      place.server.cutsDownloads = 1;
      await expect(read(await place.store.open('broken-off'))).rejects.toMatchObject({
        code: 'storage-unavailable',
      });
    });

    it.each([
      ['put', (store: CloudinaryStore) => store.put('x', content('x'))],
      ['list', (store: CloudinaryStore) => all(store.walk(''))],
    ])('is told of a wrong secret by a %s, and does not repeat it', async (_what, ask) => {
      const failed: unknown = await ask(place.storeAt(place.server.address, '', 'hunter2')).catch(
        (error: unknown) => error,
      );
      expect(failed).toMatchObject({ code: 'storage-unavailable', mayPass: false });
      expect(JSON.stringify(failed)).not.toContain('hunter2');
    });
  });
});
