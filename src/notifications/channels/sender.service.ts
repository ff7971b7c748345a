import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Settings } from '../../config/settings.js';
import type { Attempt, ChannelTarget, EventMessage } from '../notifications.types.js';
import { callUrl } from './call-url.js';
import { Mailer } from './mailer.service.js';
import { signatureHeaders } from './sign.js';

/** Sends one message to where a channel leads. Never throws; what went wrong is a sentence without secrets. */
@Injectable()
export class Sender {
  constructor(
    private readonly mailer: Mailer,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  send(target: ChannelTarget, event: EventMessage): Promise<Attempt> {
    switch (target.kind) {
      case 'email':
        return this.mailer.send(target.to, event);
      case 'webhook': {
        const body = JSON.stringify(event);
        const signature = signatureHeaders(event.id, this.clock.now(), body, target.secret);
        return this.#call(target.url, 'POST', body, { 'content-type': 'application/json', ...signature });
      }
      case 'heartbeat':
        return this.#call(target.url, target.method, '', {});
    }
  }

  #call(
    url: string,
    method: 'GET' | 'POST',
    body: string,
    headers: Record<string, string>,
  ): Promise<Attempt> {
    const { HOLDFAST_WEBHOOKS: policy } = this.settings.env;
    const length = method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {};
    return callUrl({
      url,
      method,
      body,
      policy,
      headers: { 'user-agent': 'Holdfast', ...length, ...headers },
    });
  }
}
