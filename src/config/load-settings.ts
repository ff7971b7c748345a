import { config as readDotEnv } from 'dotenv';
import { Settings } from './settings.js';

/** `.env` and the environment; the environment wins. */
export function readEnvironment(): Record<string, string | undefined> {
  return { ...readDotEnv({ quiet: true, processEnv: {} }).parsed, ...process.env };
}

/** Throws SettingsError. */
export function loadSettings(purpose: Settings['purpose'] = 'service'): Settings {
  return new Settings(readEnvironment(), purpose);
}
