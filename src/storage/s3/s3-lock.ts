import type { S3Client } from '@aws-sdk/client-s3';
import { PlaceError } from '../place-error.js';
import { answerOf } from './s3-errors.js';

/** Answers of a bucket, or of a server, that has no object lock. */
const withoutLock = [
  'ObjectLockConfigurationNotFoundError',
  'InvalidRequest',
  'NotImplemented',
  'MethodNotAllowed',
];

/**
 * Sets or lifts the legal hold of an object. False where there is no object lock. That is asked before: a server that does
 * not know of legal holds may take the request for a put, and the object would be gone. Throws what the SDK throws.
 */
export async function setLegalHold(
  client: S3Client,
  object: { Bucket: string; Key: string },
  on: boolean,
): Promise<boolean> {
  const { GetObjectLockConfigurationCommand, PutObjectLegalHoldCommand } = await import('@aws-sdk/client-s3');
  try {
    const asked = await client.send(new GetObjectLockConfigurationCommand({ Bucket: object.Bucket }));
    if (asked.ObjectLockConfiguration?.ObjectLockEnabled !== 'Enabled') return false;
    await client.send(new PutObjectLegalHoldCommand({ ...object, LegalHold: { Status: on ? 'ON' : 'OFF' } }));
    return true;
  } catch (error) {
    if (withoutLock.includes(answerOf(error).name)) return false;
    throw error;
  }
}

/** A server may leave out of account what it does not know; then nothing is locked, and nobody would hear of it. */
export function notLocked(location: string): PlaceError {
  const detail = `The place ${location} did not lock the object for HOLDFAST_S3_LOCK_DAYS. Its bucket must have object lock, and the account the right s3:GetObjectRetention.`;
  return new PlaceError(detail, false);
}
