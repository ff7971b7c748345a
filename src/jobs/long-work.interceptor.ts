import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { mergeMap, type Observable } from 'rxjs';
import { StartedJob } from './jobs.types.js';

/**
 * Long work answers when it is done. With `Prefer: respond-async` (RFC 7240) it answers 202 at once, with the job's
 * address in `Location`.
 */
@Injectable()
export class LongWorkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      mergeMap(async (value: unknown) => {
        if (!(value instanceof StartedJob)) return value;
        if (!prefersAsync(http.getRequest<Request>())) return (await value.done) as unknown;
        const location = `/api/jobs/${value.id}`;
        http
          .getResponse<Response>()
          .status(202)
          .setHeader('Location', location)
          .setHeader('Preference-Applied', 'respond-async');
        return { job_id: value.id, location };
      }),
    );
  }
}

function prefersAsync(request: Request): boolean {
  return /(^|,)\s*respond-async\s*(;|,|$)/i.test(request.header('prefer') ?? '');
}
