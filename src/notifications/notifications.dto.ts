import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsOptional,
  IsString,
  Length,
  MaxLength,
} from 'class-validator';
import { Omittable } from '../common/http/validation.js';
import { channelKinds, eventTypes } from './notifications.types.js';

export class ChangeNotificationDto {
  /** what it is called by people */
  @IsOptional()
  @IsString()
  @MaxLength(190)
  label?: string | null;

  /** What it tells of; all but backup.succeeded if left out. A heartbeat has none. */
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(eventTypes, { each: true })
  events?: (typeof eventTypes)[number][];

  /** Whether one of the whole database tells of its projects, too; not if left out. */
  @Omittable()
  @IsBoolean()
  include_projects?: boolean;

  @Omittable()
  @IsBoolean()
  active?: boolean;

  /** Of a webhook or a heartbeat: https://..., or http://localhost. Kept encrypted, as it may hold a token. */
  @Omittable()
  @IsString()
  @Length(1, 2000)
  url?: string;

  /** Of a heartbeat; GET if left out. */
  @Omittable()
  @IsIn(['GET', 'POST'])
  method?: 'GET' | 'POST';

  /** Of an e-mail: who gets it. */
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsEmail({}, { each: true })
  to?: string[];

  /** Gives a webhook another secret, which the answer tells once; the old one ends at once. */
  @Omittable()
  @IsBoolean()
  new_secret?: boolean;
}

export class MakeNotificationDto extends ChangeNotificationDto {
  /** heartbeat: a URL that is called after each success */
  @IsIn(channelKinds)
  kind!: (typeof channelKinds)[number];

  /** Of one project; of the whole database if left out. */
  @Omittable()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? String(value) : value))
  @IsString()
  project_id?: string;
}

export class LastDeliveryDto {
  event!: string;
  /** pending: it will be tried again; sent; given-up */
  status!: string;
  attempts!: number;
  /** why the last try failed */
  error!: string | null;
  created_at!: string;
}

export class NotificationDto {
  id!: string;
  kind!: string;
  project_id!: number | string | null;
  label!: string | null;
  events!: string[];
  include_projects!: boolean;
  active!: boolean;
  /** the host of its URL, or how many addresses it has */
  place!: string;
  /** for superadmins only: it may hold a token */
  url?: string;
  method?: string;
  to?: string[];
  created_by_name!: string | null;
  created_at!: string;
  updated_at!: string;
  /** the newest that was tried; null when there was none within a month */
  last_delivery!: LastDeliveryDto | null;
  /** what is wrong with it, as sentences */
  problems!: string[];
}

export class NotificationListDto {
  notifications!: NotificationDto[];
  total!: number;
}

export class OneNotificationDto {
  notification!: NotificationDto;
  /** Of a webhook, when it is new: told this once. It checks the signatures (docs/operations.md). */
  secret?: string;
}

export class NotificationTestDto {
  /** whether it was taken */
  success!: boolean;
  message!: string;
}
