import { errorCodeOf, isDomainError } from './common/errors.js';
import { SettingsError } from './config/settings.js';

/** For the person at the terminal: what to change, without a stack where the cause is known. */
export function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message;
  if (isDomainError(error)) return error.detail;
  const code = errorCodeOf(error) ?? '';
  if (code === 'EADDRINUSE') return `${portOf(error)} is in use by another program: set PORT to a free one.`;
  if (['EACCES', 'ENOTDIR', 'EROFS'].includes(code))
    return `HOST, PORT or a folder is not ours to use: ${String(error)}`;
  if (/^(ECONNREFUSED|ENOTFOUND|ETIMEDOUT|ER_)/.test(code)) {
    return `The catalogue in HOLDFAST_CATALOG_URL cannot be used: ${String(error)}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Where Node could not listen. */
function portOf(error: unknown): string {
  const { port, address } = error as { port?: number; address?: string };
  return `Port ${port} of ${address}`;
}
