import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * AWS signature version 4, computed anew from the request as it arrived, by the steps of "Authenticating Requests" of the
 * S3 API reference. Shares nothing with the SDK that signed it.
 */
export interface Secrets {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Null when it is right, otherwise S3's error code. */
export function faultOfSignature(request: IncomingMessage, secrets: Secrets, now: Date): string | null {
  const url = new URL(request.url!, 'http://host');
  return url.searchParams.has('X-Amz-Signature')
    ? faultOfLink(request, url, secrets, now)
    : faultOfHeader(request, url, secrets, now);
}

function faultOfHeader(request: IncomingMessage, url: URL, secrets: Secrets, now: Date): string | null {
  const given =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (!given) return 'AccessDenied';
  const [, credential = '', signedHeaders = '', signature] = given;
  const date = String(request.headers['x-amz-date']);
  if (Math.abs(timeOf(date) - now.getTime()) > 15 * 60_000) return 'RequestTimeTooSkewed';
  const unsigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') && !signedHeaders.split(';').includes(name),
  );
  if (unsigned.length > 0 || !signedHeaders.split(';').includes('host')) return 'AccessDenied';
  const payload = String(request.headers['x-amz-content-sha256']);
  const expected = signatureOf({ request, url, credential, signedHeaders, date, payload }, secrets);
  if (expected === null) return 'InvalidAccessKeyId';
  return signature === expected ? null : 'SignatureDoesNotMatch';
}

function faultOfLink(request: IncomingMessage, url: URL, secrets: Secrets, now: Date): string | null {
  const value = (name: string) => url.searchParams.get(name) ?? '';
  const date = value('X-Amz-Date');
  if (now.getTime() > timeOf(date) + Number(value('X-Amz-Expires')) * 1000) return 'AccessDenied';
  const signature = value('X-Amz-Signature');
  const expected = signatureOf(
    {
      request,
      url,
      credential: value('X-Amz-Credential'),
      signedHeaders: value('X-Amz-SignedHeaders'),
      date,
      payload: 'UNSIGNED-PAYLOAD',
    },
    secrets,
  );
  return signature === expected ? null : 'SignatureDoesNotMatch';
}

interface Signed {
  request: IncomingMessage;
  url: URL;
  credential: string;
  signedHeaders: string;
  date: string;
  payload: string;
}

function signatureOf({ request, url, credential, signedHeaders, date, payload }: Signed, secrets: Secrets) {
  const [accessKeyId, ...scope] = credential.split('/');
  if (accessKeyId !== secrets.accessKeyId) return null;
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const headers = signedHeaders
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const path = request.url!.split('?')[0]!.split('/');
  const canonical = [
    request.method,
    path.map((segment) => encode(decodeURIComponent(segment))).join('/'),
    query.join('&'),
    headers.join(''),
    signedHeaders,
    payload,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<Buffer>(
    (parent, part) => createHmac('sha256', parent).update(part).digest(),
    Buffer.from(`AWS4${secrets.secretAccessKey}`),
  );
  return createHmac('sha256', key).update(text).digest('hex');
}

/** RFC 3986: everything but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
