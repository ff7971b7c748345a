import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CatalogueIdPipe } from '../common/http/catalogue-id.pipe.js';
import { done, DoneDto } from '../common/http/done.dto.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { isoTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import type { ApiToken } from './api-token.entity.js';
import { ApiTokensService } from './api-tokens.service.js';
import { AnyUser, CurrentUser } from './auth.decorators.js';
import { ApiTokenDto, ApiTokenListDto, CreateApiTokenDto, NewApiTokenDto } from './auth.dto.js';
import type { Caller } from './auth.types.js';

const listOptions = { sort: ['id'], filter: [] } as const;

@ApiTags('Who is calling')
@Controller('api/v1/auth/tokens')
@AnyUser()
export class ApiTokensController {
  constructor(
    private readonly tokens: ApiTokensService,
    private readonly settings: Settings,
  ) {}

  /** Makes a token for scripts and cron. Keep it: it is shown this once. */
  @Post()
  async create(@CurrentUser() caller: Caller, @Body() wanted: CreateApiTokenDto): Promise<NewApiTokenDto> {
    const { record, token } = await this.tokens.create(caller, {
      name: wanted.name,
      role: wanted.role ?? caller.role,
      expiresInDays: wanted.expires_in_days,
    });
    return { ...this.#shown(record), token };
  }

  /** The caller's own tokens. */
  @Get()
  @ApiPaged(listOptions)
  async list(@CurrentUser() { id }: Caller, @Query() query: PageQuery): Promise<ApiTokenListDto> {
    const { tokens, total } = await this.tokens.list(id, readPage(query, listOptions));
    return { tokens: tokens.map((token) => this.#shown(token)), total };
  }

  /** Revokes one of the caller's own tokens, at once. */
  @Delete(':id')
  async remove(@CurrentUser() caller: Caller, @Param('id', CatalogueIdPipe) id: number): Promise<DoneDto> {
    await this.tokens.remove(caller, id);
    return done('The token is revoked.');
  }

  #shown({ id, name, role, createdAt, expiresAt, lastUsedAt }: ApiToken): ApiTokenDto {
    const zone = this.settings.env.HOLDFAST_TIMEZONE;
    return {
      id,
      name,
      role,
      created_at: isoTime(createdAt, zone),
      expires_at: expiresAt && isoTime(expiresAt, zone),
      last_used_at: lastUsedAt && isoTime(lastUsedAt, zone),
    };
  }
}
