import { wereExchanged } from './restore-journal.js';

describe('whether rows were exchanged', () => {
  const before = { undos: ['one'], incarnation: null, keepNothing: false };
  const now = { undos: ['one'], broughtForward: [], incarnation: null };

  it('is told by an undo that was not there', () => {
    expect(wereExchanged(before, now)).toBe(false);
    expect(wereExchanged(before, { ...now, undos: ['one', 'two'] })).toBe(true);
    expect(wereExchanged(before, { ...now, undos: ['two'] })).toBe(true);
    expect(wereExchanged(before, { ...now, undos: [] })).toBe(false);
  });

  it('is not told by an undo that was made before live was touched', () => {
    const read = { ...before, incarnation: '7' };
    expect(wereExchanged(read, { ...now, undos: ['one', 'two'], incarnation: '7' })).toBe(false);
    expect(wereExchanged(read, { ...now, undos: ['one', 'two'], incarnation: '8' })).toBe(true);
    expect(wereExchanged(read, { ...now, incarnation: '8' })).toBe(false);
  });

  it('is told by live itself where nothing is kept', () => {
    const nothing = { ...before, keepNothing: true };
    expect(wereExchanged(nothing, now)).toBe(false);
    expect(wereExchanged(nothing, { ...now, broughtForward: ['x'] })).toBe(true);
    expect(wereExchanged({ ...nothing, incarnation: '7' }, { ...now, incarnation: '7' })).toBe(false);
    expect(wereExchanged({ ...nothing, incarnation: '7' }, { ...now, incarnation: '8' })).toBe(true);
    expect(wereExchanged(nothing, { ...now, incarnation: '8' })).toBe(true);
  });
});
