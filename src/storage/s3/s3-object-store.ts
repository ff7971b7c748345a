import type { HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { DomainError } from '../../common/errors.js';
import { shortId } from '../../common/random.js';
import { attachmentOf } from '../attachment.js';
import { checkKey, isKey, probeName } from '../object-keys.js';
import type { ObjectContent, ObjectStore, PutOptions, StoredObject } from '../object-store.types.js';
import { DamagedOnTheWay, noSuchObject, PlaceError } from '../place-error.js';
import { toldStream } from '../told-stream.js';
import { S3Clients } from './s3-clients.js';
import { answerOf, s3Error } from './s3-errors.js';
import type { S3Place } from './s3-place.types.js';
import { notLocked, setLegalHold } from './s3-lock.js';
import { removeObject } from './s3-removal.js';
import { sweepUploads } from './s3-sweep.js';
import { uploadObject } from './s3-upload.js';

const dayMs = 24 * 3_600_000;
/** What signature version 4 allows. */
const longestLink = 7 * 24 * 3600;

/** Copies in S3-compatible object storage. */
export class S3ObjectStore implements ObjectStore {
  readonly kind = 's3';
  readonly location: string;
  readonly #clients: S3Clients;
  readonly #root: string;

  constructor(private readonly place: S3Place) {
    this.#root = place.prefix === '' ? '' : `${place.prefix}/`;
    this.location = `s3://${[place.bucket, place.prefix].filter(Boolean).join('/')}`;
    this.#clients = new S3Clients(place);
  }

  async put(key: string, content: ObjectContent, options: PutOptions = {}): Promise<StoredObject> {
    const object = this.#object(key);
    return this.#asked(async (client) => {
      const { etag, ...sent } = await uploadObject(
        this.#clients,
        { ...object, ...this.#lock() },
        content,
        options,
      );
      const found = await this.#head(client, object);
      // With another tag it is what somebody else has put since.
      if (found?.ETag === etag && found?.ContentLength !== sent.bytes) {
        await this.#remove(object);
        throw new DamagedOnTheWay();
      }
      if (this.place.lockDays !== null && !found?.ObjectLockRetainUntilDate) {
        await this.#remove(object);
        throw notLocked(this.location);
      }
      const url = new URL(await this.link(key, { seconds: 60, filename: 'x' }));
      return { ...sent, url: `${url.origin}${url.pathname}` };
    });
  }

  #lock() {
    const { lockDays, clock } = this.place;
    if (lockDays === null) return {};
    // Governance and not compliance: with a right of its own, an account can still undo a number that was too large.
    const until = new Date(clock.now().getTime() + lockDays * dayMs);
    return { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until } as const;
  }

  async open(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const object = this.#object(key);
    return this.#asked(async (client) => {
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const Range = range && `bytes=${range.start}-${range.end}`;
      const { Body } = await client.send(new GetObjectCommand({ ...object, Range }));
      if (!(Body instanceof Readable)) throw noSuchObject();
      return toldStream(Body, (error) => this.#meaningOf(error));
    });
  }

  async stat(key: string) {
    const object = this.#object(key);
    return this.#asked(async (client) => {
      const head = await this.#head(client, object);
      return head && { bytes: head.ContentLength ?? 0, modifiedAt: head.LastModified ?? new Date(0) };
    });
  }

  async #head(
    client: S3Client,
    object: { Bucket: string; Key: string },
  ): Promise<HeadObjectCommandOutput | null> {
    const { HeadBucketCommand, HeadObjectCommand } = await import('@aws-sdk/client-s3');
    try {
      return await client.send(new HeadObjectCommand(object));
    } catch (error) {
      if (answerOf(error).status !== 404) throw error;
    }
    // An answer without a body: it may be the bucket that is missing.
    await client.send(new HeadBucketCommand({ Bucket: object.Bucket })).catch((error: unknown) => {
      if (answerOf(error).status !== 404) throw error;
      throw new PlaceError(`The bucket of ${this.location} does not exist.`, false);
    });
    return null;
  }

  async *walk(prefix: string) {
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#page(prefix, ContinuationToken);
      for (const { Key = '', Size } of page.Contents ?? []) {
        const key = Key.slice(this.#root.length);
        if (isKey(key)) yield { key, bytes: Size ?? 0 };
      }
      ContinuationToken = page.NextContinuationToken;
      if (page.IsTruncated && ContinuationToken === undefined) {
        throw new PlaceError(`The place ${this.location} broke off its list.`, true);
      }
    } while (ContinuationToken !== undefined);
  }

  #page(prefix: string, ContinuationToken: string | undefined) {
    return this.#asked(async (client) => {
      const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
      const { bucket: Bucket, pageSize: MaxKeys } = this.place;
      return client.send(
        new ListObjectsV2Command({ Bucket, MaxKeys, Prefix: this.#root + prefix, ContinuationToken }),
      );
    });
  }

  async remove(key: string): Promise<void> {
    await this.#remove(this.#object(key));
  }

  #remove(object: { Bucket: string; Key: string }): Promise<void> {
    return this.#asked(async (client) => {
      const head = await this.#head(client, object);
      if (head) await removeObject(client, object, head, this.place.clock.now());
    });
  }

  async link(key: string, { seconds, filename }: { seconds: number; filename: string }): Promise<string> {
    const object = this.#object(key);
    if (seconds > longestLink) throw new DomainError('bad-input', 'A link of S3 lasts for 7 days at most.');
    return this.#asked(async () => {
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const command = new GetObjectCommand({ ...object, ResponseContentDisposition: attachmentOf(filename) });
      return getSignedUrl(await this.#clients.forLinks(), command, { expiresIn: seconds });
    });
  }

  async hold(key: string, on: boolean): Promise<boolean> {
    const object = this.#object(key);
    return this.#asked((client) => setLegalHold(client, object, on));
  }

  async check(): Promise<void> {
    const object = { Bucket: this.place.bucket, Key: this.#root + probeName(shortId()) };
    const said = await this.#asked(async (client) => {
      const { GetObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
      await client.send(new PutObjectCommand({ ...object, Body: 'holdfast' }));
      return (await client.send(new GetObjectCommand(object))).Body?.transformToString();
    });
    await this.#remove(object);
    if (said !== 'holdfast') throw new DamagedOnTheWay();
  }

  sweep(): Promise<number> {
    const { bucket: Bucket, clock } = this.place;
    return this.#asked((client) => sweepUploads(client, { Bucket, Prefix: this.#root }, clock.now()));
  }

  #object(key: string): { Bucket: string; Key: string } {
    checkKey(key);
    return { Bucket: this.place.bucket, Key: this.#root + key };
  }

  async #asked<T>(work: (client: S3Client) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#clients.ordinary());
    } catch (error) {
      throw this.#meaningOf(error);
    }
  }

  #meaningOf(error: unknown): unknown {
    const { credentials } = this.place;
    return s3Error(
      error,
      this.location,
      credentials ? [credentials.secretAccessKey, credentials.accessKeyId] : [],
    );
  }
}
