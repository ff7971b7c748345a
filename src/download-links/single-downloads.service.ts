import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, IsNull, LessThanOrEqual, Repository } from 'typeorm';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { afterSending } from './after-sending.js';
import { DownloadLink } from './download-link.entity.js';
import type { Sent } from './download-links.types.js';

const leaseMs = 60_000;

/**
 * Links for one download: one answer at a time, by a lease in the catalogue, because another process may serve the same link,
 * and because one that serves may die. How much of the file they have brought is written down when an answer has ended.
 */
@Injectable()
export class SingleDownloads {
  readonly #log = new Logger('download links');

  constructor(
    @InjectRepository(DownloadLink) private readonly links: Repository<DownloadLink>,
    private readonly clock: Clock,
  ) {}

  /** Throws DomainError `rate-limited` while another answer is under way. Calls `cut` when the lease is lost or the link revoked. */
  async during(
    link: DownloadLink,
    size: number,
    send: () => Promise<Sent | null>,
    cut: () => void,
  ): Promise<void> {
    let lease = await this.#claim(link);
    const renewal = setInterval(() => {
      void this.#move(link, lease).then(
        (renewed) => (renewed ? (lease = renewed) : cut()),
        () => undefined,
      );
    }, leaseMs / 3);
    let sent: Sent | null = null;
    try {
      sent = await send();
    } finally {
      clearInterval(renewal);
      await this.#settle(link, size, lease, sent);
    }
  }

  async #claim(link: DownloadLink): Promise<Date> {
    const lease = await this.#move(link, LessThanOrEqual(this.clock.now()));
    if (lease) return lease;
    throw new DomainError(
      'rate-limited',
      'This link is for one download, and that is under way. If it broke off, try again in a moment.',
      { retryAfterSeconds: 5 },
    );
  }

  /** Null when the lease is not the one that we know, or the link leads nowhere any more. */
  async #move(
    { id }: DownloadLink,
    deliveringUntil: FindOptionsWhere<DownloadLink>['deliveringUntil'] & {},
  ): Promise<Date | null> {
    const lease = new Date(this.clock.now().getTime() + leaseMs);
    const ours = { id, deliveringUntil, usedAt: IsNull(), revokedAt: IsNull() };
    const { affected } = await this.links.update(ours, { deliveringUntil: lease });
    return affected === 1 ? lease : null;
  }

  async #settle({ id }: DownloadLink, size: number, lease: Date, sent: Sent | null): Promise<void> {
    try {
      const now = this.clock.now();
      // As it is now that nobody else serves it.
      const before = await this.links.findOneByOrFail({ id });
      const { isUsed, ...counts } = afterSending(before, sent, size);
      const facts = { ...counts, deliveringUntil: now, ...(isUsed && { usedAt: now }) };
      await this.links.update({ id, deliveringUntil: lease }, facts);
    } catch (error) {
      this.#log.error({ msg: 'the use of a link could not be written down', link: id, err: error });
    }
  }
}
