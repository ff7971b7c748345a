import type { Cell } from '../engines/rows.types.js';
import { isIntegerType } from './compare-keys.js';
import { type JsonPath, spansAt } from './json-spans.js';

/** An id as it stands in a document: a whole number or a text. */
export type JsonId = Extract<Cell, number | string | { $int: string }>;

/** Half of a surrogate pair, which JSON can spell and no database can hold. */
const halfCharacter = /\p{Surrogate}/u;
const wholeNumber = /^(0|-?[1-9]\d*)$/;

/**
 * The ids at a path of a JSON document, in its order, as often as they stand there. Null, true, false, fractions, lists and
 * objects are no ids; a text that is no JSON holds none.
 */
export function idsIn(document: string, path: JsonPath): JsonId[] {
  return spansAt(document, path).flatMap(({ from, to }) => idOf(document.slice(from, to)) ?? []);
}

/**
 * The document with other ids at a path; an id for which `map` gives undefined stays. Everything else stays to the byte,
 * and so does the form: a number that stood there as a text (`"12"`) is written as one.
 */
export function mapIds(document: string, path: JsonPath, map: (id: JsonId) => JsonId | undefined): string {
  let mapped = '';
  let done = 0;
  for (const { from, to } of spansAt(document, path)) {
    const before = document.slice(from, to);
    const id = idOf(before);
    const other = id === null ? undefined : map(id);
    if (other === undefined) continue;
    mapped += document.slice(done, from) + written(other, before.startsWith('"'));
    done = to;
  }
  return mapped + document.slice(done);
}

/** An id as the cell of a key of this type, whichever form it had in the document; null when it can be none. */
export function keyOfId(id: JsonId, columnType: string): JsonId | null {
  const text = textOf(id);
  if (!isIntegerType(columnType)) return halfCharacter.test(text) ? null : text;
  return wholeNumber.test(text) ? integerCell(text) : null;
}

function idOf(json: string): JsonId | null {
  if (json.startsWith('"')) return JSON.parse(json) as string;
  return wholeNumber.test(json) ? integerCell(json) : null;
}

function integerCell(text: string): JsonId {
  return Number.isSafeInteger(Number(text)) ? Number(text) : { $int: text };
}

function written(id: JsonId, asText: boolean): string {
  return asText || typeof id === 'string' ? JSON.stringify(textOf(id)) : textOf(id);
}

function textOf(id: JsonId): string {
  return typeof id === 'object' ? id.$int : String(id);
}
