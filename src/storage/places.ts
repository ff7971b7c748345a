import type { Clock } from '../common/clock.js';
import type { Settings } from '../config/settings.js';
import { LocalObjectStore } from './local/local-object-store.js';
import type { ObjectStore } from './object-store.types.js';

/** The places for copies that are configured. Nothing is asked of them here: one that is away must not stop a start. */
export function configuredPlaces({ env }: Settings, clock: Clock): ObjectStore[] {
  const places: ObjectStore[] = [];
  if (env.HOLDFAST_COPY_DIR) places.push(new LocalObjectStore(env.HOLDFAST_COPY_DIR, clock));
  return places;
}
