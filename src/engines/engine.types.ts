import type { Readable } from 'node:stream';
import type { ProjectRows } from './rows.types.js';
import type { ScratchDatabase } from './scratch.types.js';

/**
 * The contract of an engine: what Holdfast needs from a kind of database. An engine knows nothing of HTTP, of the
 * catalogue or of files' names. `test/contract/` runs one suite against every engine.
 */
export interface Engine {
  readonly kind: EngineKind;
  /** Ending of an uncompressed artefact, without the dot: `sql`, `db`. */
  readonly extension: string;
  /** The database's own name, without host, user or password. */
  readonly databaseName: string;

  /** Says what works and what does not. Never throws: what is wrong is in `problems`. */
  probe(): Promise<EngineStatus>;

  /**
   * One writer per target (invariant 5): held in the target itself, so that several processes agree and a dead one
   * lets go. Waits up to `waitMs`, or until `signal` aborts; then its reason is thrown. Throws DomainError
   * `database-busy`, `database-unreachable`.
   */
  lock(waitMs: number, signal?: AbortSignal): Promise<EngineLock>;

  /**
   * Begins a dump. Throws DomainError `database-unreachable`, `dump-tool-missing`, `dump-failed`. Nothing is read
   * before the first part is opened.
   */
  openDump(options: WorkOptions): Promise<Dump>;

  /**
   * Loads an artefact beside the live data and compares it with what its manifest says; live is not touched
   * (invariant 3). Throws DomainError `artefact-damaged`, `artefact-unfit`, `database-unreachable`, `no-space`; then
   * nothing of the staging is left.
   */
  stage(source: RestoreSource, options: WorkOptions): Promise<StagedRestore>;

  /**
   * As `stage`, for a live database that is broken: it need not be readable, and nothing of it will be kept. Throws as
   * `stage` does.
   */
  stageReplacement(source: RestoreSource, options: WorkOptions): Promise<StagedReplacement>;

  /**
   * Reads an artefact to its end and compares what its bytes hold with what its manifest says. Needs no database: it may
   * be away. Throws DomainError `artefact-damaged`, `no-space`.
   */
  inspect(source: RestoreSource, options: WorkOptions): Promise<Check[]>;

  /**
   * Restores into a place of its own, compares what stands there with the manifest, and removes it; live is not touched
   * (invariant 3). Call under the lock. Throws DomainError `artefact-damaged`; `artefact-unfit` when another server than
   * the one of the backup refuses it; `database-unreachable`, `database-refused`, `no-space`.
   */
  rehearse(source: RehearsalSource, options: WorkOptions): Promise<Check[]>;

  /**
   * Loads an artefact beside the live data, so that rows can be read out of it; live is not touched. Call under the
   * lock. Throws as `stage` does.
   */
  unpack(source: RestoreSource, options: WorkOptions): Promise<UnpackedArtefact>;

  /**
   * Loads an artefact beside the live data, to be changed and dumped there; live is not touched. Call under the lock. Throws
   * as `stage` does.
   */
  openScratch(source: RestoreSource, options: WorkOptions): Promise<ScratchDatabase>;

  /**
   * Puts back what a restore replaced; what is live now becomes the new undo. The old undo is used up. Throws
   * DomainError `not-found` when the undo is gone, `database-busy`, `restore-failed`; then live is as before.
   */
  putBack(undo: UndoLocation, options: WorkOptions): Promise<UndoLocation>;

  /** Removes an undo for good. An undo that is already gone is no error. */
  dropUndo(undo: UndoLocation): Promise<void>;

  /**
   * Brings what a crash interrupted to its end or back, and removes what it left; quick when there is nothing. Call
   * under the lock. Throws DomainError `restore-failed`, `database-unreachable`.
   */
  recover(options: WorkOptions): Promise<RecoveryReport>;

  /**
   * Something that every exchange of live changes, and hardly anything else; null where nothing tells it, or live cannot
   * be read. Call under the lock.
   */
  incarnation(): Promise<string | null>;

  /** Row access for projects. */
  readonly rows: ProjectRows;

  close(): Promise<void>;
}

export type EngineKind = 'mysql' | 'postgres' | 'sqlite';

export interface WorkOptions {
  /** Part of the names of everything temporary that the work makes: lower-case letters and digits. */
  id: string;
  /** A folder for working files, on this machine; the caller made it and removes it. */
  workFolder: string;
  /** Aborts the work; what it began is undone. */
  signal?: AbortSignal;
  /** Where the work is, for people: `load`, `compare`, `swap`. */
  onPhase?: (phase: string) => void;
  /** Wraps the moment in which whoever uses the live database would see half of a change. */
  exclusively?: Exclusively;
}

export type Exclusively = <T>(moment: () => Promise<T>) => Promise<T>;

/** For work that nobody has to be told of. */
export const unannounced: Exclusively = (moment) => moment();

export interface EngineStatus {
  reachable: boolean;
  serverVersion: string | null;
  /** The program that makes dumps; null when none is found. `name` is `built-in` for an engine that needs none. */
  dumpTool: { name: string; version: string } | null;
  /** Sentences for people, each saying what to do. Empty when a backup would work. */
  problems: string[];
  /** Sentences, too: what a backup that works could lack without anybody noticing. */
  warnings: string[];
  /** What a whole backup needs and the account has not, by the name that a GRANT takes: `SELECT`, `SHOW_ROUTINE`. */
  missingPrivileges: string[];
}

export interface EngineLock {
  release(): Promise<void>;
}

/** A dump under way. Its artefact is the bytes of its parts, one after the other. */
export interface Dump {
  readonly serverVersion: string;
  /** `mysqldump 9.7.4`, `SQLite 3.53.0`. */
  readonly toolVersion: string;
  /** In the order in which they stand in the artefact. They may be opened at once if the engine says so. */
  readonly parts: readonly DumpPart[];
  readonly concurrent: boolean;
  /**
   * Call after every part has been read to its end. Proves that the dump is whole (invariant 2): tool ended with 0,
   * end markers there, nothing on the error stream that means loss, every table of the snapshot in it, and no change
   * of the schema meanwhile. Throws DomainError `dump-failed`.
   */
  finish(): Promise<DumpContents>;
  /** Ends whatever runs and removes what was made. Safe to call at any time, also after `finish`. */
  abort(): Promise<void>;
}

export interface DumpPart {
  /** `tables`, `routines`, `views`, `events`, `file`. */
  name: string;
  /** A stream that fails when the part fails. */
  open(): Promise<Readable>;
}

/** What is in an artefact; stands in its manifest and is compared at a restore. */
export interface DumpContents {
  tables: TableContents[];
  views: string[];
  triggers: string[];
  routines: string[];
  events: string[];
  /** SHA-256 of the definitions as they stand in the artefact, hexadecimal; absent where the engine has none. */
  definitions?: string | undefined;
  /** What a person should know: tables outside of the consistent point, lossy types. */
  warnings: string[];
  /** The point that the dump shows: binlog file and position, GTIDs; null where the engine cannot tell. */
  consistencyPoint: Record<string, string> | null;
}

export interface TableContents {
  name: string;
  rows: number;
  /**
   * Over the rows as the dump's tool writes them, hexadecimal; the same tool on the same server gives the same again.
   * Absent where the engine has none, and in manifests from before there were any.
   */
  sha256?: string | undefined;
}

/** Where a part stands in the uncompressed artefact, in bytes. */
export interface PartRange {
  name: string;
  offset: number;
  length: number;
}

export interface RestoreSource {
  contents: DumpContents;
  parts: readonly PartRange[];
  /** The uncompressed artefact, from its beginning. A fresh stream for each call. */
  open(): Promise<Readable>;
}

export interface RehearsalSource extends RestoreSource {
  /** What made the artefact; others may write the same value in another way. */
  madeBy: { serverVersion: string; toolVersion: string };
}

/** Something that was looked at and found right. */
export interface Check {
  /** `end-markers`, `tables`, `checksums`, `integrity`. */
  name: string;
  /** A sentence for people. */
  detail: string;
}

/** A replacement that is complete and checked, standing beside the live data. */
export interface StagedRestore {
  /** What the swap does to what the backup does not know, for people; complete after it. */
  readonly notes: string[];
  /**
   * Puts the replacement in place in one short exclusive moment and keeps what it replaced. On any error live is as
   * before. Throws DomainError `database-busy`, `restore-failed`.
   */
  swap(): Promise<UndoLocation>;
  /** Removes the staging. Safe to call after `swap`. */
  discard(): Promise<void>;
}

/** As StagedRestore, but what is live will be gone for good. */
export interface StagedReplacement {
  readonly notes: string[];
  /**
   * Drops what is live and puts the replacement in its place. Until the first drop is written down, an error leaves live
   * as before; from then on there is no way back, and `recover` brings what was interrupted to its end. Throws DomainError
   * `database-busy`, `restore-failed`.
   */
  replace(): Promise<void>;
  /** Removes the staging, unless it still has to be put in place. Safe to call after `replace`. */
  discard(): Promise<void>;
}

/** What an artefact holds, standing beside the live data for a while. */
export interface UnpackedArtefact {
  readonly rows: Pick<ProjectRows, 'schema' | 'snapshot'>;
  discard(): Promise<void>;
}

export interface RecoveryReport {
  /** Interrupted restores after which live was put back as it was. */
  putBack: string[];
  /** Interrupted replacements (nothing was to be kept) that were brought to their end. */
  broughtForward: string[];
  /** Complete undos that exist in the engine, whether or not the catalogue knows them. */
  undos: UndoLocation[];
}

/** Names a kept undo inside the engine: a schema, a file. Opaque to everybody else; holds no secret. */
export type UndoLocation = string;
