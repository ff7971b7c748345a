import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Chunks, md5Of } from './chunks.js';
import { signatureOf } from './signature.js';

interface Stored {
  bytes: Buffer;
  createdAt: string;
  tags: string[];
}

export interface SeenCall {
  method: string;
  path: string;
  range: string | undefined;
  status: number;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * What we use of Cloudinary, as its documentation has it: signed uploads of raw files, whole or in chunks, the Admin API's
 * list and single resources, destroy, and signed downloads. It takes nothing that the documentation does not allow.
 */
export class CloudinaryServer {
  readonly cloud = 'demo-cloud';
  readonly apiKey = '123456789012345';
  readonly apiSecret = 'aBcDeF-the_secret';
  readonly seen: SeenCall[] = [];
  /** Answers, in turn, the next calls for which it gives something. */
  refuse: (request: IncomingMessage) => number | null = () => null;
  /** Changes a file before it is stored. */
  alter: (bytes: Buffer) => Buffer = (bytes) => bytes;
  /** Ends a connection in the middle of a download. */
  cutsDownloads = 0;
  /** Of what it says of a file: the MD5, unless it is told to say something else. */
  etagOf: (bytes: Buffer) => string = md5Of;
  readonly #files = new Map<string, Stored>();
  readonly #chunks = new Chunks();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<CloudinaryServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new CloudinaryServer(server);
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.address);
    const seen: SeenCall = {
      method: request.method!,
      path: url.pathname,
      range: request.headers['content-range'],
      status: 0,
    };
    this.seen.push(seen);
    response.on('finish', () => (seen.status = response.statusCode));
    try {
      const body = await bodyOf(request);
      const status = this.refuse(request);
      if (status) throw new Refusal(status, 'Refused by the test');
      const [, version, cloud, ...path] = url.pathname.split('/').map(decodeURIComponent);
      if (version !== 'v1_1' || cloud !== this.cloud) throw new Refusal(401, 'Invalid cloud_name');
      if (path[0] === 'resources') this.#admin(request, path.slice(1), url.searchParams, response);
      else if (path.join('/') === 'raw/download') this.#download(request, url.searchParams, response);
      else if (path.join('/') === 'raw/upload') this.#upload(request, fieldsOf(request, body), response);
      else if (path.join('/') === 'raw/destroy') this.#destroy(fieldsOf(request, body), response);
      else throw new Refusal(404, 'No such call');
    } catch (error) {
      if (!(error instanceof Refusal)) response.destroy();
      else json(response, error.status, { error: { message: error.message } });
    }
  }

  #checkSignature(fields: Map<string, string>): void {
    if (fields.get('api_key') !== this.apiKey)
      throw new Refusal(401, `Unknown API key ${fields.get('api_key')}`);
    const age = Math.abs(Date.now() / 1000 - Number(fields.get('timestamp')));
    if (!(age < 3600)) throw new Refusal(400, 'Stale request');
    const expected = Buffer.from(signatureOf(fields, this.apiSecret));
    const given = Buffer.from(fields.get('signature') ?? '');
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
      throw new Refusal(401, `Invalid Signature ${fields.get('signature')}`);
    }
  }

  #upload(request: IncomingMessage, fields: Fields, response: ServerResponse): void {
    this.#checkSignature(fields.text);
    const id = fields.text.get('public_id') ?? '';
    if (!/^[\p{L}\p{N}._/-]{1,255}$/u.test(id) || /^\/|\/$|(^|\/)v\d+\//.test(id)) {
      throw new Refusal(400, `public_id (${id}) is invalid`);
    }
    if (fields.text.get('type') !== 'authenticated') throw new Refusal(400, 'Anybody could read that');
    const range = request.headers['content-range'];
    const uploadId = request.headers['x-unique-upload-id'] as string | undefined;
    const whole = range === undefined ? fields.file : this.#taken(uploadId, range, fields.file);
    if (whole === null) return json(response, 200, { done: false, bytes: fields.file.length, public_id: id });
    if (whole.length === 0) throw new Refusal(400, 'Empty file');
    const bytes = this.alter(whole);
    const tags = (fields.text.get('tags') ?? '').split(',').filter(Boolean);
    this.#files.set(id, { bytes, createdAt: new Date().toISOString(), tags });
    json(response, 200, {
      ...this.#resource(id),
      etag: this.etagOf(bytes),
      secure_url: `https://res.example/${this.cloud}/raw/authenticated/s--SIGNATURE--/v1/${id}`,
    });
  }

  #taken(id: string | undefined, range: string, chunk: Buffer): Buffer | null {
    try {
      return this.#chunks.take(id, range, chunk);
    } catch (error) {
      throw new Refusal(400, (error as Error).message);
    }
  }

  #destroy({ text }: Fields, response: ServerResponse): void {
    this.#checkSignature(text);
    if (text.get('type') !== 'authenticated') throw new Refusal(400, 'Another type');
    json(response, 200, { result: this.#files.delete(text.get('public_id') ?? '') ? 'ok' : 'not found' });
  }

  #admin(
    { headers }: IncomingMessage,
    path: string[],
    query: URLSearchParams,
    response: ServerResponse,
  ): void {
    const expected = `Basic ${Buffer.from(`${this.apiKey}:${this.apiSecret}`).toString('base64')}`;
    if (headers.authorization !== expected) throw new Refusal(401, 'Invalid credentials');
    const [resourceType, type, id] = path;
    if (resourceType !== 'raw' || type !== 'authenticated') throw new Refusal(400, 'Another type');
    if (id !== undefined) {
      if (!this.#files.has(id)) throw new Refusal(404, `Resource not found - ${id}`);
      return json(response, 200, this.#resource(id));
    }
    const ids = [...this.#files.keys()].filter((name) => name.startsWith(query.get('prefix') ?? '')).sort();
    const start = Number(query.get('next_cursor') ?? 0);
    const count = Number(query.get('max_results') ?? 10);
    if (count > 500) throw new Refusal(400, 'max_results is too large');
    json(response, 200, {
      resources: ids.slice(start, start + count).map((name) => this.#resource(name)),
      ...(start + count < ids.length && { next_cursor: String(start + count) }),
    });
  }

  #resource(id: string) {
    const { bytes, createdAt, tags } = this.#files.get(id)!;
    return {
      public_id: id,
      resource_type: 'raw',
      type: 'authenticated',
      bytes: bytes.length,
      created_at: createdAt,
      tags,
    };
  }

  #download({ headers }: IncomingMessage, query: URLSearchParams, response: ServerResponse): void {
    this.#checkSignature(new Map(query));
    if (Number(query.get('expires_at')) < Date.now() / 1000) throw new Refusal(401, 'Expired');
    const id = query.get('public_id') ?? '';
    const file = this.#files.get(id);
    if (!file || query.get('type') !== 'authenticated') throw new Refusal(404, 'Resource not found');
    if (query.get('attachment') === 'true') {
      const name = id.split('/').at(-1)!;
      response.setHeader('Content-Disposition', `attachment; filename="${name}"; filename*=UTF-8''${name}`);
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
    const part = range ? file.bytes.subarray(Number(range[1]), Number(range[2]) + 1) : file.bytes;
    response.writeHead(range ? 206 : 200, { 'content-length': part.length });
    if (this.cutsDownloads-- > 0) response.write(part.subarray(0, part.length / 2), () => response.destroy());
    else response.end(part);
  }
}

interface Fields {
  text: Map<string, string>;
  file: Buffer;
}

/** A body of multipart/form-data. */
function fieldsOf({ headers }: IncomingMessage, body: Buffer): Fields {
  const boundary = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  if (!boundary) throw new Refusal(400, 'No boundary');
  const fields: Fields = { text: new Map(), file: Buffer.alloc(0) };
  let at = body.indexOf(`--${boundary}\r\n`);
  while (at >= 0) {
    const header = at + boundary.length + 4;
    const begin = body.indexOf('\r\n\r\n', header) + 4;
    const end = body.indexOf(`\r\n--${boundary}`, begin - 2);
    const name = /name="([^"]+)"/.exec(body.subarray(header, begin).toString())![1]!;
    const value = body.subarray(begin, end);
    if (name === 'file') fields.file = value;
    else fields.text.set(name, value.toString());
    at = body.subarray(end + 2, end + 6 + boundary.length).toString() === `--${boundary}\r\n` ? end + 2 : -1;
  }
  return fields;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
