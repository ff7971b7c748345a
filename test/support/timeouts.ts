import { jest } from '@jest/globals';

// Real servers and real dump tools: slow machines get time, hanging tests still end.
jest.setTimeout(120_000);
