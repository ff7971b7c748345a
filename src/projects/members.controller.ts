import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, ProjectRoles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { CatalogueIdPipe } from '../common/http/catalogue-id.pipe.js';
import { DatabaseName } from '../common/http/database-name.decorator.js';
import { done, DoneDto } from '../common/http/done.dto.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { badInput } from '../common/http/validation.js';
import { DomainError } from '../common/errors.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { type Member, MembersService } from './members.service.js';
import { MemberDto, MemberListDto, SetMemberDto, SetMemberRoleDto } from './projects.dto.js';
import { jsonProjectId, projectRoutes } from './projects.types.js';

const listOptions = { sort: ['user_id'], filter: [] } as const;

@ApiTags('Projects')
@Controller(projectRoutes('/:id/members'))
@ProjectRoles('admin')
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly users: UsersService,
  ) {}

  /** Who belongs to the project. */
  @Get()
  @ApiPaged(listOptions)
  async list(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Query() query: PageQuery,
  ): Promise<MemberListDto> {
    const { members, total } = await this.members.list(database, id, readPage(query, listOptions));
    return { members: members.map(shown), total, project_id: jsonProjectId(id) };
  }

  /** Adds a member, named by e-mail address or user id, or changes their role. */
  @Put()
  async set(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Body() wanted: SetMemberDto,
    @CurrentUser() caller: Caller,
  ): Promise<MemberDto> {
    return shown(await this.members.set(database, id, await this.#userOf(wanted), wanted.role, caller));
  }

  /** Adds a member or changes their role. */
  @Put(':userId')
  async setById(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Param('userId', CatalogueIdPipe) userId: number,
    @Body() { role }: SetMemberRoleDto,
    @CurrentUser() caller: Caller,
  ): Promise<MemberDto> {
    return shown(await this.members.set(database, id, await this.users.get(userId), role, caller));
  }

  /** Takes somebody out of the project, at once. */
  @Delete(':userId')
  async remove(
    @DatabaseName() database: string,
    @Param('id') id: string,
    @Param('userId', CatalogueIdPipe) userId: number,
    @CurrentUser() caller: Caller,
  ): Promise<DoneDto> {
    await this.members.remove(database, id, userId, caller);
    return done('The member is removed.');
  }

  async #userOf({ email, user_id }: SetMemberDto): Promise<User> {
    if (user_id !== undefined && email === undefined) return this.users.get(user_id);
    if (email === undefined || user_id !== undefined) {
      throw badInput([{ field: 'email', message: 'give either email or user_id' }]);
    }
    const user = await this.users.findByEmail(email);
    if (!user) throw new DomainError('not-found', 'No user has this e-mail address.');
    return user;
  }
}

function shown({ user, role }: Member): MemberDto {
  return { user_id: user.id, email: user.email, name: user.name, role };
}
