import type { ProjectRole } from '../auth/auth.types.js';

/** A project as the database has it. Ids travel as text, a key of bytes as its hexadecimal digits; a composite one is not supported. */
export interface Project {
  id: string;
  name: string;
}

export interface ProjectWithRole extends Project {
  role: ProjectRole;
}

/** Where routes of projects stand: those of `default`, and those of any database. `below` begins with a slash. */
export function projectRoutes(below = ''): string[] {
  return [`api/v1/projects${below}`, `api/databases/:db/projects${below}`];
}

/** Where the projects of a database are asked for, for links in answers. */
export function projectsPath(database: string): string {
  return database === 'default' ? '/api/v1/projects' : `/api/databases/${database}/projects`;
}

const canonicalInteger = /^(0|-?[1-9]\d*)$/;
const longest = 190;

/** An id in JSON: a number when it is an integer that JSON carries without loss, text otherwise. */
export function jsonProjectId(id: string): number | string {
  return canonicalInteger.test(id) && Number.isSafeInteger(Number(id)) ? Number(id) : id;
}

export function isCanonicalInteger(id: string): boolean {
  return canonicalInteger.test(id);
}

/** Another spelling of a number (`064`, `64 `, `6e1`, `+64`), which a database might take for that number. */
export function isOtherSpellingOfNumber(id: string): boolean {
  return id.trim() !== '' && Number.isFinite(Number(id)) && !isCanonicalInteger(id);
}

/** Whether a text can be a project's id at all: it will be part of a file name. */
export function isWellFormedId(id: string): boolean {
  const forbidden = /[\p{Cc}\p{Cs}/\\]/u;
  return (
    id !== '' && id.length <= longest && id === id.trim() && !forbidden.test(id) && id !== '.' && id !== '..'
  );
}
