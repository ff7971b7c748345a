import { content, read } from '../content.js';
import type { StorageHarness, TestedPlace } from '../storage-harness.types.js';

export function linksSuite(
  place: () => TestedPlace,
  { links, holds, namesFiles = true }: StorageHarness,
): void {
  beforeAll(() => place().store.put('linked', content('for whoever has the link')));

  if (!links) {
    it('are none', async () => {
      expect(await place().store.link('linked', { seconds: 60, filename: 'x' })).toBeNull();
    });
  } else {
    it('are links that work without a header, and name the file', async () => {
      const link = await place().store.link('linked', { seconds: 60, filename: 'Sicherung "übrig".sql' });
      const answer = await fetch(link!);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe('for whoever has the link');
      const saved = namesFiles ? 'Sicherung' : 'linked';
      expect(answer.headers.get('content-disposition')).toMatch(
        new RegExp(`^attachment; filename=.*filename\\*=UTF-8''${saved}`),
      );
    });

    it('expire', async () => {
      const link = await place().store.link('linked', { seconds: 1, filename: 'x' });
      const begin = performance.now();
      let status = 0;
      while (status < 400 && performance.now() - begin < 10_000) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const answer = await fetch(link!);
        await answer.arrayBuffer();
        status = answer.status;
      }
      expect(status).toBeGreaterThanOrEqual(400);
    });

    it('cannot be led elsewhere', async () => {
      const { store } = place();
      await store.put('another', content('for nobody'));
      const link = await store.link('linked', { seconds: 60, filename: 'x' });
      expect((await fetch(link!.replace('linked', 'another'))).status).toBeGreaterThanOrEqual(400);
    });

    it('hold no secret', async () => {
      const link = await place().store.link('linked', { seconds: 60, filename: 'x' });
      for (const secret of place().secrets) expect(link).not.toContain(secret);
    });
  }

  if (!holds) {
    it('says that it cannot keep an object from being removed', async () => {
      const { store } = place();
      expect(await store.hold('linked', true)).toBe(false);
      expect(await store.hold('linked', false)).toBe(false);
      // A server that does not know the question may take it for a put.
      expect((await read(await store.open('linked'))).toString()).toBe('for whoever has the link');
    });
  } else {
    it('keeps an object from being removed until told otherwise', async () => {
      const { store } = place();
      await store.put('held', content('to stay'));
      expect(await store.hold('held', true)).toBe(true);
      await expect(store.remove('held')).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.stat('held')).toMatchObject({ bytes: 7 });
      expect(await store.hold('held', false)).toBe(true);
      await store.remove('held');
      expect(await store.stat('held')).toBeNull();
    });
  }
}
