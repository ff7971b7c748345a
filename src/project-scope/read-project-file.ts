import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { splitLines } from './lines.js';
import { damagedFile, parseLine, type ProjectFileHeader, type ProjectFileTable } from './project-file.js';

const openBracket = 0x5b;

/**
 * Reads a project file from its beginning to its end, once, in the layout in which Holdfast writes it. Memory does not
 * grow with the file. Everything throws DomainError `artefact-damaged` with the place.
 */
export class ProjectFileReader {
  readonly #lines: AsyncIterator<Buffer>;
  readonly #hash = createHash('sha256');
  #number = 0;

  /** `longestLine`: in bytes; more than any row can be if left out. */
  constructor(stream: Readable, longestLine?: number) {
    this.#lines = splitLines(stream, longestLine)[Symbol.asyncIterator]();
  }

  async header(): Promise<ProjectFileHeader> {
    const header = parseLine<Partial<ProjectFileHeader>>(await this.#text(), '}', 'line 1');
    if (header.format !== 'holdfast-project') throw damagedFile('it is not a project backup');
    if (header.backup_version !== '1.0') {
      throw damagedFile(
        `its version "${String(header.backup_version)}" is not known to this version of Holdfast`,
      );
    }
    await this.#expect('"tables":[');
    return header as ProjectFileHeader;
  }

  /** The next table's head, or null after the last one. */
  async nextTable(): Promise<ProjectFileTable | null> {
    const line = await this.#text();
    if (line === '],') return null;
    if (!line.endsWith(',"rows":[')) throw damagedFile(`line ${this.#number} is not the head of a table`);
    return parseLine<ProjectFileTable>(line, ']}', `line ${this.#number}`);
  }

  /** The next row of the present table as its JSON text, or null after its last row. */
  async nextRow(): Promise<string | null> {
    const line = await this.#take();
    if (line[0] === openBracket) {
      const comma = line.at(-1) === 0x2c;
      return line.toString('utf8', 0, comma ? line.length - 1 : line.length);
    }
    const text = line.toString('utf8');
    if (text !== ']}' && text !== ']},') throw damagedFile(`line ${this.#number} is not a row`);
    return null;
  }

  /** Totals and digest; call after the last table. Returns rows by table. */
  async end(): Promise<Record<string, number>> {
    const totals = parseLine<{ totals?: Record<string, number> }>(
      `{${await this.#text()}`,
      '}',
      'the totals',
    ).totals;
    const digest = this.#hash.digest('hex');
    const last = await this.#next();
    if (last?.toString('utf8') !== `"digest":"sha256:${digest}"}`) throw damagedFile('its digest is wrong');
    if ((await this.#next()) !== null) throw damagedFile('something follows its end');
    if (!totals) throw damagedFile('it has no totals');
    return totals;
  }

  /** Ends the reading early and closes the file. */
  async close(): Promise<void> {
    await this.#lines.return?.();
  }

  async #expect(text: string): Promise<void> {
    if ((await this.#text()) !== text) throw damagedFile(`line ${this.#number} is not what it should be`);
  }

  async #text(): Promise<string> {
    return (await this.#take()).toString('utf8');
  }

  /** The next line, counted into the digest. */
  async #take(): Promise<Buffer> {
    const line = await this.#next();
    if (!line) throw damagedFile('it ends too early');
    this.#hash.update(line).update('\n');
    return line;
  }

  async #next(): Promise<Buffer | null> {
    const { done, value } = await this.#lines.next();
    this.#number += 1;
    return done ? null : value;
  }
}
