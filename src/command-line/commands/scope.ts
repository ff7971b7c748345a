import { type ScopeNode, ScopeReports, type ScopeTable } from '../../projects/scope.service.js';
import type { AddCommand } from './command.types.js';

export const addScope: AddCommand = (program, run) => {
  program
    .command('scope')
    .description('show which tables are a project’s, which are shared, and which nobody has placed yet')
    .action(() =>
      run(async ({ session, output, database }) => {
        const report = await session.get(ScopeReports).of(database);
        const { root, shared, excluded, unclassified } = report;
        const parts = [
          ...section('Not placed yet: backups of projects are partial', unclassified),
          'Of a project:',
          ...treeLines(root, '  '),
          ...section('Shared by all projects', shared),
          ...section('In no project backup', excluded),
        ];
        output.result(report, parts.join('\n'));
      }),
    );
};

function treeLines({ table, path, rows, children }: ScopeNode, indent: string): string[] {
  const line = `${indent}${table}  ${rows} rows  ${path}`;
  return [line, ...children.flatMap((child) => treeLines(child, `${indent}  `))];
}

function section(title: string, tables: readonly ScopeTable[]): string[] {
  if (tables.length === 0) return [];
  return [`${title}:`, ...tables.map(({ table, rows, reason }) => `  ${table}  ${rows} rows  ${reason}`)];
}
