import { all, content } from '../content.js';
import type { TestedPlace } from '../storage-harness.types.js';

export function walkSuite(place: () => TestedPlace): void {
  beforeAll(async () => {
    const { store } = place();
    for (const { key } of await all(store.walk(''))) await store.remove(key);
  });

  it('is empty where nothing is', async () => {
    expect(await all(place().store.walk(''))).toEqual([]);
    expect(await all(place().store.walk('nothing/there'))).toEqual([]);
  });

  it('has every object of more than two pages, once', async () => {
    const { store } = place();
    const keys = Array.from({ length: 50 }, (_, index) => `many/${index % 7}/object-${index}`);
    for (let at = 0; at < keys.length; at += 20) {
      await Promise.all(keys.slice(at, at + 20).map((key) => store.put(key, content(key))));
    }
    const found = await all(store.walk(''));
    expect(found.map(({ key }) => key).sort()).toEqual([...keys].sort());
    expect(found.every(({ key, bytes }) => bytes === key.length)).toBe(true);
  });

  it('has those that begin with a prefix, be it the name of a folder or not', async () => {
    const { store } = place();
    const under = async (prefix: string) => (await all(store.walk(prefix))).map(({ key }) => key).sort();
    expect(await under('many/3/object-1')).toEqual(['many/3/object-10', 'many/3/object-17']);
    expect(await under('many/6/')).toHaveLength(7);
    expect(await under('any')).toEqual([]);
  });
}
