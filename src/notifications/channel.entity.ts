import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant, json } from '../persistence/columns.js';
import type { ChannelKind, EventType } from './notifications.types.js';

/** Who is told of what. Where it leads is in the vault, under `id`. */
@Entity('notification_channels')
export class Channel {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  /** Of the registration: a name that is given anew inherits no channels. */
  @Column({ name: 'database_id', type: 'varchar' })
  databaseId!: string;

  /** Empty for the whole database. */
  @Column({ name: 'project_id', type: 'varchar' })
  projectId!: string;

  /** Whether one of the whole database also hears of each of its projects. */
  @Column({ name: 'include_projects', type: 'integer' })
  includeProjects!: number;

  @Column({ type: 'varchar' })
  kind!: ChannelKind;

  @Column({ type: 'varchar', nullable: true })
  label!: string | null;

  @Column({ ...json })
  events!: EventType[];

  /** What may be shown of where it leads: the host of a URL, how many addresses. */
  @Column({ type: 'varchar' })
  place!: string;

  @Column({ type: 'integer' })
  active!: number;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ name: 'created_by_name', type: 'varchar', nullable: true })
  createdByName!: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'updated_at', ...instant })
  updatedAt!: Date;
}
