import { isIP } from 'node:net';
import type { FieldError } from '../common/errors.js';
import { badInput } from '../common/http/validation.js';
import { type AddressRules, refusalOf } from './channels/address-rules.js';
import { newSigningSecret } from './channels/sign.js';
import type { ChannelKind, ChannelTarget, EventType } from './notifications.types.js';

/** Where a channel shall lead, as somebody says it. */
export interface TargetInput {
  url?: string | undefined;
  method?: 'GET' | 'POST' | undefined;
  to?: string[] | undefined;
}

export interface ChannelSettings {
  label?: string | null | undefined;
  events?: EventType[] | undefined;
  include_projects?: boolean | undefined;
  active?: boolean | undefined;
}

export interface NewChannel {
  kind: ChannelKind;
  projectId: string | null;
  settings: ChannelSettings;
  target: TargetInput;
}

const fields: Record<ChannelKind, readonly (keyof TargetInput)[]> = {
  webhook: ['url'],
  heartbeat: ['url', 'method'],
  email: ['to'],
};

type Known = { url?: string; secret?: string; method?: 'GET' | 'POST'; to?: string[] };

/** Throws DomainError `bad-input`, whose sentences never repeat the URL: it may hold a token. */
export function targetFrom(
  kind: ChannelKind,
  input: TargetInput,
  policy: AddressRules['policy'],
  before?: ChannelTarget,
): ChannelTarget {
  const strange = (['url', 'method', 'to'] as const)
    .filter((field) => input[field] !== undefined && !fields[kind].includes(field))
    .map((field) => ({ field, message: `a notification of the kind ${kind} has no ${field}` }));
  if (strange.length > 0) throw badInput(strange);
  const known: Known = before ?? {};
  if (kind === 'email') {
    const to = input.to ?? known.to;
    if (!to) throw badInput([missing('to', kind)]);
    return { kind, to };
  }
  const url = input.url ?? known.url;
  if (url === undefined) throw badInput([missing('url', kind)]);
  if (input.url !== undefined) mustBeCallable(url, policy);
  if (kind === 'heartbeat') {
    return { kind, url, method: input.method ?? known.method ?? 'GET' };
  }
  return { kind, url, secret: known.secret ?? newSigningSecret() };
}

/** What everybody who may see the channel may see of where it leads. */
export function placeOf(target: ChannelTarget): string {
  if (target.kind !== 'email') return new URL(target.url).host;
  return target.to.length === 1 ? '1 address' : `${target.to.length} addresses`;
}

function mustBeCallable(url: string, policy: AddressRules['policy']): void {
  const refuse = (message: string) => badInput([{ field: 'url', message: `url ${message}` }]);
  if (!URL.canParse(url)) throw refuse('is not a URL');
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw refuse('must begin with https://');
  if (username !== '' || password !== '') throw refuse('must not name a user or a password');
  const host = hostname.replace(/^\[|\]$/g, '');
  // What other names stand for is checked when they are called.
  const address = host === 'localhost' ? '127.0.0.1' : host;
  const secure = protocol === 'https:';
  const refused = isIP(address) === 0 && !secure ? refusalOf('192.0.2.1', { policy, secure }) : null;
  const sentence = refused ?? refusalOf(address, { policy, secure });
  if (sentence && (isIP(address) !== 0 || refused)) throw refuse(`cannot be called. ${sentence}`);
}

function missing(field: keyof TargetInput, kind: ChannelKind): FieldError {
  return { field, message: `${field} is missing; a notification of the kind ${kind} needs it` };
}

/** The columns of what is given. Throws DomainError `bad-input`. */
export function columnsOf(kind: ChannelKind, { label, events, include_projects, active }: ChannelSettings) {
  if (kind === 'heartbeat' && (events !== undefined || include_projects === true)) {
    const message =
      'a heartbeat is called after each success of its own database or project, and hears of nothing else';
    throw badInput([{ field: events === undefined ? 'include_projects' : 'events', message }]);
  }
  return {
    ...(label !== undefined && { label }),
    ...(events !== undefined && { events: [...new Set(events)] }),
    ...(include_projects !== undefined && { includeProjects: Number(include_projects) }),
    ...(active !== undefined && { active: Number(active) }),
  };
}

/** What a webhook's receiver needs to check it. */
export function secretOf(target: ChannelTarget): string | null {
  return target.kind === 'webhook' ? target.secret : null;
}
