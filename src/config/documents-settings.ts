import { basename, resolve } from 'node:path';
import { z } from 'zod';

/** A folder with documents. Its name begins the path of every file in it: `uploads/projects/7/plan.pdf`. */
export interface DocumentFolder {
  name: string;
  /** Absolute. */
  path: string;
}

/** `/srv/uploads:archive=/mnt/archive`: separated as in PATH; a name of its own where the folder's own would not do. */
function foldersIn(text: string): DocumentFolder[] {
  return text
    .split(':')
    .filter((one) => one !== '')
    .map((one) => {
      const [, name, path] = /^([^=/]+)=(.+)$/s.exec(one) ?? [undefined, undefined, one];
      const absolute = resolve(path ?? one);
      return { name: name ?? basename(absolute), path: absolute };
    });
}

const plainName = /^[^./\\\0][^/\\\0]*$/;

function haveNames(folders: readonly DocumentFolder[]): boolean {
  const names = folders.map(({ name }) => name);
  return names.every((name) => plainName.test(name)) && new Set(names).size === names.length;
}

function areApart(folders: readonly DocumentFolder[]): boolean {
  return folders.every(({ path }, index) =>
    folders.every((other, place) => place === index || !`${path}/`.startsWith(`${other.path}/`)),
  );
}

/** `uploads/projects/{project_id}/**`: literal segments, whole segments `*`, one with the id, and at the end `**`. */
function isPattern(text: string): boolean {
  const segments = text.split('/');
  const withId = segments.filter((segment) => segment.includes('{project_id}'));
  return (
    segments.length > 1 &&
    withId.length === 1 &&
    withId[0]?.split('{project_id}').length === 2 &&
    segments.every((segment, index) =>
      segment.includes('*')
        ? (segment === '*' && index > 0) || (segment === '**' && index === segments.length - 1)
        : segment !== '' && segment !== '.' && segment !== '..',
    )
  );
}

const patternAdvice =
  'must be paths like uploads/projects/{project_id}/**, separated by commas: beginning with the name of a folder, ' +
  '{project_id} once, * for a whole segment, ** at the end only';

export const documentsSettings = {
  HOLDFAST_DOCUMENTS_DIR: z
    .string()
    .default('')
    .transform(foldersIn)
    .refine(haveNames, 'names two folders alike; write name=/path for one of them')
    .refine(areApart, 'names a folder within another; name only the outer one'),
  HOLDFAST_PROJECT_DOCUMENTS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    )
    .refine((patterns) => patterns.every(isPattern), patternAdvice),
};

/** Whether no folder holds, or stands in, one of the service's own: a backup would take the backups along. */
export function standApart(folders: readonly DocumentFolder[], own: readonly string[]): boolean {
  const paths = own.map((path) => resolve(path));
  return folders.every((folder) =>
    paths.every(
      (path) => !`${path}/`.startsWith(`${folder.path}/`) && !`${folder.path}/`.startsWith(`${path}/`),
    ),
  );
}

/** Whether every pattern begins with the name of a folder. */
export function patternsFit(folders: readonly DocumentFolder[], patterns: readonly string[]): boolean {
  return patterns.every((pattern) => folders.some(({ name }) => pattern.startsWith(`${name}/`)));
}
