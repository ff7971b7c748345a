import { badInput } from '../../common/http/validation.js';
import type { Remedies } from '../../project-scope/project-scope.types.js';
import { missingOf } from '../missing-choices.js';
import type { Renaming } from '../../project-scope/project-scope.types.js';
import type { CopyPartDto } from './copy-part.dto.js';

export interface CopyChoices {
  mode: 'copy';
  /** Of the new project. */
  name?: string;
  projectId?: string;
  /** What the texts of a column become, by `table.column`; sorted. */
  renamings: [column: string, Renaming][];
  missing?: Remedies;
}

const charactersAtMost = 64;

/** Throws DomainError `bad-input`. */
export function copyChoicesOf({
  name,
  project_id: projectId,
  rename = {},
  tables,
  within,
  missing,
}: CopyPartDto & { missing?: Remedies }): CopyChoices {
  const part = tables ? 'tables' : within ? 'within' : null;
  if (part) throw badInput([{ field: part, message: 'is for the other modes; a copy is of all rows' }]);
  const renamings = Object.entries(rename).map(([column, rule]): [string, Renaming] => {
    const renaming = renamingOf(rule);
    if (renaming) return [column, renaming];
    throw badInput([
      {
        field: `rename.${column}`,
        message: `must be {"prefix": "...", "suffix": "..."} or one of these, of 1 to ${charactersAtMost} characters`,
      },
    ]);
  });
  return {
    mode: 'copy',
    ...(name !== undefined && { name }),
    ...(projectId !== undefined && { projectId }),
    renamings: renamings.sort(([a], [b]) => (a < b ? -1 : 1)),
    ...missingOf(missing),
  };
}

/** Throws DomainError `bad-input` for what only a copy can be told. */
export function mustNotSayCopy({ name, project_id: projectId, rename }: CopyPartDto): void {
  const said = Object.entries({ name, project_id: projectId, rename }).filter(
    ([, value]) => value !== undefined,
  );
  if (said.length === 0) return;
  throw badInput(said.map(([field]) => ({ field, message: 'is for the mode copy only' })));
}

function renamingOf(rule: unknown): Renaming | null {
  if (typeof rule !== 'object' || rule === null) return null;
  const said = Object.entries(rule);
  const isFit = ([name, text]: [string, unknown]) =>
    ['prefix', 'suffix'].includes(name) &&
    typeof text === 'string' &&
    text !== '' &&
    text.length <= charactersAtMost;
  return said.length > 0 && said.every(isFit) ? (Object.fromEntries(said.sort()) as Renaming) : null;
}
