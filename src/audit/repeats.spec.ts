import { Repeats } from './repeats.js';

describe('what is repeated', () => {
  it('is let through once a minute, and counted meanwhile', () => {
    const repeats = new Repeats<string>(60_000, 10);
    expect(repeats.isFirst('a', 'first', 0)).toBe(true);
    expect(repeats.isFirst('a', 'second', 10)).toBe(false);
    expect(repeats.isFirst('a', 'third', 59_999)).toBe(false);
    expect(repeats.takeEnded(59_999)).toEqual([]);
    expect(repeats.takeEnded(60_000)).toEqual([{ latest: 'third', more: 2, mixed: false }]);
    expect(repeats.isFirst('a', 'fourth', 60_000)).toBe(true);
  });

  it('leaves no trace when it was not repeated', () => {
    const repeats = new Repeats<string>(60_000, 10);
    repeats.isFirst('a', 'once', 0);
    expect(repeats.takeEnded(Infinity)).toEqual([]);
  });

  it('is told apart by its kind', () => {
    const repeats = new Repeats<string>(60_000, 10);
    expect([repeats.isFirst('a', 'x', 0), repeats.isFirst('b', 'x', 0)]).toEqual([true, true]);
  });

  it('is counted together when there are too many kinds, so that a million of them are few entries', () => {
    const repeats = new Repeats<number>(60_000, 10);
    const through = Array.from({ length: 1_000_000 }, (_, number) =>
      repeats.isFirst(`kind ${number}`, number, 0),
    );
    expect(through.filter(Boolean)).toHaveLength(11);
    expect(repeats.takeEnded(60_000)).toEqual([{ latest: 999_999, more: 999_989, mixed: true }]);
  });
});
