import { DomainError } from '../../common/errors.js';
import { isoTime } from '../../common/timestamps.js';
import { Settings } from '../../config/settings.js';
import type { UnlistedTypes } from '../../project-scope/project-scope.types.js';
import { ScopeDto } from '../../projects/scope.dto.js';
import {
  type ScopeNode,
  type ScopeReport,
  ScopeReports,
  type ScopeTable,
} from '../../projects/scope.service.js';
import type { AddCommand } from './command.types.js';

export const addScope: AddCommand = (program, run) => {
  program
    .command('scope')
    .description('show which tables are a project’s, which are shared, and which nobody has placed yet')
    .option(
      '--accept',
      'accept it as it is: what comes later makes project backups partial until somebody accepts again',
    )
    .action(({ accept = false }: { accept?: boolean }) =>
      run(async ({ session, output, database }) => {
        if (accept && !session.hasCatalogue) throw nowhereToKeepIt();
        const reports = session.get(ScopeReports);
        const seen = await reports.of(database);
        if (accept) await reports.accept(database, seen.digest, session.caller);
        const report = accept ? await reports.of(database) : seen;
        const { root, shared, whenEmpty, excluded, unclassified, newSinceAcceptance, unlistedTypes } = report;
        const parts = [
          ...section(
            'New since the scope was accepted: backups of projects are partial',
            newSinceAcceptance.map(({ table, reason }) => `${table}  ${reason}`),
          ),
          ...section('Not placed yet: backups of projects are partial', unclassified.map(said)),
          ...section(
            'Types that no (type, id) pair lists: nobody owns rows by them',
            unlistedTypes.map(sayTypes),
          ),
          'Of a project:',
          ...treeLines(root, '  '),
          ...section('Shared by all projects', shared.map(said)),
          ...section('In every project backup, for empty tables only', whenEmpty.map(said)),
          ...section('In no project backup', excluded.map(said)),
          sayAcceptance(report, session.get(Settings).env.HOLDFAST_TIMEZONE),
        ];
        output.result(ScopeDto.of(report, session.get(Settings).env.HOLDFAST_TIMEZONE), parts.join('\n'));
      }),
    );
};

function treeLines({ table, path, rows, children }: ScopeNode, indent: string): string[] {
  const line = `${indent}${table}  ${rows} rows  ${path}`;
  return [line, ...children.flatMap((child) => treeLines(child, `${indent}  `))];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}

function said({ table, rows, reason }: ScopeTable): string {
  return `${table}  ${rows} rows  ${reason}`;
}

function sayTypes({ table, typeColumn, idColumns, types, more }: UnlistedTypes): string {
  const each = types.map(({ type, rows }) => `${JSON.stringify(type)} ${rows} rows`);
  return `${table}.${typeColumn} of ${idColumns.join('+')}  ${[...each, ...(more ? ['and more'] : [])].join(', ')}`;
}

function sayAcceptance({ accepted }: ScopeReport, zone: string): string {
  return accepted
    ? `Accepted by ${accepted.by}, ${isoTime(accepted.at, zone)}.`
    : 'Nobody has accepted this scope yet (--accept): tables and columns that are new will not be noticed.';
}

function nowhereToKeepIt(): DomainError {
  return new DomainError(
    'storage-unavailable',
    'What is accepted is kept in the catalogue, which is not in use here.',
  );
}
