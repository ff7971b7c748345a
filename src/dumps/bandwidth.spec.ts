import { Bandwidth } from './bandwidth.js';

describe('a line with a limit', () => {
  it('lets the first piece pass at once, and each further one when those before it have passed', () => {
    const line = new Bandwidth(1000);
    expect([line.reserve(500, 0), line.reserve(500, 0), line.reserve(100, 0)]).toEqual([0, 500, 1000]);
  });

  it('does not save up what nobody used', () => {
    const line = new Bandwidth(1000);
    line.reserve(100, 0);
    expect([line.reserve(1000, 60_000), line.reserve(1, 60_000)]).toEqual([0, 1000]);
  });

  it('is as wide as can be without a limit', () => {
    const line = new Bandwidth(0);
    expect([line.reserve(1e12, 0), line.reserve(1, 0)]).toEqual([0, 0]);
  });
});
