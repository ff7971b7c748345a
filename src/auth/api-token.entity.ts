import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { instant } from '../persistence/columns.js';
import type { UserRole } from './auth.types.js';

@Entity('api_tokens')
export class ApiToken {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column({ name: 'user_id', type: 'integer' })
  userId!: number;

  @Column({ type: 'varchar', length: 190 })
  name!: string;

  /** The most that the token may; its owner's role of today counts too. */
  @Column({ type: 'varchar', length: 16 })
  role!: UserRole;

  /** SHA-256 in hexadecimal. The token is 256 random bits, so a fast hash is enough. */
  @Column({ name: 'token_hash', type: 'varchar', length: 64, select: false })
  tokenHash!: string;

  @Column({ name: 'created_at', ...instant })
  createdAt!: Date;

  @Column({ name: 'expires_at', ...instant, nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'last_used_at', ...instant, nullable: true })
  lastUsedAt!: Date | null;
}
