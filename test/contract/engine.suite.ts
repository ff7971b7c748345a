import type { ContractHarness } from './harness.types.js';
import { availabilitySuite } from './suites/availability.suite.js';
import { refusalSuite } from './suites/refusal.suite.js';
import { replacementSuite } from './suites/replacement.suite.js';
import { restoreSuite } from './suites/restore.suite.js';
import { rowReadingSuite } from './suites/row-reading.suite.js';
import { rowWritingSuite } from './suites/row-writing.suite.js';
import { schemaSuite } from './suites/schema.suite.js';
import { unpackingSuite } from './suites/unpacking.suite.js';
import { verificationSuite } from './suites/verification.suite.js';

/** What every engine must do. To try another engine: write its harness, and call this. */
export function engineContract(harness: ContractHarness): void {
  describe('availability and lock', () => availabilitySuite(harness));
  describe('dump and restore', () => restoreSuite(harness));
  describe('a restore that keeps nothing', () => replacementSuite(harness));
  describe('what a restore refuses', () => refusalSuite(harness));
  describe('an artefact beside live', () => unpackingSuite(harness));
  describe('verification', () => verificationSuite(harness));
  describe('the schema', () => schemaSuite(harness));
  describe('reading rows', () => rowReadingSuite(harness));
  describe('writing rows', () => rowWritingSuite(harness));
}
