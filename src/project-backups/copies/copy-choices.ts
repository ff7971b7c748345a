import { badInput } from '../../common/http/validation.js';
import type { Remedies } from '../../project-scope/project-scope.types.js';
import { missingOf } from '../missing-choices.js';
import type { CopyPartDto } from './copy-part.dto.js';

export interface CopyChoices {
  mode: 'copy';
  /** Of the new project. */
  name?: string;
  projectId?: string;
  /** What is put behind the texts of a column, by `table.column`; sorted. */
  suffixes: [column: string, suffix: string][];
  missing?: Remedies;
}

const suffixAtMost = 64;

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
  const suffixes = Object.entries(rename).map(([column, rule]): [string, string] => {
    const { suffix, ...more } = (typeof rule === 'object' && rule !== null ? rule : {}) as Record<
      string,
      unknown
    >;
    const isFit = typeof suffix === 'string' && suffix !== '' && suffix.length <= suffixAtMost;
    if (isFit && Object.keys(more).length === 0) return [column, suffix];
    throw badInput([
      { field: `rename.${column}`, message: `must be {"suffix": "<1 to ${suffixAtMost} characters>"}` },
    ]);
  });
  return {
    mode: 'copy',
    ...(name !== undefined && { name }),
    ...(projectId !== undefined && { projectId }),
    suffixes: suffixes.sort(([a], [b]) => (a < b ? -1 : 1)),
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
