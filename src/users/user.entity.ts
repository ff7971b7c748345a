import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant } from '../persistence/columns.js';
import type { UserRole } from './users.types.js';

@Entity('users')
export class User {
  @PrimaryGeneratedColumn()
  id!: number;

  /** In lower case: e-mail addresses compare without regard to case. */
  @Column({ type: 'varchar', length: 190 })
  email!: string;

  @Column({ type: 'varchar', length: 190 })
  name!: string;

  /** Read only where a password is checked, so that no other query can leak it. */
  @Column({ name: 'password_hash', type: 'varchar', length: 255, nullable: true, select: false })
  passwordHash!: string | null;

  @Column({ type: 'varchar', length: 16 })
  role!: UserRole;

  /** `<issuer>|<sub>` of the host application's tokens. */
  @Column({ name: 'external_subject', type: 'varchar', length: 255, nullable: true })
  externalSubject!: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'updated_at', ...instant })
  updatedAt!: Date;
}
