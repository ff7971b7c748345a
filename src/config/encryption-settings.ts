import { Decrypter, Encrypter } from 'age-encryption';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { errorCodeOf } from '../common/errors.js';

/** Keys of `age-keygen` alone: whatever `age` a machine has opens what is encrypted for them. */
const recipientForm = /^age1[02-9ac-hj-np-z]{58}$/;
const identityForm = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;

const recipientsExpected = 'must be public keys of age-keygen, such as age1..., and nothing else';
const identitiesExpected = 'must be secret keys of age-keygen, AGE-SECRET-KEY-1..., and nothing else';

function isRecipient(text: string): boolean {
  return recipientForm.test(text) && takes(() => new Encrypter().addRecipient(text));
}

function isIdentity(text: string): boolean {
  return identityForm.test(text) && takes(() => new Decrypter().addIdentity(text));
}

/** The forms above cannot see a wrong checksum; the library can. */
function takes(add: () => void): boolean {
  try {
    add();
    return true;
  } catch {
    return false;
  }
}

/** In a variable: separated by commas, spaces or lines. */
function inVariable(text: string): string[] {
  return text.split(/[\s,]+/).filter((key) => key !== '');
}

/** In a file, as `age -R` and `age -i` read it: a key on each line, comments and empty lines between. */
function inFile(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

/** Some keys, all of them good; `expected` never repeats what is there instead, which may be a secret. */
function keys(isKey: (key: string) => boolean, expected: string) {
  return z
    .array(z.string())
    .refine((found) => found.length > 0 && found.every(isKey), expected)
    .transform((found) => [...new Set(found)]);
}

/** Becomes what the file holds. The service reads it once, when it starts. */
function fileOf(options: { isSecret: boolean }) {
  return z.string().transform((path, context) => {
    const fault = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    try {
      if (options.isSecret && (statSync(path).mode & 0o027) !== 0) {
        return fault('names a file that others may read or its group may change; chmod 600 it');
      }
      return inFile(readFileSync(path, 'utf8'));
    } catch (error) {
      return fault(`names a file that cannot be read (${errorCodeOf(error) ?? 'unknown reason'})`);
    }
  });
}

const recipients = keys(isRecipient, recipientsExpected);
const identities = keys(isIdentity, identitiesExpected);

/** For whom copies are encrypted, and the keys that open them here. The two of a pair are joined. */
export const encryptionSettings = {
  HOLDFAST_AGE_RECIPIENTS: z.string().transform(inVariable).pipe(recipients).optional(),
  /** The recipients in the file, not its path. */
  HOLDFAST_AGE_RECIPIENTS_FILE: fileOf({ isSecret: false }).pipe(recipients).optional(),
  HOLDFAST_AGE_IDENTITIES: z.string().transform(inVariable).pipe(identities).optional(),
  /** The identities in the file, not its path. */
  HOLDFAST_AGE_IDENTITY_FILE: fileOf({ isSecret: true }).pipe(identities).optional(),
};
