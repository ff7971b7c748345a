import { once } from 'node:events';
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { type Checked, faultOfBody } from './body-checks.js';
import { ObjectLock } from './object-lock.js';
import { faultOfSignature, type Secrets } from './signature.js';
import { Uploads } from './uploads.js';

export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  bytes: number;
  /** Headers whose sums of the body were computed anew and were right. */
  checked: Checked;
  status: number;
}

/**
 * Stands before s3rver and demands what S3 demands and s3rver does not: signatures, sums of bodies, and the uploads and
 * locks that it has not. What it takes it passes on, without the signature. Nothing of a refused body gets through.
 */
export class S3Gate {
  readonly seen: SeenRequest[] = [];
  /** Hears of each request when it arrives, before any of its body is here. */
  arriving: (seen: SeenRequest) => void = () => undefined;
  /** Answers, in turn, the next requests for which it gives something: an HTTP status and S3's code. */
  refuse: (request: IncomingMessage) => [number, string] | null = () => null;
  /** Changes bodies before they are looked at, as a bad line would. */
  alter: (body: Buffer, request: IncomingMessage) => Buffer = (body) => body;
  lock: ObjectLock | null = null;
  readonly #turns = new Map<string, Promise<void>>();
  readonly #underWay = new Set<Promise<void>>();

  private constructor(
    private readonly server: Server,
    private readonly port: number,
    private readonly secrets: Secrets,
    readonly uploads: Uploads,
  ) {
    server.on('request', (request, response) => {
      const answer = this.#answer(request, response).finally(() => this.#underWay.delete(answer));
      this.#underWay.add(answer);
    });
  }

  static async before(port: number, folder: string, secrets: Secrets): Promise<S3Gate> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new S3Gate(server, port, secrets, new Uploads(folder));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://host');
    const seen: SeenRequest = {
      method: request.method!,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      bytes: 0,
      checked: [],
      status: 0,
    };
    this.seen.push(seen);
    this.arriving(seen);
    response.on('finish', () => (seen.status = response.statusCode));
    try {
      const body = this.alter(await bodyOf(request), request);
      seen.bytes = body.length;
      const [status, code] = this.refuse(request) ?? [];
      if (status && code) return refuse(response, status, code);
      const now = new Date();
      const fault = faultOfSignature(request, this.secrets, now);
      if (fault) return refuse(response, 403, fault);
      const difference = faultOfBody(request.headers, body, seen.checked);
      if (difference) return refuse(response, 400, difference);
      if (!(await this.#done(request, url, body, response, now))) {
        await this.#inTurn(request, url, () => this.#pass(request, url, body, response));
      }
    } catch {
      // The connection was cut before the body was whole.
      response.destroy();
    }
  }

  /** Whether it was one of those that s3rver cannot do. */
  async #done(
    { method }: IncomingMessage,
    { pathname, searchParams }: URL,
    body: Buffer,
    response: ServerResponse,
    now: Date,
  ): Promise<boolean> {
    const bucket = pathname.split('/')[1]!;
    const uploadId = searchParams.get('uploadId');
    if (method === 'GET' && searchParams.has('uploads')) {
      xml(response, await this.uploads.listing(bucket, searchParams.get('prefix') ?? ''));
    } else if (uploadId !== null && !(await this.uploads.has(bucket, uploadId))) {
      refuse(response, 404, 'NoSuchUpload');
    } else if (method === 'DELETE' && uploadId !== null) {
      await this.uploads.abort(bucket, uploadId);
      response.writeHead(204).end();
    } else if (method === 'GET' && searchParams.has('object-lock') && this.lock) {
      xml(
        response,
        '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
      );
    } else if (method === 'PUT' && searchParams.has('legal-hold') && this.lock) {
      if (this.lock.setHold(pathname, body)) response.writeHead(200).end();
      else refuse(response, 404, 'NoSuchKey');
    } else if (method === 'GET' && searchParams.has('versions')) {
      const key = searchParams.get('prefix')!;
      xml(
        response,
        `<ListVersionsResult><Version><Key>${key}</Key><VersionId>v1</VersionId></Version></ListVersionsResult>`,
      );
    } else if (method === 'DELETE' && this.lock?.keeps(pathname, now)) {
      refuse(response, 403, 'AccessDenied');
    } else return false;
    return true;
  }

  /** s3rver writes right into an object's file: two at once would mix, and a look meanwhile would see half of it. */
  #inTurn(
    { method }: IncomingMessage,
    { pathname, searchParams }: URL,
    work: () => Promise<void>,
  ): Promise<void> {
    if (!['PUT', 'HEAD'].includes(method!) || searchParams.has('uploadId')) return work();
    const turn = (this.#turns.get(pathname) ?? Promise.resolve()).then(work);
    this.#turns.set(
      pathname,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async #pass(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): Promise<void> {
    for (const name of [...url.searchParams.keys()]) {
      // Servers without locks may not know the words for them: OpenStack's takes such a request for one without.
      if (/^(x-amz-|x-id|versionId|legal-hold|object-lock)/i.test(name)) url.searchParams.delete(name);
    }
    const range = request.headers.range;
    const headers = {
      ...request.headers,
      ...ofTheServersOwn(),
      // s3rver takes a 0 as the end of a range for none.
      ...(range === 'bytes=0-0' && { range: 'bytes=0-1' }),
    };
    const onward = ask({
      port: this.port,
      host: '127.0.0.1',
      method: request.method,
      path: request.url!.split('?')[0]! + url.search,
      headers,
    });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    const isObject = url.pathname.split('/').length > 2;
    const isNew =
      request.method === 'PUT' ? !url.searchParams.has('uploadId') : url.searchParams.has('uploads');
    if (isNew && isObject) this.lock?.stored(url.pathname, request);
    if (request.method === 'DELETE') this.lock?.removed(url.pathname);
    const all = { ...answer.headers, ...(isObject && this.lock?.headersOf(url.pathname)) };
    if (range === 'bytes=0-0' && answer.statusCode === 206) {
      const first = (await bodyOf(answer)).subarray(0, 1);
      const [, size] = String(answer.headers['content-range']).split('/');
      response.writeHead(206, { ...all, 'content-length': '1', 'content-range': `bytes 0-0/${size}` });
      response.end(first);
      return;
    }
    response.writeHead(answer.statusCode!, all);
    await pipeline(answer, response);
  }

  /** When nothing that was asked for is still being done, whoever asked for it. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** s3rver looks at whose key it is and at nothing else of a signature. */
function ofTheServersOwn(): Record<string, string> {
  const now = new Date().toISOString();
  const date = now.replace(/[-:]|\.\d+/g, '');
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=S3RVER/${date.slice(0, 8)},SignedHeaders=host,Signature=0`,
    'x-amz-date': date,
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  // A connection on which a body may still be under way is of no more use.
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(`<Error><Code>${code}</Code><Message>${code} of the gate</Message></Error>`);
}

function xml(response: ServerResponse, content: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${content}`);
}
