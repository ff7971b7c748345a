import { Body, Controller, Get, Header, Param, Post, Put, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { CurrentUser, Roles } from '../../auth/auth.decorators.js';
import type { Caller } from '../../auth/auth.types.js';
import { isoTime } from '../../common/timestamps.js';
import { Settings } from '../../config/settings.js';
import type { StartedJob } from '../../jobs/jobs.types.js';
import { OneDumpDto } from '../dumps.dto.js';
import { DumpsPresenter } from '../dumps.presenter.js';
import { BuildDumpDto, DumpOutlookDto, DumpPolicyDto, SetDumpPolicyDto } from './dump-builds.dto.js';
import { DumpBuilds } from './dump-builds.service.js';
import { DumpPolicies, type KnownPolicy } from './dump-policies.service.js';

@ApiTags('published dumps')
@Controller('api/admin/dump')
@Roles('admin')
export class DumpBuildsController {
  constructor(
    private readonly builds: DumpBuilds,
    private readonly policies: DumpPolicies,
    private readonly present: DumpsPresenter,
    private readonly settings: Settings,
  ) {}

  /**
   * Makes a dump for the public out of a full backup: chosen tables, with columns kept, masked or dropped as the policy says.
   * 422 `dump-leak` when a value that was to be hidden stands anywhere in it; then there is no dump.
   */
  @Post('build')
  @Header('Cache-Control', 'private, no-store')
  @ApiCreatedResponse({ type: OneDumpDto })
  build(
    @Body() { database = 'default', backup_id: backupId, public: isPublic = false, policy }: BuildDumpDto,
    @CurrentUser() caller: Caller,
    @Req() request: Request,
  ): Promise<StartedJob<OneDumpDto>> {
    return this.builds.start({ database, backupId, isPublic, policy }, caller, (dump) =>
      Promise.resolve({ dump: this.present.dump({ dump, state: 'present' }, request) }),
    );
  }

  @Get('policy/:database')
  async policy(@Param('database') database: string): Promise<DumpPolicyDto> {
    return this.#policy(database, await this.policies.of(database));
  }

  /** Replaces the policy as a whole. */
  @Put('policy/:database')
  async setPolicy(
    @Param('database') database: string,
    @Body() { tables }: SetDumpPolicyDto,
    @CurrentUser() caller: Caller,
  ): Promise<DumpPolicyDto> {
    return this.#policy(database, await this.policies.set(database, { tables }, caller));
  }

  /** What the policy means for the tables of today: the columns that nobody has decided on. */
  @Get('policy/:database/undecided')
  async undecided(@Param('database') database: string): Promise<DumpOutlookDto> {
    const { undecided, leftOut, gone, faults } = await this.policies.outlook(database);
    return { database, undecided, left_out: leftOut, gone, faults };
  }

  #policy(database: string, { policy, source, updatedAt, updatedByName }: KnownPolicy): DumpPolicyDto {
    const zone = this.settings.env.HOLDFAST_TIMEZONE;
    return {
      database,
      policy: policy && { ...policy },
      source,
      updated_at: updatedAt && isoTime(updatedAt, zone),
      updated_by_name: updatedByName,
    };
  }
}
