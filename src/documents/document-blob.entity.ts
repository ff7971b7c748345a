import { Column, Entity, PrimaryColumn } from 'typeorm';
import { byteCount, instant } from '../persistence/columns.js';

/** The content of documents that was read and found right; a hint that saves reading, never the truth about the file. */
@Entity('document_blobs')
export class DocumentBlobEntity {
  @PrimaryColumn({ type: 'varchar' })
  sha256!: string;

  @Column({ ...byteCount })
  bytes!: number;

  /** When the file had last been modified, in ms since 1970. */
  @Column({ name: 'modified_ms', ...byteCount })
  modifiedMs!: number;

  @Column({ name: 'verified_at', ...instant })
  verifiedAt!: Date;
}
