import { isDomainError } from '../common/errors.js';

/** What a check says that refuses, for people; null when it does not. */
export async function sentenceOf(refuse: () => void | Promise<void>): Promise<string | null> {
  try {
    await refuse();
    return null;
  } catch (error) {
    if (isDomainError(error)) return error.detail;
    throw error;
  }
}
