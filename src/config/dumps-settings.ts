import { z } from 'zod';

/** 0: no limit. */
const limit = z.coerce.number().int().min(0).max(100_000_000);

/** What may be in public dumps, and what whoever downloads them may take. Each process counts for itself. */
export const dumpsSettings = {
  HOLDFAST_DUMP_POLICIES_FILE: z.string().min(1).optional(),
  HOLDFAST_DUMP_REQUESTS_PER_MINUTE: limit.default(300),
  HOLDFAST_DUMP_DOWNLOADS_AT_ONCE: limit.default(8),
  HOLDFAST_DUMP_KB_PER_SECOND: limit.default(0),
  HOLDFAST_DUMP_KB_PER_SECOND_PER_ADDRESS: limit.default(0),
};
