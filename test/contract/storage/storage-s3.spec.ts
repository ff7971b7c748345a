import { createBucket } from './s3.harness.js';
import { storageContract } from './storage.suite.js';

describe('S3, a whole bucket', () =>
  storageContract({ createPlace: createBucket, links: true, holds: false }));
