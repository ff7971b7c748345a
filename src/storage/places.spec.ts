import { inspect } from 'node:util';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { configuredPlaces } from './places.js';

const all = {
  HOLDFAST_CLOUDINARY_URL: 'cloudinary://12345:hunter2@demo/backups',
  HOLDFAST_S3_BUCKET: 'copies',
  HOLDFAST_S3_PREFIX: 'production',
  // Nothing is there, and nothing is asked.
  HOLDFAST_S3_ENDPOINT: 'http://127.0.0.1:9',
  HOLDFAST_S3_ACCESS_KEY_ID: 'AKTEST',
  HOLDFAST_S3_SECRET_ACCESS_KEY: 'hunter2',
  HOLDFAST_COPY_DIR: '/nonexistent/copies',
};

describe('the configured places', () => {
  it('are none by default', () => {
    expect(configuredPlaces(new Settings({}), new Clock())).toEqual([]);
  });

  it('come in the order of their distance, and need not be there', () => {
    const places = configuredPlaces(new Settings(all), new Clock());
    expect(places.map(({ kind, location }) => [kind, location])).toEqual([
      ['local', '/nonexistent/copies'],
      ['s3', 's3://copies/production'],
      ['cloudinary', 'cloudinary://demo/backups'],
    ]);
  });

  it('say where they are without their secrets', () => {
    const places = configuredPlaces(new Settings(all), new Clock());
    expect(inspect(places.map(({ location }) => location))).not.toContain('hunter2');
  });
});
