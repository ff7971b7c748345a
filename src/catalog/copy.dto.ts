import { isoTime } from '../common/timestamps.js';
import type { CopySummary } from './elsewhere.types.js';

/** A copy of a backup in another place. */
export class CopyDto {
  /** where: a folder, s3://bucket/prefix, cloudinary://cloud/folder */
  place!: string;
  /** local, s3 or cloudinary; null for a place that is configured no more */
  kind!: string | null;
  /** waiting (to be made, or tried again), done, damaged or removing; only done ones count */
  state!: string;
  /** bytes, of what stands there */
  size!: number | null;
  sha256!: string | null;
  /** the public keys that it was encrypted for; null when it was not */
  encrypted_for!: string[] | null;
  url!: string | null;
  /** ISO 8601 */
  made_at!: string | null;
  /** when it was last seen there */
  checked_at!: string | null;
  /** why the last try failed */
  error!: string | null;

  static of({ recipients, madeAt, checkedAt, error, ...copy }: CopySummary, zone: string): CopyDto {
    const { place, kind, state, size, sha256, url } = copy;
    return {
      place,
      kind,
      state,
      size,
      sha256,
      encrypted_for: recipients,
      url,
      made_at: madeAt && isoTime(madeAt, zone),
      checked_at: checkedAt && isoTime(checkedAt, zone),
      error: error?.detail ?? null,
    };
  }
}
