import { config as readDotEnv } from 'dotenv';
import { Settings } from './settings.js';

/** Reads `.env` and the environment; the environment wins. Throws SettingsError. */
export function loadSettings(): Settings {
  const fromFile = readDotEnv({ quiet: true, processEnv: {} }).parsed ?? {};
  return new Settings({ ...fromFile, ...process.env });
}
