import { interruptionSuite } from './suites/interruption.suite.js';
import { keysSuite } from './suites/keys.suite.js';
import { linksSuite } from './suites/links.suite.js';
import { objectsSuite } from './suites/objects.suite.js';
import { refusalSuite } from './suites/refusal.suite.js';
import { walkSuite } from './suites/walk.suite.js';
import type { StorageHarness, TestedPlace } from './storage-harness.types.js';

/** What every place for copies must do. To try another: write its harness, and call this. */
export function storageContract(harness: StorageHarness): void {
  let place: TestedPlace;

  beforeAll(async () => {
    place = await harness.createPlace();
  });

  afterAll(() => place?.close());

  const tested = () => place;
  describe('objects', () => objectsSuite(tested));
  describe('keys', () => keysSuite(tested, harness));
  describe('lists', () => walkSuite(tested));
  describe('interruption', () => interruptionSuite(tested));
  describe('links and holds', () => linksSuite(tested, harness));
  describe('refusals', () => refusalSuite(tested));
}
