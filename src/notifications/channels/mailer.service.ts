import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { DomainError, errorCodeOf } from '../../common/errors.js';
import { Settings } from '../../config/settings.js';
import type { Attempt, EventMessage } from '../notifications.types.js';
import { mailOf } from './mail-text.js';

const limits = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** Sends e-mail through the server of HOLDFAST_SMTP_URL, which nothing here shows: it holds a password. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  #transport: ReturnType<typeof createTransport> | undefined;

  constructor(private readonly settings: Settings) {}

  /** Throws DomainError `conflict` when there is no mail server to send through. */
  mustBeConfigured(): void {
    if (this.settings.env.HOLDFAST_SMTP_URL !== undefined) return;
    throw new DomainError(
      'conflict',
      'No e-mail can be sent: set HOLDFAST_SMTP_URL and HOLDFAST_MAIL_FROM, and start the service again.',
    );
  }

  /** Never throws, and what it says holds nothing of the server's settings. */
  async send(to: readonly string[], event: EventMessage): Promise<Attempt> {
    const { HOLDFAST_SMTP_URL: url, HOLDFAST_MAIL_FROM: from } = this.settings.env;
    if (url === undefined) {
      return { ok: false, sentence: 'HOLDFAST_SMTP_URL is not set, so no e-mail can be sent.' };
    }
    this.#transport ??= createTransport({ url, ...limits, disableFileAccess: true, disableUrlAccess: true });
    try {
      await this.#transport.sendMail({ from, to: [...to], ...mailOf(event) });
      return { ok: true };
    } catch (error) {
      return { ok: false, sentence: failureOf(error) };
    }
  }

  onApplicationShutdown(): void {
    this.#transport?.close();
  }
}

/** The server's own words may repeat addresses and accounts; its code says enough. */
function failureOf(error: unknown): string {
  const code = errorCodeOf(error) ?? 'no reason given';
  const answer =
    typeof error === 'object' && error !== null && 'responseCode' in error
      ? ` ${String(error.responseCode)}`
      : '';
  return `The mail server did not take it (${code}${answer}).`;
}
