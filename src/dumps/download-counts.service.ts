import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { DumpRecords } from '../catalog/dump-records.service.js';
import { Clock } from '../common/clock.js';

const writeAfterMs = 1000;

interface Count {
  downloads: number;
  bytes: number;
}

/** Counts downloads, and writes the counts down a second later: many small requests make few statements. */
@Injectable()
export class DownloadCounts implements BeforeApplicationShutdown {
  readonly #log = new Logger('dumps');
  #counts = new Map<number, Count>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly records: DumpRecords,
    private readonly clock: Clock,
  ) {}

  add(dumpId: number, { downloads, bytes }: Count): void {
    const count = this.#counts.get(dumpId) ?? { downloads: 0, bytes: 0 };
    this.#counts.set(dumpId, { downloads: count.downloads + downloads, bytes: count.bytes + bytes });
    this.#timer ??= setTimeout(() => void this.#write(), writeAfterMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#write();
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    const counts = this.#counts;
    this.#counts = new Map();
    for (const [id, count] of counts) {
      try {
        await this.records.count(id, count.downloads, count.bytes, this.clock.now());
      } catch (error) {
        this.#log.warn({ msg: 'downloads could not be counted yet', dump: id, err: error });
        this.add(id, count);
      }
    }
  }
}
