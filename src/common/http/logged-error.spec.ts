import Database from 'better-sqlite3';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Controller, Get, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { QueryFailedError } from 'typeorm';
import { DomainError } from '../errors.js';
import { loggedError } from './logged-error.js';
import { createLog } from './logging.js';
import { NestLog } from './nest-log.js';
import { ProblemFilter } from './problem.filter.js';
import { requestLog } from './request-log.js';

const statement = "INSERT INTO users (email) VALUES ('ada@example.org')";

/** As mysql2 makes them. */
function driverError(): Error {
  return Object.assign(new Error("Duplicate entry 'ada@example.org' for key 'email'"), {
    code: 'ER_DUP_ENTRY',
    errno: 1062,
    sqlState: '23000',
    sqlMessage: "Duplicate entry 'ada@example.org' for key 'email'",
    sql: statement,
  });
}

function sqliteError(): unknown {
  const database = new Database(':memory:');
  try {
    database.exec('CREATE TABLE t (secret TEXT); SELECT ada_example_org FROM t');
    return null;
  } catch (error) {
    return error;
  } finally {
    database.close();
  }
}

const errors: [what: string, error: () => unknown][] = [
  ['a driver', driverError],
  ['TypeORM', () => new QueryFailedError(statement, ['ada@example.org'], driverError())],
  ['SQLite', sqliteError],
  ['a parser', () => thrownBy(() => JSON.parse('ada@example.org'))],
  ['ours with such a cause', () => new DomainError('internal', 'It failed.', { cause: driverError() })],
];

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('what the log says of an error', () => {
  let written = '';
  const log = createLog('trace', { write: (line: string) => void (written += line) });

  beforeEach(() => {
    written = '';
  });

  const tellsNothing = () => {
    expect(written).not.toBe('');
    expect(written).not.toMatch(/ada.example|INSERT INTO|parameters/);
  };

  it.each(errors)('of %s: no statement and no value, however it is logged', (_what, make) => {
    const error = make();
    log.error({ err: error }, 'failed');
    const nest = new NestLog(log);
    nest.error(error, 'jobs');
    nest.error('failed', { err: error, code: 'internal' }, 'Http');
    nest.warn({ err: error }, 'catalog');
    nest.warn({ msg: 'failed', err: error }, 'catalog');
    if (error instanceof Error) nest.error('failed', error.stack, 'TypeOrmModule');
    tellsNothing();
  });

  it('of a driver: its code, and where it came from', () => {
    const { type, code, message, stack } = loggedError(driverError());
    expect({ type, code, message }).toEqual({
      type: 'Error',
      code: 'ER_DUP_ENTRY',
      message: 'The database answered with an error.',
    });
    expect(stack).toMatch(/^Error: The database answered with an error\.\n\s+at driverError \(/);
  });

  it('of ours: its sentence, and its cause', () => {
    const error = new DomainError('dump-failed', 'The dump failed.', {
      cause: new TypeError('x is undefined'),
    });
    expect(loggedError(error)).toMatchObject({
      type: 'DomainError',
      code: 'dump-failed',
      message: 'The dump failed.',
      cause: { type: 'TypeError', message: 'x is undefined', stack: expect.stringContaining('at ') },
    });
  });

  it('of one that is its own cause: it comes to an end', () => {
    const error = new Error('round and round');
    error.cause = error;
    expect(JSON.stringify(loggedError(error)).length).toBeLessThan(20_000);
  });

  it.each(['text', 7, null, undefined])('of %p, which is none: no value', (thrown) => {
    expect(loggedError(thrown).message).toBe('Something that is not an error was thrown.');
  });

  it('while a request is served: no statement and no value either', async () => {
    @Controller()
    class Failing {
      @Get()
      fail(): void {
        throw new QueryFailedError(statement, ['ada@example.org'], driverError());
      }
    }
    @Module({ controllers: [Failing] })
    class FailingModule {}

    const app = await NestFactory.create<NestExpressApplication>(FailingModule, { logger: new NestLog(log) });
    try {
      app.use(requestLog(log));
      app.useGlobalFilters(new ProblemFilter());
      await app.listen(0, '127.0.0.1');
      const { port } = app.getHttpServer().address() as AddressInfo;
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(500);
    } finally {
      await app.close();
      Logger.overrideLogger(false);
    }
    tellsNothing();
    expect(written).toContain('ER_DUP_ENTRY');
  });
});
