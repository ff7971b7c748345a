import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsOrder, type FindOptionsWhere, IsNull, Not, Repository } from 'typeorm';
import { DomainError } from '../common/errors.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import { DumpEntity } from './dump.entity.js';

export interface DumpPage {
  offset: number;
  limit: number;
  sort: 'createdAt' | 'updatedAt' | 'id' | 'path';
  descending: boolean;
}

/** Which files are published; the only writer of those rows. They stand here because the backup of one must stay. */
@Injectable()
export class DumpRecords {
  constructor(@InjectRepository(DumpEntity) private readonly dumps: Repository<DumpEntity>) {}

  list(where: FindOptionsWhere<DumpEntity>, page: DumpPage): Promise<[DumpEntity[], number]> {
    const direction = page.descending ? 'DESC' : 'ASC';
    const order: FindOptionsOrder<DumpEntity> = { [page.sort]: direction, id: direction };
    return this.dumps.findAndCount({ where, order, skip: page.offset, take: page.limit });
  }

  find(id: number): Promise<DumpEntity | null> {
    return this.dumps.findOneBy({ id });
  }

  /** Throws DomainError `not-found`. */
  async get(id: number): Promise<DumpEntity> {
    const found = await this.find(id);
    if (found) return found;
    throw new DomainError(
      'not-found',
      'There is no such dump. The list of dumps (GET /api/admin/dump) has their ids.',
    );
  }

  /** Public ones of a database and of no single project, newest first. */
  newestPublic(databaseId: string, most: number): Promise<DumpEntity[]> {
    const where = { databaseId, projectId: IsNull(), public: 1 };
    return this.dumps.find({ where, order: { createdAt: 'DESC', id: 'DESC' }, take: most });
  }

  /** Throws DomainError `conflict` when the file is a dump already. */
  async add(dump: Omit<DumpEntity, 'id'>): Promise<DumpEntity> {
    const row = this.dumps.create(dump);
    try {
      await this.dumps.insert(row);
      return row;
    } catch (error) {
      throw isUniqueViolation(error) ? await this.#taken(dump.path, error) : error;
    }
  }

  async #taken(path: string, cause: unknown): Promise<DomainError> {
    const other = await this.dumps.findOneBy({ path });
    const which = other ? `dump ${other.id}` : 'a dump';
    const detail = `This file is ${which} already. Change that one (PUT /api/admin/dump/${other?.id ?? ':id'}).`;
    return new DomainError('conflict', detail, { cause });
  }

  async change(dump: DumpEntity, facts: Partial<DumpEntity>): Promise<DumpEntity> {
    await this.dumps.update({ id: dump.id }, facts as object);
    return Object.assign(dump, facts);
  }

  async remove({ id }: Pick<DumpEntity, 'id'>): Promise<void> {
    await this.dumps.delete({ id });
  }

  /** Adds to what is counted, in one statement: several processes count. */
  async count(id: number, downloads: number, bytes: number, at: Date): Promise<void> {
    await this.dumps
      .createQueryBuilder()
      .update()
      .set({
        downloads: () => `downloads + ${Math.trunc(downloads)}`,
        bytesSent: () => `bytes_sent + ${Math.trunc(bytes)}`,
        lastDownloadedAt: at,
      })
      .where({ id })
      .execute();
  }

  /** Why a backup must stay, and what to do, as a sentence; null when it may go. */
  async whyKept(backupId: string): Promise<string | null> {
    const dump = await this.dumps.findOneBy({ backupId });
    if (!dump) return null;
    const record = `DELETE /api/admin/dump/${dump.id}`;
    return `This backup is dump ${dump.id}, which is kept for download. Delete that record first (${record}).`;
  }

  async backupIds(): Promise<string[]> {
    const rows = await this.dumps.find({ select: { backupId: true }, where: { backupId: Not(IsNull()) } });
    return rows.flatMap(({ backupId }) => backupId ?? []);
  }
}
