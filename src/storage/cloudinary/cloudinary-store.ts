import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { shortId } from '../../common/random.js';
import { checkKey, isKey, probeName } from '../object-keys.js';
import type { ObjectContent, ObjectStore, PutOptions, StoredObject } from '../object-store.types.js';
import { DamagedOnTheWay, noSuchObject, PlaceError, rangeBehindEnd } from '../place-error.js';
import { toldStream } from '../told-stream.js';
import { CloudinaryApi, type Resource } from './cloudinary-api.js';
import { answerOf, CloudinaryAnswer, cloudinaryError } from './cloudinary-errors.js';
import type { CloudinaryPlace } from './cloudinary-place.types.js';
import { emptyTag, type SentObject, uploadChunks } from './cloudinary-upload.js';
import { keyOf, publicIdOf, publicPrefixOf } from './public-id.js';

/** How long an address is good by which the service itself reads. */
const readSeconds = 3600;

/** Copies as raw, authenticated files of Cloudinary. It has no locks, and removes broken-off uploads by itself. */
export class CloudinaryStore implements ObjectStore {
  readonly kind = 'cloudinary';
  readonly location: string;
  readonly #api: CloudinaryApi;
  readonly #root: string;

  constructor(private readonly place: CloudinaryPlace) {
    this.#root = place.folder === '' ? '' : `${place.folder}/`;
    this.location = `cloudinary://${[place.cloud, place.folder].filter(Boolean).join('/')}`;
    this.#api = new CloudinaryApi(place);
  }

  async put(key: string, content: ObjectContent, options: PutOptions = {}): Promise<StoredObject> {
    const id = this.#id(key);
    return this.#asked(async () => {
      const sent = await uploadChunks(this.#api, id, content, options, this.#meaningOf);
      if (!(await this.#isWhole(id, sent))) {
        await this.#api.destroy(id);
        throw new DamagedOnTheWay();
      }
      // The signature in it would let anybody read it for ever.
      const url = sent.uploaded.secure_url?.replace(/\/s--[^/]+--\//, '/') ?? null;
      return { bytes: sent.bytes, sha256: sent.sha256, url };
    });
  }

  /** By the MD5 that Cloudinary gives as its tag; where that is none, by reading all of it again. */
  async #isWhole(id: string, { bytes, md5, sha256, uploaded }: SentObject): Promise<boolean> {
    if (bytes === 0) return true;
    if (uploaded.bytes !== bytes) return false;
    if (uploaded.etag === md5) return true;
    const hash = createHash('sha256');
    for await (const piece of await this.#read(id)) hash.update(piece as Buffer);
    return hash.digest('hex') === sha256;
  }

  async open(key: string, range?: { start: number; end: number }): Promise<Readable> {
    const id = this.#id(key);
    return this.#asked(async () => {
      // It is asked first, since it cannot be told from its bytes whether an object is an empty one.
      const found = await this.#find(id);
      if (!found) throw noSuchObject();
      const bytes = lengthOf(found);
      if (range && range.start >= bytes) throw rangeBehindEnd();
      if (bytes === 0) return Readable.from([], { objectMode: false });
      return this.#read(id, range && { ...range, end: Math.min(range.end, bytes - 1) });
    });
  }

  async #read(id: string, range?: { start: number; end: number }): Promise<Readable> {
    const address = await this.#api.downloadUrl(id, this.#inSeconds(readSeconds), false);
    const headers = range && { Range: `bytes=${range.start}-${range.end}` };
    const answer = await fetch(address, headers ? { headers } : {});
    if (!answer.ok || !answer.body) {
      await answer.body?.cancel();
      throw new CloudinaryAnswer(answer.status, answer.headers.get('x-cld-error') ?? '');
    }
    const body = toldStream(Readable.fromWeb(answer.body as ReadableStream), (error) =>
      this.#meaningOf(error),
    );
    return range && answer.status === 200 ? Readable.from(cutOut(body, range), { objectMode: false }) : body;
  }

  async stat(key: string) {
    const id = this.#id(key);
    return this.#asked(async () => {
      const found = await this.#find(id);
      return found && { bytes: lengthOf(found), modifiedAt: new Date(found.created_at) };
    });
  }

  async #find(id: string): Promise<Resource | null> {
    try {
      return await this.#api.resource(id);
    } catch (error) {
      if (answerOf(error).status === 404) return null;
      throw error;
    }
  }

  async *walk(prefix: string) {
    let cursor: string | undefined;
    do {
      const page = await this.#asked(() => this.#api.page(publicPrefixOf(this.#root, prefix), cursor));
      if (!Array.isArray(page.resources)) {
        throw new PlaceError(`The place ${this.location} answered with something that is no list.`, false);
      }
      for (const found of page.resources) {
        const key = keyOf(this.#root, found.public_id);
        if (key?.startsWith(prefix) && isKey(key)) yield { key, bytes: lengthOf(found) };
      }
      cursor = page.next_cursor;
    } while (cursor !== undefined);
  }

  async remove(key: string): Promise<void> {
    const id = this.#id(key);
    await this.#asked(() => this.#api.destroy(id));
  }

  /** Cloudinary saves it under its own name and not under `filename`. */
  async link(key: string, { seconds }: { seconds: number; filename: string }): Promise<string> {
    const id = this.#id(key);
    return this.#asked(() => this.#api.downloadUrl(id, this.#inSeconds(seconds), true));
  }

  async hold(key: string): Promise<false> {
    this.#id(key);
    return false;
  }

  check(): Promise<void> {
    // Its dot written as a byte, since Cloudinary may drop one at the beginning; read back, it is no key.
    const id = `${this.#root}${probeName(shortId()).replace('.', '_x2e')}`;
    const probe = Buffer.from('holdfast');
    return this.#asked(async () => {
      const content = { bytes: probe.length, open: async () => Readable.from([probe]) };
      await uploadChunks(this.#api, id, content, {}, this.#meaningOf);
      const said: Buffer[] = [];
      for await (const piece of await this.#read(id)) said.push(piece as Buffer);
      await this.#api.destroy(id);
      if (!Buffer.concat(said).equals(probe)) throw new DamagedOnTheWay();
    });
  }

  /** Whether it can be asked is all that there is to find out. */
  async sweep(): Promise<number> {
    await this.#asked(() => this.#api.page(this.#root, undefined));
    return 0;
  }

  #id(key: string): string {
    checkKey(key);
    return publicIdOf(this.#root, key);
  }

  #inSeconds(seconds: number): number {
    return Math.floor(this.place.clock.now().getTime() / 1000) + seconds;
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#meaningOf(error);
    }
  }

  readonly #meaningOf = (error: unknown): unknown =>
    cloudinaryError(error, this.location, [this.place.apiSecret, this.place.apiKey]);
}

function lengthOf({ bytes, tags }: Resource): number {
  return tags?.includes(emptyTag) ? 0 : bytes;
}

/** Of an answer that has all, though a part was asked for. */
async function* cutOut(body: Readable, { start, end }: { start: number; end: number }) {
  let at = 0;
  for await (const piece of body) {
    const bytes = piece as Buffer;
    const part = bytes.subarray(Math.max(0, start - at), Math.max(0, end + 1 - at));
    at += bytes.length;
    if (part.length > 0) yield part;
    if (at > end) return;
  }
}
