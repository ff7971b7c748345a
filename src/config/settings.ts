import { z } from 'zod';
import { isTimeZone } from '../common/timestamps.js';
import { databaseUrl } from './database-url.js';
import { encryptionSettings } from './encryption-settings.js';
import { checkStorage, storageVariables } from './storage-settings.js';
import { dumpsSettings } from './dumps-settings.js';
import { documentsSettings, patternsFit, standApart } from './documents-settings.js';

const loopbackHosts = ['127.0.0.1', '::1', 'localhost'];

const count = z.coerce.number().int().min(1).max(1_000_000);
const optional = z.string().min(1).optional();
const tooShort = 'must be at least 32 bytes long';
const isLongEnough = (secret: string) => Buffer.byteLength(secret) >= 32;

/** Links are made by adding a path to it. */
function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password, search, hash } = new URL(text);
  return [username, password, search, hash].every((part) => part === '') && !/[?#]/.test(text);
}

const variables = z
  .object({
    HOST: z.string().min(1).default('127.0.0.1'),
    PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
    HOLDFAST_DATABASE_URL: databaseUrl.optional(),
    HOLDFAST_CATALOG_URL: databaseUrl.optional(),
    HOLDFAST_DATA_DIR: z.string().min(1).default('./data'),
    HOLDFAST_BACKUP_DIR: z.string().min(1).default('./backups'),
    HOLDFAST_JWT_SECRET: z.string().refine(isLongEnough, tooShort).optional(),
    HOLDFAST_SECRET_KEY: z.string().refine(isLongEnough, tooShort).optional(),
    HOLDFAST_OLD_SECRET_KEY: z.string().refine(isLongEnough, tooShort).optional(),
    HOLDFAST_ADMIN_EMAIL: z.email('must be an e-mail address').optional(),
    HOLDFAST_ADMIN_PASSWORD: z.string().min(8, 'must be at least 8 characters long').optional(),
    HOLDFAST_AUTH: z.enum(['required', 'disabled']).default('required'),
    HOLDFAST_JWKS_URL: z.url('must be a URL').optional(),
    HOLDFAST_JWT_ISSUER: optional,
    HOLDFAST_JWT_AUDIENCE: optional,
    HOLDFAST_TIMEZONE: z
      .string()
      .refine(isTimeZone, 'must be an IANA time zone, such as Europe/Oslo')
      .default('UTC'),
    HOLDFAST_MAX_BACKUPS: count.default(20),
    HOLDFAST_MAX_PROJECT_BACKUPS: count.default(10),
    HOLDFAST_COPIES_KEEP_DAYS: z.coerce.number().min(1).max(36_500).optional(),
    HOLDFAST_COMPRESSION: z.enum(['none', 'gzip', 'zstd']).default('none'),
    HOLDFAST_VERIFY: z.enum(['readable', 'restorable']).default('readable'),
    HOLDFAST_PROJECT_TABLE: z.string().min(1).default('projects'),
    HOLDFAST_PROJECTS_FILE: optional,
    ...documentsSettings,
    HOLDFAST_PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
      .refine(isPlainAddress, 'must have no user, password, query or fragment')
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    HOLDFAST_REDIS_URL: z
      .url({ protocol: /^rediss?$/, message: 'must be redis://host:port or rediss://host:port' })
      .optional(),
    HOLDFAST_WORK_AT_ONCE: z.coerce.number().int().min(0).max(100).default(2),
    HOLDFAST_SMTP_URL: z
      .string()
      .refine((url) => /^smtps?:\/\//.test(url) && URL.canParse(url), 'must be smtp://... or smtps://...')
      .optional(),
    HOLDFAST_MAIL_FROM: z.email('must be an e-mail address').optional(),
    ...encryptionSettings,
    HOLDFAST_WEBHOOKS: z.enum(['strict', 'any']).default('strict'),
    HOLDFAST_METRICS_TOKEN: z
      .string()
      .regex(/^[!-~]{32,}$/, 'must be 32 or more characters that can stand in a header, and no spaces')
      .optional(),
    HOLDFAST_MAX_UPLOAD_MB: z.coerce.number().int().min(1).max(10_000_000).default(10_240),
    HOLDFAST_UNDO_DAYS: z.coerce.number().min(0).max(3650).default(7),
    HOLDFAST_SHUTDOWN_SECONDS: z.coerce.number().int().min(0).max(86_400).default(60),
    HOLDFAST_STALL_SECONDS: z.coerce.number().int().min(1).max(86_400).default(300),
    ...dumpsSettings,
    HOLDFAST_LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info'),
    ...storageVariables,
  })
  .superRefine((env, context) => {
    const fault = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (env.HOLDFAST_AUTH === 'disabled' && !loopbackHosts.includes(env.HOST)) {
      fault('HOLDFAST_AUTH', 'may be "disabled" only while HOST is a loopback address (127.0.0.1)');
    }
    if (env.HOLDFAST_ADMIN_PASSWORD && !env.HOLDFAST_ADMIN_EMAIL) {
      fault('HOLDFAST_ADMIN_EMAIL', 'is needed with HOLDFAST_ADMIN_PASSWORD');
    }
    if (env.HOLDFAST_JWKS_URL && !env.HOLDFAST_JWT_ISSUER) {
      fault(
        'HOLDFAST_JWT_ISSUER',
        'is needed with HOLDFAST_JWKS_URL: tokens of any issuer would be accepted',
      );
    }
    if (env.HOLDFAST_JWKS_URL && !env.HOLDFAST_JWT_AUDIENCE) {
      fault(
        'HOLDFAST_JWT_AUDIENCE',
        'is needed with HOLDFAST_JWKS_URL: tokens made for others would be accepted',
      );
    }
    if (env.HOLDFAST_CATALOG_URL && !/^(sqlite|mysql|mariadb):/.test(env.HOLDFAST_CATALOG_URL)) {
      fault('HOLDFAST_CATALOG_URL', 'must begin with sqlite: or mysql://');
    }
    if (!standApart(env.HOLDFAST_DOCUMENTS_DIR, [env.HOLDFAST_BACKUP_DIR])) {
      fault('HOLDFAST_DOCUMENTS_DIR', 'must not hold, or stand in, the folder of HOLDFAST_BACKUP_DIR');
    }
    if (!patternsFit(env.HOLDFAST_DOCUMENTS_DIR, env.HOLDFAST_PROJECT_DOCUMENTS)) {
      fault('HOLDFAST_PROJECT_DOCUMENTS', 'must begin with the name of a folder of HOLDFAST_DOCUMENTS_DIR');
    }
    if (env.HOLDFAST_SMTP_URL && !env.HOLDFAST_MAIL_FROM) {
      fault(
        'HOLDFAST_MAIL_FROM',
        'is needed with HOLDFAST_SMTP_URL: no mail server takes mail without a sender',
      );
    }
    checkStorage(env, fault);
  });

/** Thrown when a variable is wrong; the message names each and never repeats its value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** All settings, read once. Paths are as given; folders are made by whoever writes into them. */
export class Settings {
  readonly env: z.infer<typeof variables>;

  /**
   * @param purpose `command`: one piece of work from the command line, beside a service that may be running; it does no
   *   housekeeping and makes no users. `worker`: does what services leave in Redis.
   */
  constructor(
    environment: Record<string, string | undefined>,
    readonly purpose: 'service' | 'command' | 'worker' = 'service',
  ) {
    const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
    const result = variables.safeParse(given);
    if (!result.success) {
      const faults = result.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
      throw new SettingsError(`The configuration is not valid:\n${faults.join('\n')}`);
    }
    this.env = result.data;
  }

  /** Whether this process sweeps, retries and looks after what nobody asks for. */
  get keepsHouse(): boolean {
    return this.purpose === 'service';
  }
}
