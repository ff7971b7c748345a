import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { Courier } from './courier.service.js';

/** A courier whose watches only count how often they look; its outbox is empty. */
function counting(purpose: 'service' | 'worker' | 'command', isCatalogueAway = () => false) {
  const looks = { jobs: 0, absence: 0, copies: 0 };
  const look = (which: keyof typeof looks) => ({
    look: async () => {
      looks[which] += 1;
      if (isCatalogueAway()) throw new Error('The catalogue is away');
    },
  });
  const outbox = { due: async () => [], sweep: async () => undefined };
  const settings = new Settings({}, purpose);
  const channels = { sweep: async () => undefined };
  const watches = [look('jobs'), look('absence'), look('copies')];
  const parts = [...watches, outbox, channels, {}, {}, settings, new Clock()];
  const courier = new Courier(...(parts as unknown as ConstructorParameters<typeof Courier>));
  return { courier, looks };
}

describe('The courier', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('looks for absent backups, and for copies that fail, each minute, by a timer of its own', async () => {
    const { courier, looks } = counting('service');
    courier.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(59_000);
    expect(looks).toEqual({ jobs: 29, absence: 0, copies: 0 });
    await jest.advanceTimersByTimeAsync(182_000);
    expect([looks.absence, looks.copies]).toEqual([4, 4]);
    await courier.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(looks.absence).toBe(4);
  });

  it('goes on when the catalogue was away, and says so once', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    let isAway = true;
    const { courier, looks } = counting('service', () => isAway);
    courier.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(61_000);
    isAway = false;
    await jest.advanceTimersByTimeAsync(61_000);
    expect(looks).toEqual({ jobs: 61, absence: 2, copies: 2 });
    // Once for the rounds, once for the look at what is absent, once for that at copies.
    expect(warnings).toHaveBeenCalledTimes(3);
    warnings.mockRestore();
    await courier.beforeApplicationShutdown();
  });

  it.each(['worker', 'command'] as const)('leaves it to the services when it is a %s', async (purpose) => {
    const { courier, looks } = counting(purpose);
    courier.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(looks).toEqual({ jobs: 0, absence: 0, copies: 0 });
  });
});
