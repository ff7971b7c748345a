import { z } from 'zod';

/** What a backup says of itself where it is told of. `size` in bytes. */
export interface MadeBackup {
  id: string;
  filename: string;
  size: number | null;
}

/** The answers of the jobs that make backups, as far as they are needed here (API of sections 1 to 3). */
const answer = z.union([
  z
    .object({ backup: z.object({ id: z.string(), filename: z.string(), filesize: z.number() }) })
    .transform(({ backup: { id, filename, filesize } }): MadeBackup => ({ id, filename, size: filesize })),
  z
    .object({
      database_backup: z.object({ id: z.string(), name: z.string(), size: z.number().nullable() }),
    })
    .transform(({ database_backup: { id, name, size } }): MadeBackup => ({ id, filename: name, size })),
]);

const arrived = z.object({ backup: z.object({ arrival: z.string() }) });

/** The backup that a job has answered with. Null when it made none, or one that was not made of live: an upload, an extraction. */
export function madeByJob(result: unknown): MadeBackup | null {
  if (arrived.safeParse(result).success) return null;
  return answer.safeParse(result).data ?? null;
}
