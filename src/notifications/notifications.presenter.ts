import { Injectable } from '@nestjs/common';
import type { Caller } from '../auth/auth.types.js';
import { isDomainError } from '../common/errors.js';
import { isoTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import { jsonProjectId } from '../projects/projects.types.js';
import { Channel } from './channel.entity.js';
import { type ChangedChannel, ChannelsService } from './channels.service.js';
import { Delivery } from './delivery.entity.js';
import type { NotificationDto, NotificationTestDto, OneNotificationDto } from './notifications.dto.js';
import type { Attempt } from './notifications.types.js';
import { Outbox } from './outbox.service.js';

/** Channels as the HTTP contract shows them. A secret goes out once, when it is new; a URL to superadmins only. */
@Injectable()
export class NotificationsPresenter {
  readonly #zone: string;

  constructor(
    settings: Settings,
    private readonly channels: ChannelsService,
    private readonly outbox: Outbox,
  ) {
    this.#zone = settings.env.HOLDFAST_TIMEZONE;
  }

  async changed({ channel, secret }: ChangedChannel, caller: Caller): Promise<OneNotificationDto> {
    return { notification: await this.channel(channel, caller), ...(secret !== null && { secret }) };
  }

  async channel(channel: Channel, caller: Caller): Promise<NotificationDto> {
    const last = await this.outbox.last(channel.id);
    return {
      id: channel.id,
      kind: channel.kind,
      project_id: channel.projectId === '' ? null : jsonProjectId(channel.projectId),
      label: channel.label,
      events: channel.events,
      include_projects: Boolean(channel.includeProjects),
      active: Boolean(channel.active),
      place: channel.place,
      created_by_name: channel.createdByName,
      created_at: isoTime(channel.createdAt, this.#zone),
      updated_at: isoTime(channel.updatedAt, this.#zone),
      last_delivery: last && this.#delivery(last),
      ...(await this.#target(channel, caller)),
    };
  }

  async #target(
    channel: Channel,
    { role }: Caller,
  ): Promise<Pick<NotificationDto, 'url' | 'method' | 'to' | 'problems'>> {
    try {
      const target = await this.channels.targetOf(channel);
      if (target.kind === 'email') return { to: target.to, problems: [] };
      return {
        ...(role === 'superadmin' && { url: target.url }),
        ...(target.kind === 'heartbeat' && { method: target.method }),
        problems: [],
      };
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return { problems: [error.detail] };
    }
  }

  #delivery({ eventType, status, attempts, error, createdAt }: Delivery) {
    return { event: eventType, status, attempts, error, created_at: isoTime(createdAt, this.#zone) };
  }

  test(attempt: Attempt): NotificationTestDto {
    return attempt.ok
      ? { success: true, message: 'It was taken.' }
      : { success: false, message: attempt.sentence };
  }
}
