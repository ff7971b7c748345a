import { z } from 'zod';
import type { FieldError } from '../../common/errors.js';
import type { Mask } from '../../engines/scratch.types.js';

const elsewhere = z.boolean().optional();
const masking = (mask: 'null' | 'hash' | 'email' | 'keep-length') =>
  z.strictObject({ mask: z.literal(mask), elsewhere });
const whole = z.number().int().min(-1_000_000_000_000).max(1_000_000_000_000);

const rule = z.union(
  [
    z.enum(['keep', 'drop']),
    z.strictObject({ drop: z.literal(true), elsewhere }),
    z.discriminatedUnion('mask', [
      masking('null'),
      masking('hash'),
      masking('email'),
      masking('keep-length'),
      z.strictObject({ mask: z.literal('text'), text: z.string().max(1000), elsewhere }),
      z.strictObject({ mask: z.literal('number'), min: whole, max: whole, elsewhere }),
    ]),
  ],
  {
    error:
      'must be "keep", "drop", {"drop":true} or {"mask":...} with null, hash, email, keep-length, text (and "text") or number (and "min", "max")',
  },
);

const name = z.string().min(1).max(190);
const policy = z.strictObject({ tables: z.record(name, z.record(name, rule)) });

/** What of each table may be in a public dump, column by column. What it does not name is not in one. */
export type DumpPolicy = z.infer<typeof policy>;
export type ColumnRule = z.infer<typeof rule>;

export type Decision =
  | { action: 'keep' }
  | { action: 'drop'; elsewhere: boolean }
  | { action: 'mask'; mask: Mask; elsewhere: boolean };

/** Returns the policy, or every fault with the field where it is. */
export function parsePolicy(value: unknown): { policy: DumpPolicy } | { faults: FieldError[] } {
  const result = policy.safeParse(value);
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) => fault(path.map(String), message));
    return { faults };
  }
  const faults = Object.entries(result.data.tables).flatMap(([table, columns]) =>
    Object.entries(columns).flatMap(([column, rule]) => {
      const isEmpty =
        typeof rule === 'object' && 'mask' in rule && rule.mask === 'number' && rule.max < rule.min;
      return isEmpty ? [fault(['tables', table, column], 'max must not be less than min')] : [];
    }),
  );
  return faults.length > 0 ? { faults } : { policy: result.data };
}

function fault([first = 'tables', ...more]: string[], message: string): FieldError {
  const field = first + more.map((part) => `[${part}]`).join('');
  return { field, message: `${field}: ${message}` };
}

export function decisionOf(rule: ColumnRule): Decision {
  if (rule === 'keep') return { action: 'keep' };
  if (rule === 'drop') return { action: 'drop', elsewhere: false };
  const { elsewhere = false } = rule;
  if ('drop' in rule) return { action: 'drop', elsewhere };
  return { action: 'mask', mask: maskOf(rule), elsewhere };
}

function maskOf(rule: Extract<ColumnRule, { mask: string }>): Mask {
  switch (rule.mask) {
    case 'text':
      return { kind: 'text', text: rule.text };
    case 'number':
      return { kind: 'number', min: rule.min, max: rule.max };
    default:
      return { kind: rule.mask };
  }
}
