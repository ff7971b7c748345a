import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../auth/auth.decorators.js';
import { CatalogueIdPipe } from '../common/http/catalogue-id.pipe.js';
import { DumpsPresenter } from './dumps.presenter.js';
import { PublicDumps } from './public-dumps.service.js';

@ApiTags('published dumps')
@Controller('dump')
@Public()
export class PublicDumpsController {
  constructor(
    private readonly dumps: PublicDumps,
    private readonly present: DumpsPresenter,
  ) {}

  /** Leads to the newest public dump of the database `default`. The address stays. */
  @Get('latest')
  latest(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.#redirect('default', request, response);
  }

  /** Leads to the newest public dump of a database. The address stays. */
  @Get('latest/:database')
  latestOf(
    @Param('database') database: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return this.#redirect(database, request, response);
  }

  /** The bytes of a dump while it is public; ranges and conditional requests work. */
  @Get(':id')
  async download(
    @Param('id', CatalogueIdPipe) id: number,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    await this.dumps.send(id, request, response);
  }

  async #redirect(database: string, request: Request, response: Response): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    const { id } = await this.dumps.latest(database, request);
    response.redirect(302, this.present.link(id, request));
  }
}
