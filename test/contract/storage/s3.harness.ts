import { Clock } from '../../../src/common/clock.js';
import { S3ObjectStore } from '../../../src/storage/s3/s3-object-store.js';
import type { S3Place } from '../../../src/storage/s3/s3-place.types.js';
import { type S3Server, startS3Server } from '../../support/s3/s3-server.js';
import type { TestedPlace } from './storage-harness.types.js';

export interface TestedBucket extends TestedPlace {
  server: S3Server;
  /** Another driver on the same bucket. */
  storeWith(settings: Partial<S3Place>): S3ObjectStore;
}

export async function createBucket(options: { lock?: boolean; prefix?: string } = {}): Promise<TestedBucket> {
  const server = await startS3Server(options);
  const place: S3Place = {
    bucket: server.bucket,
    prefix: options.prefix ?? '',
    region: server.region,
    endpoint: server.endpoint,
    publicEndpoint: null,
    credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
    lockDays: null,
    stallMs: 10_000,
    pageSize: 20,
    clock: new Clock(),
  };
  const storeWith = (settings: Partial<S3Place>) => new S3ObjectStore({ ...place, ...settings });
  return {
    server,
    storeWith,
    store: storeWith({}),
    // Port 9 (discard): nothing listens there.
    away: storeWith({ endpoint: 'http://127.0.0.1:9' }),
    unfinished: server.unfinished,
    secrets: [server.secretAccessKey],
    close: server.close,
  };
}
