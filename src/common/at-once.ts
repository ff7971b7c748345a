/**
 * Does `work` for each item, at most `atOnce` at a time, and yields what came of it in the order of the items. When one
 * fails the others are waited for, and its error is thrown.
 */
export async function* mapAtOnce<T, R>(
  items: AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const started = work(item);
      // Its turn to be waited for comes later.
      started.catch(() => undefined);
      running.push(started);
      if (running.length >= atOnce) yield await (running.shift() as Promise<R>);
    }
    for (let next = running.shift(); next; next = running.shift()) yield await next;
  } finally {
    await Promise.allSettled(running);
  }
}
