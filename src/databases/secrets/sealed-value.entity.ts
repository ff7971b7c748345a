import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A secret that belongs to something else in the catalogue, by that one's id. */
@Entity('sealed_values')
export class SealedValue {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** Sealed for `id` (sealed-value.ts). */
  @Column({ type: 'text' })
  value!: string;

  /** The key that opens it. */
  @Column({ name: 'key_id', type: 'varchar' })
  keyId!: string;
}
