import { effectOf, touches } from './restore-modes.js';

const found = { added: 1, changed: 2, removed: 4, unchanged: 8 };

describe('a mode of a restore', () => {
  it('says what is done of what differs, and what is left', () => {
    expect(effectOf('exact', found)).toEqual({ ...found, left: 0, rows: 11 });
    expect(effectOf('overwrite', found)).toEqual({ ...found, removed: 0, left: 4, rows: 11 });
    expect(effectOf('undelete', found)).toEqual({ ...found, changed: 0, removed: 0, left: 6, rows: 11 });
  });

  it('removes in exact only', () => {
    expect(touches('exact', 'removed')).toBe(true);
    expect(touches('overwrite', 'removed')).toBe(false);
    expect(touches('undelete', 'removed')).toBe(false);
  });
});
