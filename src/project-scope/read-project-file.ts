import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { splitLines } from './lines.js';
import {
  damagedFile,
  parseLine,
  type ProjectFileHeader,
  type ProjectFileTable,
  unknownVersion,
} from './project-file.js';
import { type UpConversion, upConversion } from './versions/up-converters.js';
import type { JsonObject } from './versions/versions.types.js';

const openBracket = 0x5b;

/**
 * Reads a project file from its beginning to its end, once, in the layout in which Holdfast writes it. Memory does not
 * grow with the file. A file of an older version is read as the present one would be. Everything throws DomainError
 * `artefact-damaged` with the place, and `artefact-unfit` for a file of a later version.
 */
export class ProjectFileReader {
  readonly #lines: AsyncIterator<Buffer>;
  readonly #hash = createHash('sha256');
  #number = 0;
  #conversion: UpConversion | null = null;

  /** `longestLine`: in bytes; more than any row can be if left out. */
  constructor(stream: Readable, longestLine?: number) {
    this.#lines = splitLines(stream, longestLine)[Symbol.asyncIterator]();
  }

  async header(): Promise<ProjectFileHeader> {
    const header = parseLine<JsonObject>(await this.#text(), '}', 'line 1');
    const { format, backup_version: version } = header;
    if (format !== 'holdfast-project') throw damagedFile('it is not a project backup');
    this.#conversion = typeof version === 'string' ? upConversion(version) : null;
    if (!this.#conversion) throw unknownVersion(version);
    await this.#expect('"tables":[');
    return this.#conversion.header(header) as unknown as ProjectFileHeader;
  }

  /** The next table's head, or null after the last one. */
  async nextTable(): Promise<ProjectFileTable | null> {
    const line = await this.#text();
    if (line === '],') return null;
    if (!line.endsWith(',"rows":[')) throw damagedFile(`line ${this.#number} is not the head of a table`);
    const head = parseLine<JsonObject>(line, ']}', `line ${this.#number}`);
    return asHead(this.#conversion?.table(head) ?? head);
  }

  /** The next row of the present table as its JSON text, or null after its last row. */
  async nextRow(): Promise<string | null> {
    const line = await this.#take();
    if (line[0] === openBracket) {
      const comma = line.at(-1) === 0x2c;
      const row = line.toString('utf8', 0, comma ? line.length - 1 : line.length);
      return this.#conversion?.row ? this.#conversion.row(row) : row;
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

/** Also of a table that is only passed over: the fingerprint is over the columns of all. */
function asHead(head: JsonObject): ProjectFileTable {
  const { name, columns, types } = head;
  const isList = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((item) => typeof item === 'string');
  if (
    typeof name === 'string' &&
    isList(columns) &&
    isList(types) &&
    new Set(columns).size === columns.length
  ) {
    return head as unknown as ProjectFileTable;
  }
  throw damagedFile('the head of a table does not list its columns');
}
