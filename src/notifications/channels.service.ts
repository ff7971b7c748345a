import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, In, LessThan, Not, Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor, AuditAction } from '../audit/audit.types.js';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/errors.js';
import { badInput } from '../common/http/validation.js';
import { newId } from '../common/random.js';
import { Settings } from '../config/settings.js';
import { DatabasesService } from '../databases/databases.service.js';
import { SecretVault } from '../databases/secrets/vault.service.js';
import { isWellFormedId } from '../projects/projects.types.js';
import { Channel } from './channel.entity.js';
import {
  type ChannelSettings,
  columnsOf,
  type NewChannel,
  placeOf,
  secretOf,
  type TargetInput,
  targetFrom,
} from './channel-input.js';
import { Mailer } from './channels/mailer.service.js';
import { newSigningSecret } from './channels/sign.js';
import { type ChannelTarget, usualEvents } from './notifications.types.js';
import { Outbox } from './outbox.service.js';

/** What another process has just registered may not be known here yet. */
const graceMs = 3_600_000;

/** `secret` is set when it is new: the only time at which it is told. */
export interface ChangedChannel {
  channel: Channel;
  secret: string | null;
}

/** Who is told of what: the only writer of those rows. The database's name comes first everywhere. */
@Injectable()
export class ChannelsService {
  constructor(
    @InjectRepository(Channel) private readonly channels: Repository<Channel>,
    private readonly databases: DatabasesService,
    private readonly vault: SecretVault,
    private readonly outbox: Outbox,
    private readonly mailer: Mailer,
    private readonly audit: AuditService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Throws DomainError `not-found`, `bad-input`; `conflict` for e-mail without a mail server. */
  async make(
    name: string,
    { kind, projectId, settings, target: input }: NewChannel,
    by: Actor,
  ): Promise<ChangedChannel> {
    const { id: databaseId } = this.databases.identify(name);
    const id = newId();
    return this.#watch('make-notification', name, { id, projectId: projectId ?? '' }, by, async () => {
      if (projectId !== null && !isWellFormedId(projectId)) {
        throw badInput([{ field: 'project_id', message: 'project_id is not the id of a project' }]);
      }
      if (kind === 'email') this.mailer.mustBeConfigured();
      const target = targetFrom(kind, input, this.settings.env.HOLDFAST_WEBHOOKS);
      const now = this.clock.now();
      await this.vault.put(id, JSON.stringify(target));
      await this.channels.insert({
        id,
        databaseId,
        projectId: projectId ?? '',
        kind,
        label: null,
        events: kind === 'heartbeat' ? [] : [...usualEvents],
        includeProjects: 0,
        active: 1,
        ...columnsOf(kind, settings),
        place: placeOf(target),
        version: 1,
        createdByName: by.name,
        createdAt: now,
        updatedAt: now,
      });
      return { channel: await this.get(name, id), secret: secretOf(target) };
    });
  }

  /** Throws DomainError `not-found` for an unknown database. */
  list(
    name: string,
    page: { offset: number; limit: number; descending: boolean },
  ): Promise<[Channel[], number]> {
    return this.channels.findAndCount({
      where: { databaseId: this.databases.identify(name).id },
      order: { seq: page.descending ? 'DESC' : 'ASC' },
      skip: page.offset,
      take: page.limit,
    });
  }

  /** Throws DomainError `not-found`, also for one of another database. */
  async get(name: string, id: string): Promise<Channel> {
    const where: FindOptionsWhere<Channel> = { databaseId: this.databases.identify(name).id, id };
    const channel = await this.channels.findOneBy(where);
    if (!channel) throw new DomainError('not-found', 'This database has no such notification.');
    return channel;
  }

  /** Where it leads, secrets included. Throws DomainError `conflict` when it cannot be opened. */
  async targetOf({ id }: Pick<Channel, 'id'>): Promise<ChannelTarget> {
    return JSON.parse(await this.vault.open(id)) as ChannelTarget;
  }

  /** Null when it is gone. */
  find(id: string): Promise<Channel | null> {
    return this.channels.findOneBy({ id });
  }

  /** Changes what is given. Throws DomainError `not-found`, `bad-input`, `conflict` when somebody else changed it at once. */
  async change(
    name: string,
    id: string,
    {
      settings,
      target: input,
      newSecret,
    }: { settings: ChannelSettings; target: TargetInput; newSecret: boolean },
    by: Actor,
  ): Promise<ChangedChannel> {
    const channel = await this.get(name, id);
    return this.#watch('change-notification', name, channel, by, async () => {
      const changes = columnsOf(channel.kind, settings);
      const target = await this.#changedTarget(channel, input, newSecret);
      const { affected } = await this.channels.update(
        { id, version: channel.version },
        {
          ...changes,
          ...(target && { place: placeOf(target) }),
          version: channel.version + 1,
          updatedAt: this.clock.now(),
        },
      );
      if (affected !== 1) {
        throw new DomainError(
          'conflict',
          'Somebody else changed this notification at once. Look at it, then try again.',
        );
      }
      if (target) await this.vault.put(id, JSON.stringify(target));
      return { channel: await this.get(name, id), secret: newSecret && target ? secretOf(target) : null };
    });
  }

  async #changedTarget(
    channel: Channel,
    input: TargetInput,
    newSecret: boolean,
  ): Promise<ChannelTarget | null> {
    if (newSecret && channel.kind !== 'webhook') {
      throw badInput([{ field: 'new_secret', message: 'only a webhook has a secret' }]);
    }
    const isChanged = newSecret || Object.values(input).some((value) => value !== undefined);
    if (!isChanged) return null;
    const before = await this.targetOf(channel);
    const target = targetFrom(channel.kind, input, this.settings.env.HOLDFAST_WEBHOOKS, before);
    return newSecret && target.kind === 'webhook' ? { ...target, secret: newSigningSecret() } : target;
  }

  /** What was not delivered yet is not delivered any more. Throws DomainError `not-found`. */
  async remove(name: string, id: string, by: Actor): Promise<void> {
    const channel = await this.get(name, id);
    await this.#watch('remove-notification', name, channel, by, async () => {
      await this.#forget(id);
    });
  }

  /** Those of databases that are no longer registered go with their secrets. */
  async sweep(): Promise<void> {
    await this.databases.refresh();
    const known = this.databases.identities().map(({ id }) => id);
    const created = LessThan(new Date(this.clock.now().getTime() - graceMs));
    const orphans = await this.channels.findBy({ databaseId: Not(In(known)), createdAt: created });
    for (const { id } of orphans) await this.#forget(id);
  }

  async #forget(id: string): Promise<void> {
    await this.channels.delete({ id });
    await this.outbox.forget(id);
    await this.vault.remove(id);
  }

  #watch<T>(
    action: AuditAction,
    database: string,
    { id, projectId }: Pick<Channel, 'id' | 'projectId'>,
    by: Actor,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.audit.watch({ by, action, database, projectId: projectId || null, subject: id }, work);
  }
}
