import { DomainError } from '../../common/errors.js';
import type { Cell, RowReader } from '../../engines/rows.types.js';
import { compareKeys } from '../compare-keys.js';
import type { ScopePlan } from '../scope-plan.types.js';
import type { Remedies, Remedy } from './missing.types.js';
import { SharedKeys } from './shared-keys.js';
import { type SharedReference, sharedReferences } from './shared-references.js';

/**
 * What was chosen, with stand-ins as the database writes them. Throws DomainError `bad-input` (field `missing`) for what no
 * reference to a shared row can have.
 */
export async function chooseRemedies(
  reader: RowReader,
  plan: ScopePlan,
  remedies: Remedies,
): Promise<ReadonlyMap<string, Remedy>> {
  const references = plan.owned.flatMap((table) => sharedReferences(plan, table));
  const chosen = new Map<string, Remedy>();
  for (const [name, remedy] of Object.entries(remedies)) {
    const meant = references.filter((reference) => reference.name === name);
    if (meant.length === 0) {
      const names = [...new Set(references.map((reference) => reference.name))].join(', ');
      throw refused(
        `"${name}" is none of the project's references to shared rows: ${names || 'it has none'}.`,
      );
    }
    for (const reference of meant) chosen.set(name, await checked(reader, reference, remedy));
  }
  return chosen;
}

async function checked(reader: RowReader, reference: SharedReference, remedy: Remedy): Promise<Remedy> {
  const { name, possible } = reference;
  const word = typeof remedy === 'object' ? 'use' : remedy;
  if (!possible.includes(word)) {
    throw refused(
      `${name} cannot have the remedy "${word}": it is part of a key, of several columns, or never null. Possible are ` +
        `${possible.map((one) => `"${one}"`).join(', ')}.`,
    );
  }
  return typeof remedy === 'object' ? { use: await standIn(reader, reference, remedy.use) } : remedy;
}

/** A collation, or a cast to a number, may find a row that was not named. */
async function standIn(reader: RowReader, { name, foreignKey }: SharedReference, use: Cell): Promise<Cell> {
  const { referencedTable, referencedColumns } = foreignKey;
  const [found] = (await new SharedKeys(reader, referencedTable, referencedColumns).stored([use])) ?? [];
  if (found !== undefined && compareKeys([found], [use], [false]) === 0) return found;
  throw refused(
    `There is no row of ${referencedTable} with ${referencedColumns.join()} ${JSON.stringify(use)} that could stand in for ` +
      `the missing ones of ${name}.`,
  );
}

function refused(detail: string): DomainError {
  return new DomainError('bad-input', detail, { fields: [{ field: 'missing', message: detail }] });
}
