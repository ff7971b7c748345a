import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnyUser, CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { DatabaseName } from '../common/http/database-name.decorator.js';
import { BackupStatusDto, CleanupDto, CleanupReportDto } from './full-backups.dto.js';
import { FullBackupsPresenter } from './full-backups.presenter.js';
import { FullBackupsService } from './full-backups.service.js';

/** What concerns the full backups of a database as a whole. */
@ApiTags('full backups')
@Controller(['api/v1/backup', 'api/databases/:db/backups'])
export class UpkeepController {
  constructor(
    private readonly service: FullBackupsService,
    private readonly present: FullBackupsPresenter,
  ) {}

  /** Whether a backup would work, and what there is. */
  @Get('status')
  @AnyUser()
  async status(@DatabaseName() database: string): Promise<BackupStatusDto> {
    return this.present.status(await this.service.status(database));
  }

  /** Removes all but the newest N; `dry_run` only tells, with a reason for each. */
  @Post('cleanup')
  @HttpCode(200)
  @Roles('admin')
  async cleanup(
    @DatabaseName() database: string,
    @Body() body: CleanupDto,
    @CurrentUser() caller: Caller,
  ): Promise<CleanupReportDto> {
    const dryRun = body.dry_run ?? false;
    return this.present.cleanup(await this.service.cleanup(database, dryRun, caller), dryRun);
  }
}
