export type { ExportOptions, ExportResult } from './export-project.js';
export { backupVersion, type ProjectFileHeader } from './project-file.js';
export type { PreviewInput, ProjectPreview, TablePreview } from './preview-project.js';
export type { ProjectRehearsal } from './rehearse-project.js';
export type { TableChanges } from './diff-table.js';
export { restoreModes, type RestoreMode } from './restore-modes.js';
export type { RestoreInput, TableRestore } from './restore-project.js';
export { rulesFor, type ScopeRules } from './scope-rules.types.js';
export type { OwnedTable, ScopePlan } from './scope-plan.types.js';
