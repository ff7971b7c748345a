import { jest } from '@jest/globals';
import { dropGrown } from './grown.js';

// Real servers and real dump tools: slow machines get time, hanging tests still end.
jest.setTimeout(120_000);

afterAll(dropGrown);
