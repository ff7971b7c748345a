import { ForbiddenException, ImATeapotException, NotFoundException } from '@nestjs/common';
import { DomainError } from '../errors.js';
import { toDomainError, toProblem } from './to-problem.js';

describe('problem details', () => {
  it('keep what a domain error says', () => {
    const fields = [{ field: 'name', message: 'name is too long' }];
    const problem = toProblem(new DomainError('bad-input', 'Shorten the name.', { fields }), 'id-1');
    expect(problem).toEqual({
      type: 'urn:holdfast:problem:bad-input',
      title: 'The request is not valid',
      status: 400,
      detail: 'Shorten the name.',
      code: 'bad-input',
      request_id: 'id-1',
      errors: fields,
    });
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), 'not-found'],
    [new ForbiddenException(), 'forbidden'],
    [new URIError('malformed'), 'bad-input'],
    [Object.assign(new Error('too big'), { status: 413, expose: true }), 'too-large'],
    [Object.assign(new Error('too far'), { status: 416, expose: true }), 'bad-range'],
    [Object.assign(new Error('another'), { status: 412, expose: true }), 'precondition-failed'],
    [Object.assign(new Error('write failed'), { code: 'ENOSPC' }), 'no-space'],
    [Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }), 'no-space'],
    [Object.assign(new Error('from a library'), { status: 404 }), 'internal'],
    [new ImATeapotException(), 'internal'],
    [new TypeError('x is undefined'), 'internal'],
    ['a string', 'internal'],
    [null, 'internal'],
  ])('of %p are %s', (error, code) => {
    expect(toDomainError(error).code).toBe(code);
  });

  it('tell nothing of an unexpected error', () => {
    const error = new Error("Access denied for user 'root' (SELECT * FROM users)");
    const problem = JSON.stringify(toProblem(toDomainError(error), 'id-1'));
    expect(problem).not.toMatch(/root|SELECT/);
  });
});
