import { createHash } from 'node:crypto';

/** Of requests to the upload API these are not signed. */
const unsigned = new Set(['file', 'cloud_name', 'resource_type', 'api_key', 'signature']);

/**
 * A request's signature as Cloudinary's "Generating authentication signatures" describes it: the parameters in the order of
 * their names, as they would stand in a query but not encoded, then the secret, and the SHA-1 of all that.
 */
export function signatureOf(parameters: Iterable<[string, string]>, apiSecret: string): string {
  const signed = [...parameters]
    .filter(([name, value]) => !unsigned.has(name) && value !== '')
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return createHash('sha1')
    .update(signed.join('&') + apiSecret)
    .digest('hex');
}
