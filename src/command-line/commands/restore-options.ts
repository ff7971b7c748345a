import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type Remedies,
  type Remedy,
  remedyWords,
  type RestoreChoices,
  type RestoreMode,
  restoreModes,
  type Within,
} from '../../project-scope/project-scope.types.js';

/** What can be said of the restore of a project, beside its file. */
export interface RestoreProjectOptions {
  mode?: RestoreMode;
  table?: string[];
  within?: Within;
  missing?: Remedies;
}

export function addRestoreOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--mode <mode>', 'of a project: what to do with rows that differ').choices(restoreModes),
    )
    .option('--table <table>', 'of a project: this table only; may be said several times', gatherTable)
    .option('--within <table=key>', 'of a project: only one row and everything below it', readWithin)
    .option(
      '--missing <table.column=remedy>',
      `of a project: what becomes of rows that refer to shared rows which are gone: ${remedyWords.join(', ')}, or use:<key>`,
      gatherMissing,
    );
}

export function choicesIn({ mode = 'exact', table, within, missing }: RestoreProjectOptions): RestoreChoices {
  return {
    mode,
    ...(table && { tables: [...new Set(table)] }),
    ...(within && { within }),
    ...(missing && { missing }),
  };
}

/** Numbers may be said as texts: a key is compared by its text. */
function readWithin(said: string): Within {
  const [, table, text] = /^([^=]+)=(.+)$/s.exec(said) ?? [];
  const key = text?.startsWith('{') ? readKey(text) : text;
  if (table !== undefined && key !== undefined) return { table, key };
  throw new InvalidArgumentError(
    `Say it as areas=5, or 'pages={"area_id":5,"no":1}' for a key of several columns.`,
  );
}

function readKey(text: string): Within['key'] | undefined {
  try {
    return JSON.parse(text) as Within['key'];
  } catch {
    return undefined;
  }
}

function gatherTable(table: string, before: string[] = []): string[] {
  return [...before, table];
}

function gatherMissing(said: string, before: Remedies = {}): Remedies {
  const [, reference, text = ''] = /^([^=]+)=(.+)$/s.exec(said) ?? [];
  const remedy: Remedy | undefined = text.startsWith('use:')
    ? { use: text.slice('use:'.length) }
    : remedyWords.find((word) => word === text);
  if (reference === undefined || remedy === undefined) {
    throw new InvalidArgumentError(
      `Say it as tasks.assignee_id=null, or =use:7, or another of ${remedyWords.join(', ')}.`,
    );
  }
  return { ...before, [reference]: remedy };
}
