import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnyUser, CurrentUser, ProjectRoles, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { Settings } from '../config/settings.js';
import { RecoveryPointDto, RecoveryPointListDto, SetRecoveryPointDto } from './recovery-points.dto.js';
import { RecoveryPointsService, type ScopedPoint } from './recovery-points.service.js';

@ApiTags('recovery points')
@Controller('api/databases/:db')
export class RecoveryPointsController {
  readonly #zone: string;

  constructor(
    private readonly points: RecoveryPointsService,
    settings: Settings,
  ) {
    this.#zone = settings.env.HOLDFAST_TIMEZONE;
  }

  /** How old the last good and the last restorable backup of the database are, against its target. */
  @Get('recovery-point')
  @AnyUser()
  async get(@Param('db') database: string): Promise<RecoveryPointDto> {
    return this.#shown(await this.points.get(database));
  }

  /** Sets how old the last good backup may become, or with null that nobody watches it. */
  @Put('recovery-point')
  @Roles('admin')
  async set(
    @Param('db') database: string,
    @Body() { target_seconds }: SetRecoveryPointDto,
    @CurrentUser() caller: Caller,
  ): Promise<RecoveryPointDto> {
    return this.#shown(await this.points.set(database, null, target_seconds, caller));
  }

  /** That of the database, and those of its projects that have a target. */
  @Get('recovery-points')
  @Roles('admin')
  async list(@Param('db') database: string): Promise<RecoveryPointListDto> {
    const points = await this.points.list(database);
    return { recovery_points: points.map((point) => this.#shown(point)), total: points.length };
  }

  /** The same of one project. */
  @Get('projects/:id/recovery-point')
  @ProjectRoles('member')
  async getOfProject(@Param('db') database: string, @Param('id') id: string): Promise<RecoveryPointDto> {
    return this.#shown(await this.points.get(database, id));
  }

  /** The same of one project. */
  @Put('projects/:id/recovery-point')
  @ProjectRoles('admin')
  async setOfProject(
    @Param('db') database: string,
    @Param('id') id: string,
    @Body() { target_seconds }: SetRecoveryPointDto,
    @CurrentUser() caller: Caller,
  ): Promise<RecoveryPointDto> {
    return this.#shown(await this.points.set(database, id, target_seconds, caller));
  }

  #shown(point: ScopedPoint): RecoveryPointDto {
    return RecoveryPointDto.of(point, this.#zone);
  }
}
