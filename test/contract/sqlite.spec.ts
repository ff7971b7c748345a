import { engineContract } from './engine.suite.js';
import { sqliteHarness } from './sqlite.harness.js';

describe('SQLite with a rollback journal', () => engineContract(sqliteHarness({ journalMode: 'delete' })));

describe('SQLite with a write-ahead log', () => engineContract(sqliteHarness({ journalMode: 'wal' })));
