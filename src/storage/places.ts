import type { Clock } from '../common/clock.js';
import type { Settings } from '../config/settings.js';
import { CloudinaryStore } from './cloudinary/cloudinary-store.js';
import { LocalObjectStore } from './local/local-object-store.js';
import type { ObjectStore } from './object-store.types.js';
import { RetryingStore } from './retry/retrying-store.js';
import { S3ObjectStore } from './s3/s3-object-store.js';

/** What one answer of a list may hold; they give no more. */
const s3PageSize = 1000;
const cloudinaryPageSize = 500;

/**
 * The places for copies that are configured, the nearest first. Nothing is asked of them here: one that is away must not
 * stop a start.
 */
export function configuredPlaces({ env }: Settings, clock: Clock): ObjectStore[] {
  const stallMs = env.HOLDFAST_STALL_SECONDS * 1000;
  const places: ObjectStore[] = [];
  if (env.HOLDFAST_COPY_DIR) places.push(new LocalObjectStore(env.HOLDFAST_COPY_DIR, clock));
  if (env.HOLDFAST_S3_BUCKET) {
    const { HOLDFAST_S3_ACCESS_KEY_ID: accessKeyId, HOLDFAST_S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
    places.push(
      new S3ObjectStore({
        bucket: env.HOLDFAST_S3_BUCKET,
        prefix: env.HOLDFAST_S3_PREFIX ?? '',
        region: env.HOLDFAST_S3_REGION ?? 'us-east-1',
        endpoint: env.HOLDFAST_S3_ENDPOINT ?? null,
        publicEndpoint: env.HOLDFAST_S3_PUBLIC_ENDPOINT ?? null,
        credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
        lockDays: env.HOLDFAST_S3_LOCK_DAYS ?? null,
        // Earlier than the wrapper's, so that a part is sent again before everything is.
        stallMs: stallMs / 3,
        pageSize: s3PageSize,
        clock,
      }),
    );
  }
  if (env.HOLDFAST_CLOUDINARY_URL) {
    const address = env.HOLDFAST_CLOUDINARY_URL;
    places.push(
      new CloudinaryStore({ ...address, stallMs: stallMs / 3, pageSize: cloudinaryPageSize, clock }),
    );
  }
  return places.map((place) => new RetryingStore(place, { stallMs }));
}
