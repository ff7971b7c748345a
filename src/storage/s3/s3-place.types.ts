import type { Clock } from '../../common/clock.js';

/** A bucket, or what begins with a prefix in it. */
export interface S3Place {
  bucket: string;
  /** Without slashes at its ends; '' for the whole bucket. */
  prefix: string;
  region: string;
  /** Where requests go; null for Amazon's own. Then the bucket is part of the path and not of the host's name. */
  endpoint: string | null;
  /** What links begin with; null for `endpoint`. */
  publicEndpoint: string | null;
  /** Null for the SDK's own search: its environment variables, its files, the machine's role. */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  /** Nobody can remove an object for so many days after it was put; null for no such lock. */
  lockDays: number | null;
  /** A connection on which nothing moves for so many milliseconds is given up. */
  stallMs: number;
  /** How many keys a list asks for at once. */
  pageSize: number;
  clock: Clock;
}
