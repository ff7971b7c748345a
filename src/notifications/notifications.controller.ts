import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentUser, Roles } from '../auth/auth.decorators.js';
import type { Caller } from '../auth/auth.types.js';
import { done, DoneDto } from '../common/http/done.dto.js';
import { ApiPaged, PageQuery, readPage } from '../common/http/page.dto.js';
import { ChannelsService } from './channels.service.js';
import { Courier } from './courier.service.js';
import {
  ChangeNotificationDto,
  MakeNotificationDto,
  NotificationListDto,
  NotificationTestDto,
  OneNotificationDto,
} from './notifications.dto.js';
import { NotificationsPresenter } from './notifications.presenter.js';

const lists = { sort: ['created_at'], filter: [] } as const;

@ApiTags('notifications')
@Controller('api/databases/:db/notifications')
@Roles('admin')
export class NotificationsController {
  constructor(
    private readonly channels: ChannelsService,
    private readonly courier: Courier,
    private readonly present: NotificationsPresenter,
  ) {}

  /** Makes a webhook, an e-mail or a heartbeat. The answer tells the secret of a webhook, once. */
  @Post()
  async make(
    @Param('db') database: string,
    @Body() { kind, project_id, ...body }: MakeNotificationDto,
    @CurrentUser() caller: Caller,
  ): Promise<OneNotificationDto> {
    const { settings, target } = sorted(body);
    const made = await this.channels.make(
      database,
      { kind, projectId: project_id ?? null, settings, target },
      caller,
    );
    return this.present.changed(made, caller);
  }

  /** Who is told of what happens to the database and its projects. */
  @Get()
  @ApiPaged(lists)
  async list(
    @Param('db') database: string,
    @Query() query: PageQuery,
    @CurrentUser() caller: Caller,
  ): Promise<NotificationListDto> {
    const [channels, total] = await this.channels.list(database, readPage(query, lists));
    const shown = channels.map((channel) => this.present.channel(channel, caller));
    return { notifications: await Promise.all(shown), total };
  }

  /** One of them. */
  @Get(':id')
  async get(
    @Param('db') database: string,
    @Param('id') id: string,
    @CurrentUser() caller: Caller,
  ): Promise<OneNotificationDto> {
    return { notification: await this.present.channel(await this.channels.get(database, id), caller) };
  }

  /** Changes what is given. */
  @Patch(':id')
  async change(
    @Param('db') database: string,
    @Param('id') id: string,
    @Body() body: ChangeNotificationDto,
    @CurrentUser() caller: Caller,
  ): Promise<OneNotificationDto> {
    return this.present.changed(await this.channels.change(database, id, sorted(body), caller), caller);
  }

  /** Nobody is told there any more, also not of what had happened before. */
  @Delete(':id')
  async remove(
    @Param('db') database: string,
    @Param('id') id: string,
    @CurrentUser() caller: Caller,
  ): Promise<DoneDto> {
    await this.channels.remove(database, id, caller);
    return done('The notification is removed.');
  }

  /** Sends a test, and tells whether it was taken. */
  @Post(':id/test')
  @HttpCode(200)
  async test(@Param('db') database: string, @Param('id') id: string): Promise<NotificationTestDto> {
    return this.present.test(await this.courier.test(database, id));
  }
}

function sorted({ url, method, to, new_secret = false, ...settings }: ChangeNotificationDto) {
  return { settings, target: { url, method, to }, newSecret: new_secret };
}
