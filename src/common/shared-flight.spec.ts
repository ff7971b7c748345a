import { SharedFlight } from './shared-flight.js';

/** Counts the flights; each lands with its number when told to. */
function airport(patienceMs?: number) {
  const landings: ((error?: Error) => void)[] = [];
  const flights = new SharedFlight(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = landings.length + 1;
        landings.push((error) => (error ? reject(error) : resolve(number)));
      }),
    patienceMs,
  );
  return { flights, land: (number: number, error?: Error) => landings[number - 1]?.(error), landings };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('questions that are asked together', () => {
  it('have one answer', async () => {
    const { flights, land } = airport();
    const answers = [flights.join(), flights.join(), flights.join()];
    await soon();
    land(1);
    expect(await Promise.all(answers)).toEqual([1, 1, 1]);
  });

  it('while an answer is being made, share the next one: it must not be older than the question', async () => {
    const { flights, land, landings } = airport();
    const first = flights.join();
    await soon();
    const later = Array.from({ length: 400 }, () => flights.join());
    await soon();
    expect(landings).toHaveLength(1);
    land(1);
    await soon();
    land(2);
    expect(await first).toBe(1);
    expect(new Set(await Promise.all(later))).toEqual(new Set([2]));
    expect(landings).toHaveLength(2);
  });

  it('are asked anew once they were answered', async () => {
    const { flights, land } = airport();
    const first = flights.join();
    await soon();
    land(1);
    await first;
    const second = flights.join();
    await soon();
    land(2);
    expect(await second).toBe(2);
  });

  it('fail together, and the next one is asked', async () => {
    const { flights, land } = airport();
    const first = flights.join();
    await soon();
    const second = flights.join();
    land(1, new Error('away'));
    await expect(first).rejects.toThrow('away');
    await soon();
    land(2);
    expect(await second).toBe(2);
  });

  it('do not wait for ever for an answer that does not come', async () => {
    const { flights, land, landings } = airport(20);
    void flights.join();
    await soon();
    const second = flights.join();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(landings).toHaveLength(2);
    land(2);
    expect(await second).toBe(2);
  });
});
