/** What an encrypted object's name ends in, so that people know what opens it. */
export const encryptedEnding = '.age';

/** The name in a place of what has this path in the backup folder. */
export function storedName(path: string, isEncrypted: boolean): string {
  return isEncrypted ? path + encryptedEnding : path;
}
