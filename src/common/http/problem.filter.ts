import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { currentRequestId } from './request-context.js';
import { toDomainError, toProblem } from './to-problem.js';

/** Set before the file was found to be unfit; Content-Range stays, it says why a range was refused. */
const headersOfFiles = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Length',
  'ETag',
  'Last-Modified',
  'Repr-Digest',
];

/** Every error that reaches the edge leaves as problem details; what we did not expect is logged with its stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log = new Logger('Http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const error = toDomainError(thrown);
    const problem = toProblem(error, currentRequestId() ?? '');
    if (problem.status >= 500) this.#log.error(problem.detail, { err: thrown, code: problem.code });

    // Half a download cannot be turned into an error; cutting the connection tells the client that it is not whole.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    for (const name of headersOfFiles) response.removeHeader(name);
    response.statusCode = problem.status;
    response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
    if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (error.retryAfterSeconds !== undefined) response.setHeader('Retry-After', error.retryAfterSeconds);
    response.end(JSON.stringify(problem));
  }
}
