import { Body, Controller, Delete, Get, Header, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { CatalogueIdPipe } from '../common/http/catalogue-id.pipe.js';
import { ApiPaged, readPage } from '../common/http/page.dto.js';
import { ApiDumpView, readView } from './dump-view.js';
import {
  ChangeDumpDto,
  DumpListDto,
  DumpListQuery,
  DumpMessageDto,
  DumpQuery,
  OneDumpDto,
  PublishDumpDto,
} from './dumps.dto.js';
import { DumpsPresenter } from './dumps.presenter.js';
import { DumpsService } from './dumps.service.js';
import { dumpLists, readDumpPage } from './read-dump-page.js';

@ApiTags('published dumps')
@Controller('api/admin/dump')
@Roles('admin')
export class DumpsController {
  constructor(
    private readonly service: DumpsService,
    private readonly present: DumpsPresenter,
  ) {}

  /** The public dumps, newest first; with `filter[public]=false` those that are not public. */
  @Get()
  @Header('Cache-Control', 'private, no-store')
  @ApiPaged(dumpLists)
  @ApiDumpView()
  async list(@Query() query: DumpListQuery, @Req() request: Request): Promise<DumpListDto> {
    const view = readView(query);
    const { filter, page } = readDumpPage(readPage(query, dumpLists));
    const [dumps, total] = await this.service.list(filter, page, view.withBackup);
    return { dumps: dumps.map((dump) => this.present.dump(dump, request, view)), total };
  }

  /** Publishes a file of the backup folder, or a backup. Its file is read to its end once. */
  @Post()
  @Header('Cache-Control', 'private, no-store')
  async publish(
    @Body() { path, backup_id: backupId, database, public: isPublic }: PublishDumpDto,
    @CurrentUser() caller: Caller,
    @Req() request: Request,
  ): Promise<OneDumpDto> {
    const dump = await this.service.publish({ path, backupId, database }, isPublic, caller);
    return { dump: this.present.dump({ dump, state: 'present' }, request) };
  }

  @Get(':id')
  @Header('Cache-Control', 'private, no-store')
  @ApiDumpView()
  async get(
    @Param('id', CatalogueIdPipe) id: number,
    @Query() query: DumpQuery,
    @Req() request: Request,
  ): Promise<OneDumpDto> {
    const view = readView(query);
    return { dump: this.present.dump(await this.service.get(id, view.withBackup), request, view) };
  }

  /** Makes a dump public, as its file is now, or takes it back. */
  @Put(':id')
  @Header('Cache-Control', 'private, no-store')
  async change(
    @Param('id', CatalogueIdPipe) id: number,
    @Body() { public: isPublic }: ChangeDumpDto,
    @CurrentUser() caller: Caller,
    @Req() request: Request,
  ): Promise<OneDumpDto> {
    const dump = await this.service.change(id, { isPublic }, caller);
    return { dump: this.present.dump(await this.service.show(dump), request) };
  }

  /** Forgets the dump. Its file stays. */
  @Delete(':id')
  async remove(
    @Param('id', CatalogueIdPipe) id: number,
    @CurrentUser() caller: Caller,
  ): Promise<DumpMessageDto> {
    return this.present.removed((await this.service.remove(id, caller)).path);
  }
}
