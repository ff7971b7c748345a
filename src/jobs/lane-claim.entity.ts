import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Whose turn it is on a database, among all processes. */
@Entity('job_lanes')
export class LaneClaim {
  /** The database's name. */
  @PrimaryColumn({ type: 'varchar' })
  lane!: string;

  @Column({ name: 'job_id', type: 'varchar' })
  jobId!: string;

  /** The process that runs it; see OwnerService. */
  @Column({ type: 'varchar' })
  owner!: string;
}
