import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../auth/auth.decorators.js';
import { sendFile } from '../common/http/send-file.js';
import { DeliveriesService } from './deliveries.service.js';
import { watchSending } from './watch-sending.js';

@ApiTags('download links')
@Controller('api/databases/:db/backups/:id/download')
export class DownloadsController {
  constructor(private readonly deliveries: DeliveriesService) {}

  /**
   * The bytes of a backup, full or of a project, for whoever has a link to it; ranges and conditional requests work. 404 for a
   * token that is none; 410 when its time is over, or it was used up or revoked.
   */
  @Get()
  @Public()
  @ApiQuery({ name: 'token', schema: { type: 'string' } })
  async download(
    @Param('db') database: string,
    @Param('id') backupId: string,
    @Query('token') token: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    // Also of a refusal: 404 and 410 may be cached otherwise.
    response.setHeader('Cache-Control', 'private, no-store');
    const delivery = await this.deliveries.open({ database, backupId }, token);
    const { backup, path } = delivery;
    const send = () => sendFile(response, path, backup);
    // Who only looks takes nothing: programs look at links before people do.
    if (request.method === 'HEAD') return send();
    const sending = () => watchSending(response, send);
    await this.deliveries.deliver(delivery, sending, () => response.destroy());
  }
}
