import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AuditService } from '../audit/audit.service.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { AuditListDto, AuditVerificationDto } from './audit.dto.js';
import { Roles } from './auth.decorators.js';

const listOptions = {
  sort: ['seq'],
  filter: ['action', 'actor', 'subject', 'outcome', 'hash'],
} as const;

/** Stands here and not in audit/: that folder is below the guard, and cannot say who may call. */
@ApiTags('Audit log')
@Controller('api/v1/audit')
@Roles('superadmin')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** Who did what, newest first. `filter[actor]` takes a user's id or a name. */
  @Get()
  @ApiPaged(listOptions)
  list(@Query() query: PageQuery): Promise<AuditListDto> {
    const page = readPage(query, listOptions);
    return this.audit.list(page.filter, page);
  }

  /** Reads the whole log and says whether every entry still is what was written. */
  @Get('verify')
  async verify(): Promise<AuditVerificationDto> {
    return AuditVerificationDto.of(await this.audit.verify());
  }
}
