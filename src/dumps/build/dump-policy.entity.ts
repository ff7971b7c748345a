import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant, json } from '../../persistence/columns.js';
import type { DumpPolicy } from './dump-policy.js';

/** What of a database may be in its public dumps. */
@Entity('dump_policies')
export class DumpPolicyEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number;

  /** A database that is registered again under the same name is another one. */
  @Column({ name: 'database_id', type: 'varchar' })
  databaseId!: string;

  @Column({ ...json })
  policy!: DumpPolicy;

  @Column({ name: 'updated_by_name', type: 'varchar' })
  updatedByName!: string;

  @Column({ name: 'updated_at', ...instant })
  updatedAt!: Date;
}
