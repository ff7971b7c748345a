import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant } from './columns.js';

/** A process that works with this catalogue, on whatever machine, while it lives. */
@Entity('processes')
export class ProcessEntity {
  /** As OwnerService has it. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** service, worker or command */
  @Column({ type: 'varchar' })
  purpose!: string;

  @Column({ type: 'varchar' })
  host!: string;

  /** Grows while the process lives. */
  @Column({ type: 'integer' })
  beat!: number;

  @Column({ name: 'started_at', ...instant })
  startedAt!: Date;
}
