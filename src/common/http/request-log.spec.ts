import { withoutSecrets } from './request-log.js';

describe('a logged address', () => {
  it.each([
    ['/api/jobs/1', '/api/jobs/1'],
    ['/list?page[size]=2&sort=-created_at', '/list?page[size]=2&sort=-created_at'],
    ['/download?token=abc.def', '/download?token=[redacted]'],
    ['/download?a=1&TOKEN=abc&b=2', '/download?a=1&TOKEN=[redacted]&b=2'],
    ['/download?%74oken=abc', '/download?%74oken=[redacted]'],
    ['/download?token%5B%5D=abc', '/download?token%5B%5D=[redacted]'],
    ['/download?next=%2Fx%3Ftoken%3Dabc', '/download?next=[redacted]'],
    ['/download?a=%ff', '/download?a=[redacted]'],
    ['/download?token=abc?token=def', '/download?token=[redacted]'],
  ])('%s is %s', (url, logged) => {
    expect(withoutSecrets(url)).toBe(logged);
  });
});
