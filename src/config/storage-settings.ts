import { resolve, sep } from 'node:path';
import { z } from 'zod';
import { cloudinaryUrl } from './cloudinary-url.js';

const optional = z.string().min(1).optional();

const address = z
  .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
  .refine(isOrigin, 'must have no user, password, path, query or fragment')
  .transform((url) => new URL(url).origin)
  .optional();

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password, pathname } = new URL(text);
  return username === '' && password === '' && pathname === '/' && !/[?#]/.test(text);
}

/** Where copies of backups are kept, besides the backup folder. */
export const storageVariables = {
  HOLDFAST_COPY_DIR: optional,
  HOLDFAST_S3_BUCKET: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/, 'must be the name of a bucket, without slashes')
    .optional(),
  HOLDFAST_S3_PREFIX: z
    .string()
    .transform((prefix) => prefix.replace(/^\/+|\/+$/g, ''))
    .refine((prefix) => /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(prefix) && prefix.length <= 100, {
      error: 'must be names of letters, digits, dots, dashes and underscores between slashes, 100 at most',
    })
    .optional(),
  HOLDFAST_S3_ENDPOINT: address,
  HOLDFAST_S3_REGION: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a region, such as eu-north-1')
    .optional(),
  HOLDFAST_S3_ACCESS_KEY_ID: optional,
  HOLDFAST_S3_SECRET_ACCESS_KEY: optional,
  HOLDFAST_S3_PUBLIC_ENDPOINT: address,
  HOLDFAST_S3_LOCK_DAYS: z.coerce.number().int().min(1).max(3650).optional(),
  HOLDFAST_CLOUDINARY_URL: cloudinaryUrl.optional(),
};

type StorageEnv = z.infer<z.ZodObject<typeof storageVariables>> & { HOLDFAST_BACKUP_DIR: string };

/** What depends on each other. */
export function checkStorage(env: StorageEnv, fault: (variable: string, message: string) => void): void {
  const needBucket = Object.entries(env).filter(
    ([name, value]) => name.startsWith('HOLDFAST_S3_') && value !== undefined,
  );
  const [first] = needBucket;
  if (!env.HOLDFAST_S3_BUCKET && first) fault('HOLDFAST_S3_BUCKET', `is needed with ${first[0]}`);
  if (env.HOLDFAST_S3_ACCESS_KEY_ID && !env.HOLDFAST_S3_SECRET_ACCESS_KEY) {
    fault('HOLDFAST_S3_SECRET_ACCESS_KEY', 'is needed with HOLDFAST_S3_ACCESS_KEY_ID');
  }
  if (env.HOLDFAST_S3_SECRET_ACCESS_KEY && !env.HOLDFAST_S3_ACCESS_KEY_ID) {
    fault('HOLDFAST_S3_ACCESS_KEY_ID', 'is needed with HOLDFAST_S3_SECRET_ACCESS_KEY');
  }
  if (env.HOLDFAST_COPY_DIR && overlap(env.HOLDFAST_COPY_DIR, env.HOLDFAST_BACKUP_DIR)) {
    fault(
      'HOLDFAST_COPY_DIR',
      'must be another folder than HOLDFAST_BACKUP_DIR, and neither inside the other',
    );
  }
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [resolve(one) + sep, resolve(other) + sep];
  return a.startsWith(b) || b.startsWith(a);
}
