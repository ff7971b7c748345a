import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant, json } from '../persistence/columns.js';
import type { SurveyedTable } from '../project-scope/project-scope.types.js';

/** A scope plan that somebody has looked at and accepted. The newest of a database counts. */
@Entity('accepted_scopes')
export class AcceptedScope {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ name: 'database_name', type: 'varchar' })
  databaseName!: string;

  @Column({ type: 'varchar' })
  digest!: string;

  /** All tables of the database at that time. */
  @Column(json)
  tables!: SurveyedTable[];

  /** Null when it was no user. */
  @Column({ name: 'accepted_by', type: 'integer', nullable: true })
  acceptedBy!: number | null;

  @Column({ name: 'accepted_by_name', type: 'varchar' })
  acceptedByName!: string;

  @Column({ name: 'accepted_at', ...instant })
  acceptedAt!: Date;
}
