import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { callerIn } from '../auth/auth.decorators.js';
import { JobsService } from './jobs.service.js';

/**
 * Before the route and not in it: the answer of an event stream begins as soon as its route is called, and a catalogue that
 * takes a moment would turn a 404 into a stream that breaks off.
 */
@Injectable()
export class VisibleJobGuard implements CanActivate {
  constructor(private readonly jobs: JobsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { params } = context.switchToHttp().getRequest<Request<{ id: string }>>();
    await this.jobs.visible(params.id, callerIn(context));
    return true;
  }
}
