import { type Candidate, plan } from './plan.js';
import { newest } from './policy.js';

const now = new Date('2026-01-01T12:00:00Z');

const backup = (ordinal: number, more: Partial<Candidate> = {}): Candidate => ({
  id: String(ordinal),
  ordinal,
  createdAt: new Date(now.getTime() - (1000 - ordinal) * 3_600_000),
  bytes: 1,
  method: 'manual',
  level: 'readable',
  fault: null,
  found: false,
  pinned: false,
  keepUntil: null,
  inUse: false,
  copying: false,
  copied: 'no' as const,
  ...more,
});
const damaged = (seq: number) => backup(seq, { fault: 'damaged' });
const removed = (candidates: Candidate[], keepNewest: number) =>
  plan(candidates, [newest(keepNewest)], now)
    .filter(({ action }) => action === 'remove')
    .map(({ id }) => id);

describe('the retention plan', () => {
  it('keeps the undo of a restore for its time, without counting it, and removes it then', () => {
    const undo = (ordinal: number, keepUntil: string) => backup(ordinal, { keepUntil: new Date(keepUntil) });
    const candidates = [
      backup(1),
      undo(2, '2026-01-01T11:00:00Z'),
      undo(3, '2026-01-01T13:00:00Z'),
      backup(4),
    ];
    expect(removed(candidates, 2)).toEqual(['2']);
    expect(removed([undo(2, '2026-01-01T11:00:00Z')], 2)).toEqual([]);
  });

  it('neither counts nor removes what was found in the folder', () => {
    const candidates = [backup(1), backup(2, { found: true }), backup(3), backup(4, { found: true })];
    expect(removed(candidates, 1)).toEqual(['1']);
    const proven = (ordinal: number, found: boolean) => backup(ordinal, { level: 'restorable', found });
    expect(removed([proven(1, false), backup(2), backup(3), proven(4, true)], 1)).toEqual(['2']);
  });

  it('keeps the newest N and removes the rest', () => {
    expect(removed([backup(1), backup(2), backup(3), backup(4)], 2)).toEqual(['2', '1']);
  });

  it('goes by the order in which backups were made, not by the order of the list', () => {
    expect(removed([backup(3), backup(1), backup(2)], 1)).toEqual(['2', '1']);
  });

  it('removes nothing while there are no more than N', () => {
    expect(removed([backup(1), backup(2)], 2)).toEqual([]);
  });

  it('never removes the newest good backup, whatever the policy says', () => {
    expect(removed([backup(1), backup(2)], 0)).toEqual(['1']);
    expect(removed([backup(1), damaged(2)], 0)).toEqual([]);
  });

  it('does not count the newest ones when all of them are damaged: the good old ones stay', () => {
    expect(removed([backup(1), backup(2), backup(3), damaged(4), damaged(5), damaged(6)], 3)).toEqual([]);
  });

  it.each([
    ['missing', backup(3, { fault: 'missing' })],
    ['not verified', backup(3, { level: null })],
    ['stored', backup(3, { level: 'stored' })],
    ['damaged, though it was restorable once', backup(3, { fault: 'damaged', level: 'restorable' })],
  ])('neither counts nor removes one that is %s', (_, worthless) => {
    expect(removed([backup(1), backup(2), worthless], 2)).toEqual([]);
    expect(removed([{ ...worthless, ordinal: 0 }, backup(1), backup(2)], 1)).toEqual(['1']);
  });

  it('keeps the newest restorable one whatever N says, and only that one', () => {
    const proven = (seq: number) => backup(seq, { level: 'restorable' });
    expect(removed([proven(1), proven(2), backup(3), backup(4), backup(5)], 1)).toEqual(['4', '3', '1']);
    expect(removed([proven(1), backup(2), damaged(3), backup(4)], 1)).toEqual(['2']);
  });

  it('keeps no restorable one more when the newest is among the N', () => {
    const proven = (seq: number) => backup(seq, { level: 'restorable' });
    expect(removed([proven(1), proven(2), proven(3)], 1)).toEqual(['2', '1']);
  });

  it('keeps what is pinned, in use or being copied', () => {
    const old = [backup(1, { pinned: true }), backup(2, { inUse: true }), backup(3, { copying: true })];
    expect(removed([...old, backup(4), backup(5)], 1)).toEqual(['4']);
  });

  describe('with copies that are kept for thirty days', () => {
    const month = 30 * 86_400_000;
    const aged = (ordinal: number, days: number, more: Partial<Candidate>) =>
      backup(ordinal, { createdAt: new Date(now.getTime() - days * 86_400_000), ...more });
    const actions = (candidates: Candidate[]) =>
      Object.fromEntries(plan(candidates, [newest(1)], now, month).map(({ id, action }) => [id, action]));

    it('lets the file here go and keeps the copies for their time, without counting them', () => {
      expect(
        actions([
          aged(1, 31, { copied: 'only' }),
          aged(2, 31, { copied: 'also' }),
          aged(3, 29, { copied: 'only' }),
          aged(4, 29, { copied: 'also' }),
          aged(5, 3, { copied: 'no' }),
          aged(6, 2, { copied: 'also' }),
        ]),
      ).toEqual({ '1': 'remove', '2': 'remove', '3': 'keep', '4': 'release', '5': 'remove', '6': 'keep' });
    });

    it('keeps the newest that is good and what is pinned when nothing but copies is left', () => {
      const gone = { copied: 'only' } as const;
      expect(actions([aged(1, 60, gone), aged(2, 50, { ...gone, pinned: true }), aged(3, 40, gone)])).toEqual(
        { '1': 'remove', '2': 'keep', '3': 'keep' },
      );
    });
  });

  it('counts a backup of which only copies are left, where copies are kept as long as backups', () => {
    const candidates = [backup(1, { copied: 'only' }), backup(2, { copied: 'only' })];
    expect(plan(candidates, [newest(1)], now).map(({ action }) => action)).toEqual(['keep', 'remove']);
  });

  it('gives a reason for every decision', () => {
    const candidates = [
      backup(1),
      backup(2, { level: 'restorable' }),
      backup(3),
      damaged(4),
      backup(5, { fault: 'missing' }),
      backup(6, { level: null }),
    ];
    expect(plan(candidates, [newest(1)], now)).toEqual([
      { id: '6', action: 'keep', reasons: ['not verified: does not count and is not removed'] },
      { id: '5', action: 'keep', reasons: ['its file is missing: does not count and is not removed'] },
      { id: '4', action: 'keep', reasons: ['damaged: does not count and is not removed'] },
      { id: '3', action: 'keep', reasons: ['newest 1 of 1', 'newest that is good'] },
      { id: '2', action: 'keep', reasons: ['newest that is restorable'] },
      { id: '1', action: 'remove', reasons: ['older than the newest 1'] },
    ]);
  });
});
