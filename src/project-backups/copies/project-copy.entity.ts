import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant, json } from '../../persistence/columns.js';
import type { IdFunction } from '../../project-scope/project-scope.types.js';

/** A project that was made of a backup of another one. */
@Entity('project_copies')
export class ProjectCopyEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  seq!: number;

  @Column({ type: 'varchar' })
  id!: string;

  @Column({ name: 'database_name', type: 'varchar' })
  database!: string;

  /** The original's. */
  @Column({ name: 'project_id', type: 'varchar' })
  projectId!: string;

  @Column({ name: 'backup_id', type: 'varchar' })
  backupId!: string;

  @Column({ name: 'backup_filename', type: 'varchar' })
  backupFilename!: string;

  @Column({ name: 'new_project_id', type: 'varchar' })
  newProjectId!: string;

  @Column({ name: 'new_project_name', type: 'text', nullable: true })
  newProjectName!: string | null;

  @Column(json)
  functions!: IdFunction[];

  /** What random ids were made with. */
  @Column({ type: 'varchar' })
  secret!: string;

  @Column({ name: 'created_by', type: 'integer', nullable: true })
  createdBy!: number | null;

  @Column({ name: 'created_by_name', type: 'text', nullable: true })
  createdByName!: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  /** Null while it is being made, and after the process died until the next work on the database: see CopyRecovery. */
  @Column({ name: 'finished_at', ...instant, nullable: true })
  finishedAt!: Date | null;
}
