import { createHash } from 'node:crypto';
import {
  digestLine,
  headerLine,
  type ProjectFileHeader,
  tableEnd,
  tableLine,
  totalsLine,
} from '../../src/project-scope/project-file.js';
import { backupVersion } from '../../src/project-scope/versions/up-converters.js';
import type { Row } from '../../src/engines/rows.types.js';

export const fileHeader: ProjectFileHeader = {
  format: 'holdfast-project',
  backup_version: backupVersion,
  project_id: 1,
  project_name: 'One',
  created_at: '2026-03-01T10:00:00.000Z',
  created_by: 1,
  created_by_name: 'Ada',
  engine: 'sqlite',
  root_table: 'projects',
  schema_fingerprint: 'f'.repeat(64),
};

export interface FileTable {
  name: string;
  columns: string[];
  rows: Row[];
}

/** A project file as Holdfast writes it, with a digest that is right. */
export function projectFile(tables: readonly FileTable[], header: object = fileHeader): string {
  const body = tables.map(({ name, columns, rows }, index) => {
    const head = tableLine({ name, columns, types: columns.map(() => 'INT'), key: columns.slice(0, 1) });
    const lines = rows.map((row) => JSON.stringify(row)).join(',\n');
    return `${head}${lines}${lines === '' ? '' : '\n'}${tableEnd(index === tables.length - 1)}`;
  });
  const totals = Object.fromEntries(tables.map(({ name, rows }) => [name, rows.length]));
  return withDigest(`${headerLine(header as ProjectFileHeader)}${body.join('')}${totalsLine(totals)}`);
}

/** Ends a file with the digest of what it holds, in place of the one that it has. */
export function withDigest(text: string): string {
  const body = text.replace(/"digest":.*\n$/, '');
  return body + digestLine(createHash('sha256').update(body).digest('hex'));
}
