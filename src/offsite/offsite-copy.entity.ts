import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import type { BackupFault } from '../catalog/catalog.types.js';
import { byteCount, instant, json } from '../persistence/columns.js';
import type { CopyState } from './offsite.types.js';

/** The copy of one backup in one place, from the moment in which it is due. */
@Entity('offsite_copies')
export class OffsiteCopy {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ name: 'backup_id', type: 'varchar' })
  backupId!: string;

  /** The place's location, which names it; a place that is configured no more keeps its rows. */
  @Column({ type: 'varchar' })
  place!: string;

  /** The backup's, under which the manifest stands in the place, too. */
  @Column({ type: 'varchar' })
  path!: string;

  @Column({ name: 'object_key', type: 'varchar' })
  key!: string;

  @Column({ type: 'varchar' })
  state!: CopyState;

  /** How often it was tried since it last succeeded. */
  @Column({ type: 'integer' })
  attempts!: number;

  /** When it may be tried again by itself; null: nothing is to be done. */
  @Column({ name: 'due_at', ...instant, nullable: true })
  dueAt!: Date | null;

  /** Until then somebody has it to himself. */
  @Column({ name: 'claimed_until', ...instant, nullable: true })
  claimedUntil!: Date | null;

  /** Of what stands in the place: encrypted, if it is. */
  @Column({ ...byteCount, nullable: true })
  size!: number | null;

  @Column({ type: 'varchar', nullable: true })
  sha256!: string | null;

  /** Public keys that it was encrypted for; null: as it is in the backup folder. */
  @Column({ ...json, nullable: true })
  recipients!: string[] | null;

  @Column({ type: 'text', nullable: true })
  url!: string | null;

  /** Why the last try failed, or what was found wrong. */
  @Column({ ...json, nullable: true })
  error!: BackupFault | null;

  @Column({ name: 'made_at', ...instant, nullable: true })
  madeAt!: Date | null;

  /** When it was last seen there, whole as far as a look tells. */
  @Column({ name: 'checked_at', ...instant, nullable: true })
  checkedAt!: Date | null;

  /** When somebody should look whether it is still there. */
  @Column({ name: 'look_at', ...instant, nullable: true })
  lookAt!: Date | null;

  /** 1: the place was told that nobody may remove it. */
  @Column({ type: 'integer', default: 0 })
  held!: number;
}
