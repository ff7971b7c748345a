import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ProjectRole } from '../auth/auth.types.js';
import { instant } from '../persistence/columns.js';

@Entity('project_members')
export class ProjectMember {
  /**
   * `default`, or the id of the registration: a name may be registered anew for another database, whose projects are not
   * those of this one.
   */
  @PrimaryColumn({ name: 'database_name', type: 'varchar', length: 64 })
  databaseId!: string;

  @PrimaryColumn({ name: 'project_id', type: 'varchar', length: 190 })
  projectId!: string;

  @PrimaryColumn({ name: 'user_id', type: 'integer' })
  userId!: number;

  @Column({ type: 'varchar', length: 16 })
  role!: ProjectRole;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;
}
