import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import type { S3Place } from './s3-place.types.js';

const connectMs = 10_000;
/** Of a single request; the wrapper `RetryingStore` begins a put anew when all of them have failed. */
const attempts = 4;

type RequestHandler = S3Client['config']['requestHandler'];
type HttpRequest = Parameters<RequestHandler['handle']>[0];

/** The SDK's clients, and the SDK itself: loaded when first asked for, since that costs some tens of megabytes. */
export class S3Clients {
  #ordinary: Promise<S3Client> | undefined;
  #forLinks: Promise<S3Client> | undefined;

  constructor(private readonly place: S3Place) {}

  ordinary(): Promise<S3Client> {
    return (this.#ordinary ??= this.#make({ endpoint: this.place.endpoint }));
  }

  /** Asks nobody; signs addresses that begin with the public endpoint. */
  async forLinks(): Promise<S3Client> {
    const { publicEndpoint, endpoint } = this.place;
    if (publicEndpoint === null || publicEndpoint === endpoint) return this.ordinary();
    return (this.#forLinks ??= this.#make({ endpoint: publicEndpoint }));
  }

  /** For one put, on the connections of the others; `alive` hears of bytes that move while a part is sent. */
  async forUpload(alive: () => void): Promise<S3Client> {
    const { config } = await this.ordinary();
    const requestHandler: RequestHandler = Object.create(config.requestHandler, {
      handle: {
        value: (request: HttpRequest, options: object) =>
          config.requestHandler.handle(inPieces(request, alive), options),
      },
    });
    return this.#make({ endpoint: this.place.endpoint, requestHandler, credentials: config.credentials });
  }

  async #make({
    endpoint,
    ...config
  }: Omit<S3ClientConfig, 'endpoint'> & { endpoint: string | null }): Promise<S3Client> {
    const { S3Client } = await import('@aws-sdk/client-s3');
    const { region, credentials, bucket, stallMs } = this.place;
    return new S3Client({
      region,
      maxAttempts: attempts,
      // A name with dots is in no certificate's `*`.
      forcePathStyle: endpoint !== null || bucket.includes('.'),
      // Parts are in memory when they are sent; there is nothing to save by asking first.
      expectContinueHeader: false,
      requestHandler: { connectionTimeout: connectMs, socketTimeout: stallMs },
      ...(endpoint !== null && { endpoint }),
      ...(credentials !== null && { credentials }),
      ...config,
    });
  }
}

const pieceBytes = 256 * 1024;

/** The same request; its body, signed and with its checksum by now, goes out piece by piece. */
function inPieces(request: HttpRequest, alive: () => void): HttpRequest {
  const body: unknown = request.body;
  if (!(body instanceof Uint8Array) || body.byteLength <= pieceBytes) return request;
  const bytes = body;
  function* pieces() {
    for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
      alive();
      yield bytes.subarray(at, at + pieceBytes);
    }
  }
  const copy = Object.assign(Object.create(Object.getPrototypeOf(request)) as HttpRequest, request);
  copy.body = Readable.from(pieces(), { objectMode: false });
  return copy;
}
