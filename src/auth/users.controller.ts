import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CatalogueIdPipe } from '../common/http/catalogue-id.pipe.js';
import { done, DoneDto } from '../common/http/done.dto.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { isoTime } from '../common/timestamps.js';
import { Settings } from '../config/settings.js';
import type { User } from '../users/user.entity.js';
import { ChangeUserDto, CreateUserDto, UserDto, UserListDto } from '../users/users.dto.js';
import { UsersService } from '../users/users.service.js';
import { CurrentUser, Roles } from './auth.decorators.js';
import type { Caller } from './auth.types.js';

const listOptions = {
  sort: ['id', 'created_at', 'email', 'name', 'role'],
  filter: ['email', 'role'],
} as const;

/** Stands here and not in users/: that folder is below the guard, and cannot say who may call. */
@ApiTags('Users')
@Controller('api/v1/users')
@Roles('superadmin')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly settings: Settings,
  ) {}

  /** Makes a user. */
  @Post()
  async create(@Body() user: CreateUserDto, @CurrentUser() caller: Caller): Promise<UserDto> {
    return this.#shown(await this.users.create(user, caller));
  }

  /** All users, newest first. */
  @Get()
  @ApiPaged(listOptions)
  async list(@Query() query: PageQuery): Promise<UserListDto> {
    const { users, total } = await this.users.list(readPage(query, listOptions));
    return { users: users.map((user) => this.#shown(user)), total };
  }

  /** One user. */
  @Get(':id')
  async get(@Param('id', CatalogueIdPipe) id: number): Promise<UserDto> {
    return this.#shown(await this.users.get(id));
  }

  /** Changes what is given. The last superadmin cannot be demoted. */
  @Patch(':id')
  async change(
    @Param('id', CatalogueIdPipe) id: number,
    @Body() changes: ChangeUserDto,
    @CurrentUser() caller: Caller,
  ): Promise<UserDto> {
    return this.#shown(await this.users.change(id, changes, caller));
  }

  /** Removes a user with their tokens and memberships, at once. The last superadmin cannot be removed. */
  @Delete(':id')
  async remove(@Param('id', CatalogueIdPipe) id: number, @CurrentUser() caller: Caller): Promise<DoneDto> {
    await this.users.remove(id, caller);
    return done('The user is removed.');
  }

  #shown({ id, email, name, role, createdAt, updatedAt }: User): UserDto {
    const zone = this.settings.env.HOLDFAST_TIMEZONE;
    return {
      id,
      email,
      name,
      role,
      created_at: isoTime(createdAt, zone),
      updated_at: isoTime(updatedAt, zone),
    };
  }
}
