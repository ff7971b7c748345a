import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AnyUser, CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { done, DoneDto } from '../common/http/done.dto.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import {
  ChangeDatabaseDto,
  ConnectionDto,
  DatabaseListDto,
  DatabaseTestDto,
  DiscoveredDto,
  OneDatabaseDto,
  RegisterDatabaseDto,
} from './databases.dto.js';
import { defaultDatabase } from './default-database.js';
import { DatabasesPresenter } from './databases.presenter.js';
import { RegistrationsService } from './registrations.service.js';
import { TargetsService } from './targets.service.js';

const lists = { sort: ['created_at'], filter: [] } as const;

@ApiTags('databases')
@Controller('api/databases')
export class DatabasesController {
  constructor(
    private readonly registrations: RegistrationsService,
    private readonly targets: TargetsService,
    private readonly present: DatabasesPresenter,
  ) {}

  /** Registers a database. The password is kept encrypted and never shown. */
  @Post()
  @Roles('superadmin')
  async register(
    @Body() { name, ...rest }: RegisterDatabaseDto,
    @CurrentUser() caller: Caller,
  ): Promise<OneDatabaseDto> {
    const { connection, settings } = sorted(rest);
    const row = await this.registrations.register(name, connection, settings, caller);
    return { database: await this.present.details(row) };
  }

  /** All databases, the newest first and `default` at the end; without what it takes to connect to them. */
  @Get()
  @AnyUser()
  @ApiPaged(lists)
  async list(@Query() query: PageQuery): Promise<DatabaseListDto> {
    const { offset, limit, descending } = readPage(query, lists);
    const registered = (await this.registrations.list()).map((row) => this.present.registered(row));
    const oldestFirst = [this.present.byDefault(), ...registered];
    const databases = descending ? oldestFirst.reverse() : oldestFirst;
    return { databases: databases.slice(offset, offset + limit), total: databases.length };
  }

  /** Names of all databases of a server, and under which name each is registered. Nothing is kept. */
  @Post('discover')
  @HttpCode(200)
  @Roles('superadmin')
  async discover(@Body() connection: ConnectionDto, @CurrentUser() caller: Caller): Promise<DiscoveredDto> {
    return this.present.discovered(await this.targets.discover(connection, caller));
  }

  /** One database, and where it is; without the password. */
  @Get(':db')
  @Roles('superadmin')
  async get(@Param('db') name: string): Promise<OneDatabaseDto> {
    if (name === defaultDatabase) return { database: this.present.defaultDetails() };
    return { database: await this.present.details(await this.registrations.get(name)) };
  }

  /** Changes what is given. Refused while work on the database runs. */
  @Patch(':db')
  @Roles('superadmin')
  async change(
    @Param('db') name: string,
    @Body() body: ChangeDatabaseDto,
    @CurrentUser() caller: Caller,
  ): Promise<OneDatabaseDto> {
    const { connection, settings } = sorted(body);
    const row = await this.registrations.change(name, connection, settings, caller);
    return { database: await this.present.details(row) };
  }

  /** Forgets the database and how to connect to it. Its backups stay. Refused while work on it runs. */
  @Delete(':db')
  @Roles('superadmin')
  async remove(@Param('db') name: string, @CurrentUser() caller: Caller): Promise<DoneDto> {
    await this.registrations.remove(name, caller);
    return done(
      `The database "${name}" is no longer registered. Its backups are kept, under databases/${name} in the backup folder.`,
    );
  }

  /** Whether a backup would work: the server, its version, the account's privileges, the dump tool. */
  @Post(':db/test')
  @HttpCode(200)
  @Roles('superadmin')
  async test(@Param('db') name: string): Promise<DatabaseTestDto> {
    return this.present.test(await this.targets.test(name));
  }
}

/** Only what was given: a field of a body that is missing is there and undefined. */
function sorted(body: ChangeDatabaseDto) {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  const { project_table, max_backups, max_project_backups, ...connection } = given as ChangeDatabaseDto;
  return { connection, settings: { project_table, max_backups, max_project_backups } };
}
