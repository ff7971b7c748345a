import { type ChannelKind, type EventType, usualEvents } from './notifications.types.js';
import { hears } from './routing.js';

const channel = (projectId: string, includeProjects: 0 | 1 = 0, kind: ChannelKind = 'webhook') => ({
  kind,
  projectId,
  includeProjects,
  events: kind === 'heartbeat' ? [] : [...usualEvents],
});
const event = (projectId: string | null, type: EventType = 'backup.failed') => ({ type, projectId });

describe('A channel', () => {
  it('of the database hears of the database, and of its projects when it was asked to', () => {
    expect(hears(channel(''), event(null))).toBe(true);
    expect(hears(channel(''), event('7'))).toBe(false);
    expect(hears(channel('', 1), event('7'))).toBe(true);
  });

  it('of a project hears of that project alone', () => {
    expect(hears(channel('7'), event('7'))).toBe(true);
    expect(hears(channel('7', 1), event('8'))).toBe(false);
    expect(hears(channel('7', 1), event(null))).toBe(false);
  });

  it('hears of what it asked for: each single success is nothing that one usually wants', () => {
    expect(hears(channel(''), event(null, 'backup.succeeded'))).toBe(false);
    expect(hears({ ...channel(''), events: ['backup.succeeded'] }, event(null, 'backup.succeeded'))).toBe(
      true,
    );
  });

  it('that is a heartbeat is called after successes of its own scope, and at no other time', () => {
    expect(hears(channel('', 1, 'heartbeat'), event(null, 'backup.succeeded'))).toBe(true);
    expect(hears(channel('', 1, 'heartbeat'), event('7', 'backup.succeeded'))).toBe(false);
    expect(hears(channel('', 1, 'heartbeat'), event(null))).toBe(false);
  });
});
