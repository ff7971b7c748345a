import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { DumpEntity } from '../catalog/dump.entity.js';
import { DumpRecords } from '../catalog/dump-records.service.js';
import { DomainError, isDomainError } from '../common/errors.js';
import { clientAddress } from '../common/http/client-address.js';
import { sendContent } from '../common/http/send-content.js';
import { DatabasesService } from '../databases/databases.service.js';
import type { OpenedFile } from '../storage/storage.types.js';
import { DownloadCounts } from './download-counts.service.js';
import { DownloadLimits } from './download-limits.service.js';
import { DumpFiles } from './dump-files.service.js';

/** How many dumps are tried when the files of the newest are gone. */
const mostTried = 10;

/** A connection on which nothing moves for so long is closed: each holds a file open. */
const idleMs = 120_000;

/** What everybody may have. */
@Injectable()
export class PublicDumps {
  constructor(
    private readonly records: DumpRecords,
    private readonly files: DumpFiles,
    private readonly databases: DatabasesService,
    private readonly limits: DownloadLimits,
    private readonly counts: DownloadCounts,
  ) {}

  /** The newest public dump of a database whose file is there. Throws DomainError `not-found`, `rate-limited`. */
  async latest(database: string, request: Request): Promise<DumpEntity> {
    await this.limits.request(clientAddress(request));
    const id = this.databases.idOf(database);
    const dumps = id === null ? [] : await this.records.newestPublic(id, mostTried);
    for (const dump of dumps) {
      if (['present', 'unchecked'].includes(await this.files.stateOf(dump))) return dump;
    }
    throw notPublic();
  }

  /** Sends a public dump. Throws DomainError `not-found`, the same for one that is not public; `rate-limited`. */
  async send(id: number, request: Request, response: Response): Promise<void> {
    const address = clientAddress(request);
    await this.limits.request(address);
    const dump = await this.records.find(id);
    if (dump?.public !== 1) throw notPublic();
    await this.limits.during(address, async (through) => {
      const file = await this.#open(dump);
      try {
        // It may be taken back: who keeps a copy has to ask, each time, whether it is still to be had.
        response.setHeader('Cache-Control', 'public, no-cache');
        response.setHeader('X-Checksum-Sha256', dump.sha256);
        response.setTimeout(idleMs, () => {
          if (!through.isWaiting) response.destroy();
        });
        const filename = dump.path.split('/').at(-1) ?? dump.path;
        const { bytes, modifiedAt, read } = file;
        const content = { filename, sha256: dump.sha256, bytes, modifiedAt, read };
        const sent = await sendContent(request, response, content, through);
        if (sent) {
          const isWhole = sent.isComplete && sent.end === bytes - 1;
          this.counts.add(id, { downloads: Number(isWhole), bytes: sent.bytes });
        }
      } finally {
        await file.close();
      }
    });
  }

  async #open(dump: DumpEntity): Promise<OpenedFile> {
    try {
      return await this.files.open(dump);
    } catch (error) {
      // Why is for administrators, who see the state of each dump.
      throw isDomainError(error) && error.code === 'not-found' ? notPublic(error) : error;
    }
  }
}

function notPublic(cause?: unknown): DomainError {
  return new DomainError('not-found', 'There is no public dump here.', { cause });
}
