import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { Clock } from '../../../src/common/clock.js';
import { shortId } from '../../../src/common/random.js';
import { S3ObjectStore } from '../../../src/storage/s3/s3-object-store.js';
import type { S3Place } from '../../../src/storage/s3/s3-place.types.js';
import { all } from './content.js';
import { storageContract } from './storage.suite.js';

/** `http://key:secret@host:port/bucket?region=eu-north-1`, of a bucket without object lock. */
const offered = process.env['HOLDFAST_TEST_S3_URL'];

async function createPlace(url: URL) {
  const place: S3Place = {
    bucket: url.pathname.slice(1),
    prefix: `holdfast-test-${shortId()}`,
    region: url.searchParams.get('region') ?? 'us-east-1',
    endpoint: url.origin,
    publicEndpoint: null,
    credentials: {
      accessKeyId: decodeURIComponent(url.username),
      secretAccessKey: decodeURIComponent(url.password),
    },
    lockDays: null,
    stallMs: 30_000,
    pageSize: 20,
    clock: new Clock(),
  };
  const { region, credentials, endpoint, bucket: Bucket, prefix: Prefix } = place;
  const client = new S3Client({
    region,
    credentials: credentials!,
    endpoint: endpoint!,
    forcePathStyle: true,
  });
  const store = new S3ObjectStore(place);
  return {
    store,
    away: new S3ObjectStore({ ...place, endpoint: 'http://127.0.0.1:9' }),
    unfinished: async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
      return Uploads.map(({ Key }) => Key!);
    },
    secrets: [credentials!.secretAccessKey],
    close: async () => {
      for (const { key } of await all(store.walk(''))) await store.remove(key);
    },
  };
}

if (offered === undefined) {
  describe.skip('S3 (skipped: no server in HOLDFAST_TEST_S3_URL)', () => {
    it('needs that server', () => undefined);
  });
} else {
  describe('S3, the server that was offered', () =>
    storageContract({ createPlace: () => createPlace(new URL(offered)), links: true, holds: false }));
}
