import { z } from 'zod';

export interface CloudinaryAddress {
  cloud: string;
  apiKey: string;
  apiSecret: string;
  /** Without slashes at its ends; '' for none. */
  folder: string;
  /** Another address of the API than Cloudinary's own, without a slash at its end; null for the usual one. */
  api: string | null;
}

/** A Cloudinary address whose parse error never repeats it (it holds a secret). */
export const cloudinaryUrl = z.string().transform((url, context) => {
  try {
    return parseCloudinaryUrl(url);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is no address' });
    return z.NEVER;
  }
});

/**
 * Reads `cloudinary://key:secret@cloud/folder?api=https://...`. Throws an Error that says what is missing without
 * repeating the address.
 */
export function parseCloudinaryUrl(url: string): CloudinaryAddress {
  const form = 'cloudinary://key:secret@cloud';
  if (!url.startsWith('cloudinary://')) throw new Error(`must begin with cloudinary://: ${form}`);
  if (!URL.canParse(url)) throw new Error(`is not a URL; odd characters must be %-encoded: ${form}`);
  const { hostname, username, password, pathname, searchParams } = new URL(url);
  if (hostname === '' || username === '' || password === '') {
    throw new Error(`must name key, secret and cloud: ${form}`);
  }
  const api = searchParams.get('api');
  if (api !== null && !/^https?:\/\/[^/?#@]+\/?$/.test(api)) {
    throw new Error('has an "api" that is no address such as https://api-eu.cloudinary.com');
  }
  return {
    cloud: hostname,
    apiKey: decode(username),
    apiSecret: decode(password),
    folder: decode(pathname).replace(/^\/+|\/+$/g, ''),
    api: api?.replace(/\/$/, '') ?? null,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error('has a % that encodes nothing; write %25 for a percent sign');
  }
}
