import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { MetricsReaders } from '../auth/auth.decorators.js';
import { MetricsService } from './metrics.service.js';

@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  /** Numbers for Prometheus. docs/operations.md says what each is, and which of them to raise an alarm on. */
  @Get()
  @MetricsReaders()
  @Header('Cache-Control', 'no-store')
  @ApiProduces('text/plain')
  async show(@Res({ passthrough: true }) response: Response): Promise<string> {
    const { contentType, text } = await this.metrics.scrape();
    response.setHeader('Content-Type', contentType);
    return text;
  }
}
