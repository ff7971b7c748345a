import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, Repository } from 'typeorm';
import { DomainError } from '../../common/errors.js';
import { KeyRing } from './key-ring.service.js';
import { keyIdOf } from './sealed-value.js';
import { SealedValue } from './sealed-value.entity.js';

/** Secrets of others in the catalogue, encrypted under the same keys as connection data, and replaced with them. */
@Injectable()
export class SecretVault {
  constructor(
    @InjectRepository(SealedValue) private readonly values: Repository<SealedValue>,
    private readonly ring: KeyRing,
  ) {}

  /** Keeps it under the id of what it belongs to, in place of what was there. */
  async put(id: string, plain: string): Promise<void> {
    const value = await this.ring.seal(plain, id);
    await this.values.save({ id, value, keyId: keyIdOf(value) ?? '' });
  }

  /** Throws DomainError `conflict` when there is none, or when no key of ours opens it. */
  async open(id: string): Promise<string> {
    const row = await this.values.findOneBy({ id });
    try {
      if (row) return await this.ring.open(row.value, id);
    } catch (error) {
      throw unopened(error);
    }
    throw unopened();
  }

  async remove(id: string): Promise<void> {
    await this.values.delete({ id });
  }

  /** Seals with the present key what is not yet. Throws as `open`; then the key that is missing must not be forgotten. */
  async reseal(presentKeyId: string): Promise<void> {
    for (;;) {
      const rows = await this.values.findBy({ keyId: Not(presentKeyId) });
      if (rows.length === 0) return;
      for (const { id, value, keyId } of rows) {
        const fresh = await this.ring.seal(await this.open(id), id);
        // Whoever has replaced it meanwhile has sealed it with some key; the next round sees with which.
        await this.values.update({ id, value, keyId }, { value: fresh, keyId: keyIdOf(fresh) ?? '' });
      }
    }
  }
}

function unopened(cause?: unknown): DomainError {
  return new DomainError(
    'conflict',
    'It was encrypted with a key that the service does not have. Give it that key (HOLDFAST_SECRET_KEY, or the file secret-key ' +
      'in HOLDFAST_DATA_DIR), or enter it again.',
    { cause },
  );
}
