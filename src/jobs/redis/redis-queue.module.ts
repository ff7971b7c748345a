import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { JobQueue } from '../job-queue.service.js';
import { JobsModule } from '../jobs.module.js';
import { JobProcessor } from './job-processor.js';
import { queueName, RedisQueue } from './redis-queue.js';

/** Jobs through Redis, for any number of processes. Global: JobsModule, without which it is nothing, does not know of it. */
@Global()
@Module({})
export class RedisQueueModule {
  /** @param url as HOLDFAST_REDIS_URL has it */
  static with(url: string): DynamicModule {
    return {
      module: RedisQueueModule,
      imports: [
        BullModule.forRoot({ connection: { url, maxRetriesPerRequest: null } }),
        BullModule.registerQueue({ name: queueName }),
        JobsModule,
      ],
      providers: [{ provide: JobQueue, useClass: RedisQueue }, JobProcessor],
      exports: [JobQueue],
    };
  }
}
