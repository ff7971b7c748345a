import { sessionError } from './session-errors.js';

const driverError = (code: string, more: object = {}) =>
  Object.assign(new Error("Duplicate entry 'ada@example.test'"), { code, sql: 'INSERT secret', ...more });

describe('errors of the driver', () => {
  it.each(['ER_DUP_ENTRY', 'ER_LOCK_WAIT_TIMEOUT', 'ER_LOCK_DEADLOCK', 'ER_LOCK_NOWAIT'])(
    'are a conflict: %s',
    (code) => {
      const error = sessionError(driverError(code), 'posts');
      expect(error).toMatchObject({ code: 'conflict' });
      expect(error.detail).toContain('posts');
    },
  );

  it.each(['ER_BAD_NULL_ERROR', 'ER_CHECK_CONSTRAINT_VIOLATED', 'ER_INVALID_JSON_TEXT'])(
    'say that a row does not fit the table: %s',
    (code) => {
      expect(sessionError(driverError(code), 'posts')).toMatchObject({
        code: 'artefact-unfit',
        detail: expect.stringContaining('posts'),
      });
    },
  );

  it('of a lost connection say that the database cannot be reached', () => {
    expect(sessionError(driverError('PROTOCOL_CONNECTION_LOST')).code).toBe('database-unreachable');
    expect(sessionError(driverError('SOMETHING', { fatal: true })).code).toBe('database-unreachable');
  });

  it('keep neither values nor statements', () => {
    const error = sessionError(driverError('ER_DUP_ENTRY'), 'posts');
    const said = JSON.stringify([error.detail, error.stack, error.cause, String(error.cause)]);
    expect(said).not.toMatch(/ada@|secret/);
  });
});
