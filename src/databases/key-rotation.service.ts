import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../audit/audit.types.js';
import { Registration } from './registration.entity.js';
import { addressOf, sealedAddress } from './secrets/connection-data.js';
import { KeyRing } from './secrets/key-ring.service.js';
import { SecretVault } from './secrets/vault.service.js';

export interface KeyRotation {
  /** How many databases have their connection data under the present key since now. */
  resealed: number;
  keyId: string;
}

/** Replaces the key of the connection data. */
@Injectable()
export class KeyRotationService {
  constructor(
    @InjectRepository(Registration) private readonly rows: Repository<Registration>,
    private readonly ring: KeyRing,
    private readonly vault: SecretVault,
    private readonly audit: AuditService,
  ) {}

  /**
   * Seals all connection data, and what the vault keeps, with a fresh key, or with HOLDFAST_SECRET_KEY when it is set, and
   * forgets the old one last, so that it can be repeated when it was interrupted. Throws DomainError `database-unreachable`,
   * `conflict` when something was sealed with a key that we have not; then no key is forgotten.
   */
  rotate(by: Actor): Promise<KeyRotation> {
    return this.audit.guard({ by, action: 'rotate-key' }, async () => {
      if (this.ring.isOurs) await this.ring.addFresh();
      const { id: keyId } = await this.ring.present();
      let resealed = 0;
      for (;;) {
        const rows = await this.rows.findBy({ keyId: Not(keyId) });
        if (rows.length === 0) break;
        for (const row of rows) resealed += await this.#reseal(row);
      }
      await this.vault.reseal(keyId);
      await this.ring.forgetOld();
      return { resealed, keyId };
    });
  }

  /** Whoever changed it meanwhile has sealed it with some key; the next round sees with which. */
  async #reseal(row: Registration): Promise<number> {
    const sealed = await sealedAddress(row.id, await addressOf(row, this.ring), this.ring);
    const { id, version, keyId } = row;
    const { affected } = await this.rows.update({ id, version, keyId }, sealed);
    return affected ?? 0;
  }
}
