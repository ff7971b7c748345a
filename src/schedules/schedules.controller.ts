import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { done, DoneDto } from '../common/http/done.dto.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { badInput } from '../common/http/validation.js';
import { rulesFrom } from './retention-rules.js';
import { ApplyRetentionDto, RetentionReportDto } from './schedule-retention.dto.js';
import { ScheduleRetention } from './schedule-retention.service.js';
import { ChangeScheduleDto, MakeScheduleDto, OneScheduleDto, ScheduleListDto } from './schedules.dto.js';
import { SchedulesPresenter } from './schedules.presenter.js';
import { SchedulesService } from './schedules.service.js';
import type { ScheduleSettings } from './schedules.types.js';

const lists = { sort: ['created_at'], filter: [] } as const;

@ApiTags('schedules')
@Controller('api/databases/:db/schedules')
@Roles('admin')
export class SchedulesController {
  constructor(
    private readonly service: SchedulesService,
    private readonly retention: ScheduleRetention,
    private readonly present: SchedulesPresenter,
  ) {}

  /** All schedules of the database and of its projects, newest first. */
  @Get()
  @ApiPaged(lists)
  async list(@Param('db') database: string, @Query() query: PageQuery): Promise<ScheduleListDto> {
    const { offset, limit, descending } = readPage(query, lists);
    const [rows, total] = await this.service.list(database, { offset, limit, oldestFirst: !descending });
    return { schedules: await Promise.all(rows.map((row) => this.present.schedule(row))), total };
  }

  /** Backs up the database, or one project of it, at the times that the expression says. */
  @Post()
  async make(
    @Param('db') database: string,
    @Body() { project_id: projectId, cron, ...rest }: MakeScheduleDto,
    @CurrentUser() caller: Caller,
  ): Promise<OneScheduleDto> {
    const settings = { ...settingsFrom(rest), cron };
    const row = await this.service.make(database, projectId ?? null, settings, caller);
    return { schedule: await this.present.schedule(row) };
  }

  @Get(':id')
  async get(@Param('db') database: string, @Param('id') id: string): Promise<OneScheduleDto> {
    return { schedule: await this.present.schedule(await this.service.get(database, id)) };
  }

  /** Changes what is given; a policy as a whole. */
  @Patch(':id')
  async change(
    @Param('db') database: string,
    @Param('id') id: string,
    @Body() body: ChangeScheduleDto,
    @CurrentUser() caller: Caller,
  ): Promise<OneScheduleDto> {
    const row = await this.service.change(database, id, settingsFrom(body), caller);
    return { schedule: await this.present.schedule(row) };
  }

  /** Its backups stay for now; its policy no longer keeps any. */
  @Delete(':id')
  async remove(
    @Param('db') database: string,
    @Param('id') id: string,
    @CurrentUser() caller: Caller,
  ): Promise<DoneDto> {
    await this.service.remove(database, id, caller);
    return done('The schedule was removed. From now on its policy keeps no backup any more.');
  }

  /** What the policies of the schedule's scope keep and remove, and why. A dry run, unless told otherwise. */
  @Post(':id/retention')
  @HttpCode(200)
  async applyRetention(
    @Param('db') database: string,
    @Param('id') id: string,
    @Body() { dry_run: dryRun = true, retention }: ApplyRetentionDto,
    @CurrentUser() caller: Caller,
  ): Promise<RetentionReportDto> {
    if (!dryRun && retention) {
      throw badInput([
        { field: 'retention', message: 'retention may be tried in a dry run only; save it first' },
      ]);
    }
    const { zone } = await this.service.get(database, id);
    const report = dryRun
      ? await this.retention.preview(database, id, retention && rulesFrom(retention))
      : await this.retention.apply(database, id, caller);
    return this.present.retention(report, zone, dryRun);
  }
}

/** Only what was given: a field of a body that is missing is there and undefined. */
function settingsFrom({
  jitter_seconds,
  catch_up,
  retention,
  ...others
}: ChangeScheduleDto): Partial<ScheduleSettings> {
  const given = {
    ...others,
    jitterSeconds: jitter_seconds,
    catchUp: catch_up,
    retention: retention && rulesFrom(retention),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
