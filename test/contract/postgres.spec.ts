import { describeOnPostgres } from '../support/postgres.js';
import { engineContract } from './engine.suite.js';
import { postgresHarness } from './postgres.harness.js';

describeOnPostgres('The engine contract', (server) => engineContract(postgresHarness(server)));
