import { Settings } from './settings.js';

const bucket = { HOLDFAST_S3_BUCKET: 'backups' };

function messageOf(environment: Record<string, string>): string {
  try {
    new Settings(environment);
  } catch (error) {
    return String(error);
  }
  return '';
}

describe('settings of places for copies', () => {
  it('are none by default', () => {
    expect(Object.keys(new Settings({}).env).filter((name) => /S3|COPY|CLOUDINARY/.test(name))).toEqual([]);
  });

  it('are read', () => {
    const { env } = new Settings({
      ...bucket,
      HOLDFAST_COPY_DIR: '/mnt/copies/holdfast',
      HOLDFAST_S3_PREFIX: '/production/app/',
      HOLDFAST_S3_ENDPOINT: 'http://127.0.0.1:9000/',
      HOLDFAST_S3_PUBLIC_ENDPOINT: 'https://objects.example',
      HOLDFAST_S3_LOCK_DAYS: '30',
      HOLDFAST_CLOUDINARY_URL: 'cloudinary://12345:s%2Fcret@demo/backups?api=http://127.0.0.1:9001',
    });
    expect(env).toMatchObject({
      HOLDFAST_S3_PREFIX: 'production/app',
      HOLDFAST_S3_ENDPOINT: 'http://127.0.0.1:9000',
      HOLDFAST_S3_PUBLIC_ENDPOINT: 'https://objects.example',
      HOLDFAST_S3_LOCK_DAYS: 30,
      HOLDFAST_CLOUDINARY_URL: {
        cloud: 'demo',
        apiKey: '12345',
        apiSecret: 's/cret',
        folder: 'backups',
        api: 'http://127.0.0.1:9001',
      },
    });
  });

  it.each([
    ['HOLDFAST_S3_BUCKET', { HOLDFAST_S3_BUCKET: 'back/hunter2' }],
    ['HOLDFAST_S3_BUCKET', { HOLDFAST_S3_ENDPOINT: 'http://127.0.0.1:9000' }],
    ['HOLDFAST_S3_PREFIX', { ...bucket, HOLDFAST_S3_PREFIX: 'a/../hunter2' }],
    ['HOLDFAST_S3_ENDPOINT', { ...bucket, HOLDFAST_S3_ENDPOINT: 'https://user:hunter2@objects.example' }],
    ['HOLDFAST_S3_ENDPOINT', { ...bucket, HOLDFAST_S3_ENDPOINT: 'ftp://hunter2' }],
    ['HOLDFAST_S3_PUBLIC_ENDPOINT', { ...bucket, HOLDFAST_S3_PUBLIC_ENDPOINT: 'https://a.example/hunter2' }],
    ['HOLDFAST_S3_LOCK_DAYS', { ...bucket, HOLDFAST_S3_LOCK_DAYS: '0' }],
    ['HOLDFAST_S3_SECRET_ACCESS_KEY', { ...bucket, HOLDFAST_S3_ACCESS_KEY_ID: 'hunter2' }],
    ['HOLDFAST_S3_ACCESS_KEY_ID', { ...bucket, HOLDFAST_S3_SECRET_ACCESS_KEY: 'hunter2' }],
    ['HOLDFAST_COPY_DIR', { HOLDFAST_COPY_DIR: './backups/hunter2' }],
    ['HOLDFAST_COPY_DIR', { HOLDFAST_COPY_DIR: '/srv', HOLDFAST_BACKUP_DIR: '/srv/hunter2' }],
    ['HOLDFAST_CLOUDINARY_URL', { HOLDFAST_CLOUDINARY_URL: 'https://hunter2' }],
    ['HOLDFAST_CLOUDINARY_URL', { HOLDFAST_CLOUDINARY_URL: 'cloudinary://12345:hunter2@' }],
    ['HOLDFAST_CLOUDINARY_URL', { HOLDFAST_CLOUDINARY_URL: 'cloudinary://1:hunter2@demo?api=x' }],
  ])('refuse a bad %s, name it, and never repeat it: %j', (name, environment) => {
    const message = messageOf(environment);
    expect(message).toContain(name);
    expect(message).not.toContain('hunter2');
  });
});
