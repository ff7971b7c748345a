import { afterSending } from './after-sending.js';

const size = 1000;
const none = { sent: 0, delivered: 0 };
const answer = (start: number, bytes: number, isComplete = true) => ({ start, bytes, isComplete });

/** What a link has brought after these answers, one after the other. */
function after(...answers: ReturnType<typeof answer>[]) {
  return answers.reduce((before, next) => afterSending(before, next, size), { ...none, isUsed: false });
}

describe('a link for one download', () => {
  it('is used up by the whole file', () => {
    expect(after(answer(0, 1000)).isUsed).toBe(true);
  });

  it('is not used up by an answer that broke off, nor by one that sent nothing of the file', () => {
    expect(after(answer(0, 400, false)).isUsed).toBe(false);
    expect(afterSending(none, null, size)).toEqual({ ...none, isUsed: false });
  });

  it('is not used up by one that broke off at the last byte: headers count as sent, and buffers', () => {
    expect(after(answer(0, 1000, false))).toMatchObject({ delivered: 999, isUsed: false });
    expect(after(answer(0, 1300, false))).toMatchObject({ delivered: 999, isUsed: false });
  });

  it('is used up by parts that join, also where they overlap', () => {
    expect(after(answer(0, 400, false), answer(400, 600)).isUsed).toBe(true);
    expect(after(answer(0, 400, false), answer(300, 700)).isUsed).toBe(true);
    expect(after(answer(0, 500), answer(500, 250), answer(750, 250)).isUsed).toBe(true);
  });

  it('is not used up by the end of the file alone, which some programs ask for first', () => {
    expect(after(answer(999, 1)).isUsed).toBe(false);
    expect(after(answer(999, 1), answer(0, 400, false), answer(400, 600)).isUsed).toBe(true);
  });

  it('can be begun anew, once', () => {
    expect(after(answer(0, 900, false), answer(0, 1000)).isUsed).toBe(true);
    expect(after(answer(0, 999), answer(0, 999)).isUsed).toBe(false);
    expect(after(answer(0, 999), answer(0, 999), answer(0, 2)).isUsed).toBe(true);
  });
});
