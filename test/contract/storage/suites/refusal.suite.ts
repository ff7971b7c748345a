import { inspect } from 'node:util';
import { loggedError } from '../../../../src/common/http/logged-error.js';
import { all, content } from '../content.js';
import type { TestedPlace } from '../storage-harness.types.js';

export function refusalSuite(place: () => TestedPlace): void {
  it.each([
    ['put', () => place().away.put('x', content('x'))],
    ['open', () => place().away.open('x')],
    ['stat', () => place().away.stat('x')],
    ['walk', () => all(place().away.walk(''))],
    ['walk of a prefix', () => all(place().away.walk('some/prefix'))],
    ['remove', () => place().away.remove('x')],
    ['check', () => place().away.check()],
    ['sweep', () => place().away.sweep()],
  ] as [string, () => Promise<unknown>][])(
    '%s of a place that is away is an error, and names no secret',
    async (_what, ask) => {
      const error: unknown = await ask().then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'storage-unavailable' });
      const told = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(loggedError(error));
      for (const secret of place().secrets) expect(told).not.toContain(secret);
    },
  );

  it('names no secret in its location', () => {
    for (const secret of place().secrets) expect(place().store.location).not.toContain(secret);
  });
}
