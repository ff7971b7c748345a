import { lookup as dnsLookup, type LookupAddress, type LookupAllOptions, type LookupOptions } from 'node:dns';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { errorCodeOf } from '../../common/errors.js';
import type { Attempt } from '../notifications.types.js';
import { type AddressRules, refusalOf } from './address-rules.js';

const limitMs = 10_000;

export interface Call {
  url: string;
  method: 'GET' | 'POST';
  headers: OutgoingHttpHeaders;
  body: string;
  policy: AddressRules['policy'];
}

/** An address that was refused after a name was looked up. Its message is a sentence of ours. */
class RefusedAddress extends Error {}

/**
 * Calls a URL; 2xx within ten seconds is a success. Redirects are not followed: they could lead where we may not call. The
 * address is checked when it is connected to, so that a name cannot stand for another one by then. Never throws, and what it
 * says holds nothing of the URL or the answer.
 */
export async function callUrl(
  { url, method, headers, body, policy }: Call,
  resolver: Resolver = dnsLookup,
): Promise<Attempt> {
  const target = new URL(url);
  const secure = target.protocol === 'https:';
  const rules = { policy, secure };
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const refused = isIP(host) ? refusalOf(host, rules) : null;
  if (refused) return { ok: false, sentence: refused };
  const begin = secure ? httpsRequest : httpRequest;
  const signal = AbortSignal.timeout(limitMs);
  return new Promise((resolve) => {
    const request = begin(
      target,
      { method, headers, signal, agent: false, lookup: checkedLookup(rules, resolver) },
      (response) => {
        const status = response.statusCode ?? 0;
        resolve(status >= 200 && status < 300 ? { ok: true } : { ok: false, sentence: sentenceOf(status) });
        // What it says is of no interest, however long it is.
        response.on('error', () => undefined);
        response.destroy();
      },
    );
    request.on('error', (error) => resolve({ ok: false, sentence: failureOf(error, signal.aborted) }));
    request.end(method === 'POST' ? body : undefined);
  });
}

/** As `lookup` of node:dns, asked for all addresses. */
export type Resolver = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

type LookedUp = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

function checkedLookup(rules: AddressRules, resolver: Resolver) {
  return (hostname: string, options: LookupOptions, done: LookedUp): void => {
    resolver(hostname, { ...options, all: true }, (error, addresses) => {
      const allowed = (addresses ?? []).filter(({ address }) => refusalOf(address, rules) === null);
      const [first] = allowed;
      if (first) return options.all ? done(null, allowed) : done(null, first.address, first.family);
      const refused = addresses?.[0] && refusalOf(addresses[0].address, rules);
      done(refused ? new RefusedAddress(refused) : (error ?? new Error('It has no address')), []);
    });
  };
}

function sentenceOf(status: number): string {
  if (status >= 300 && status < 400)
    return `It answered ${status}; redirects are not followed. Enter where it leads.`;
  return `It answered ${status} instead of 200 to 299.`;
}

function failureOf(error: Error, isTooLate: boolean): string {
  if (error instanceof RefusedAddress) return error.message;
  if (isTooLate) return `It did not answer within ${limitMs / 1000} seconds.`;
  return `It could not be called (${errorCodeOf(error) ?? 'the connection was lost'}).`;
}
