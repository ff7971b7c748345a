import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * One entry, as it stands in the catalogue. Its properties have the names that are hashed and shown, and nothing is
 * transformed on reading: a verification must be able to read what somebody has tampered with.
 */
@Entity('audit_entries')
export class AuditEntry {
  @PrimaryColumn({ type: 'integer' })
  seq!: number;

  /** ISO 8601, UTC, milliseconds. */
  @Column({ type: 'varchar' })
  at!: string;

  @Column({ type: 'integer', nullable: true })
  actor_id!: number | null;

  @Column({ type: 'varchar' })
  actor_name!: string;

  @Column({ type: 'varchar' })
  actor_via!: string;

  /** The API token that was used. */
  @Column({ type: 'integer', nullable: true })
  actor_token!: number | null;

  @Column({ type: 'varchar', nullable: true })
  address!: string | null;

  @Column({ type: 'varchar', nullable: true })
  request_id!: string | null;

  @Column({ type: 'varchar' })
  action!: string;

  @Column({ name: 'database_name', type: 'varchar', nullable: true })
  database!: string | null;

  @Column({ type: 'varchar', nullable: true })
  project_id!: string | null;

  @Column({ type: 'varchar', nullable: true })
  subject!: string | null;

  @Column({ type: 'varchar' })
  outcome!: string;

  @Column({ type: 'varchar', nullable: true })
  error_code!: string | null;

  /** JSON text. */
  @Column({ type: 'text' })
  details!: string;

  @Column({ type: 'varchar' })
  prev_hash!: string;

  @Column({ type: 'varchar' })
  hash!: string;
}
