import type { Channel } from './channel.entity.js';
import type { NotificationEvent } from './notifications.types.js';

/** Whether a channel of the event's database is to hear of it. A heartbeat hears of its own scope's successes only. */
export function hears(
  {
    kind,
    projectId,
    includeProjects,
    events,
  }: Pick<Channel, 'kind' | 'projectId' | 'includeProjects' | 'events'>,
  event: Pick<NotificationEvent, 'type' | 'projectId'>,
): boolean {
  const isOwn = projectId === (event.projectId ?? '');
  if (kind === 'heartbeat') return isOwn && event.type === 'backup.succeeded';
  const isBelow = projectId === '' && event.projectId !== null && Boolean(includeProjects);
  return (isOwn || isBelow) && events.some((type) => type === event.type);
}
