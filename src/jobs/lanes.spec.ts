import { Lanes } from './lanes.js';

describe('the lane of a database', () => {
  it('lets one in at a time, in the order of asking', async () => {
    const lanes = new Lanes();
    const order: string[] = [];
    const work = async (name: string) => {
      const leave = await lanes.enter('default', 'wait');
      order.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(`${name} out`);
      leave();
    };
    await Promise.all([work('a'), work('b'), work('c')]);
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
    await expect(lanes.enter('default', 'refuse')).resolves.toBeInstanceOf(Function);
  });

  it('refuses a restore while something runs, and takes it afterwards', async () => {
    const lanes = new Lanes();
    const leave = await lanes.enter('default', 'wait');
    expect(() => lanes.enter('default', 'refuse')).toThrow(
      expect.objectContaining({ code: 'database-busy' }),
    );
    leave();
    await expect(lanes.enter('default', 'refuse')).resolves.toBeInstanceOf(Function);
  });

  it('lets a restore wait for housekeeping', async () => {
    const lanes = new Lanes();
    const leave = await lanes.enter('default', 'wait', { brief: true });
    const restore = lanes.enter('default', 'refuse');
    leave();
    await expect(restore).resolves.toBeInstanceOf(Function);
    expect(() => lanes.enter('default', 'refuse')).toThrow(
      expect.objectContaining({ code: 'database-busy' }),
    );
  });

  it('keeps databases apart', async () => {
    const lanes = new Lanes();
    await lanes.enter('one', 'wait');
    await expect(lanes.enter('two', 'refuse')).resolves.toBeInstanceOf(Function);
  });

  it('refuses when too many wait', async () => {
    const lanes = new Lanes();
    for (let i = 0; i < 20; i += 1) void lanes.enter('default', 'wait');
    expect(() => lanes.enter('default', 'wait')).toThrow(expect.objectContaining({ code: 'rate-limited' }));
  });
});
