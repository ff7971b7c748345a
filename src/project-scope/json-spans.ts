/** Where in a text a JSON value stands; `to` is behind its last character. */
export interface Span {
  from: number;
  to: number;
}

/** A way into a document, made by `jsonPath`. */
export type JsonPath = readonly JsonStep[];

type JsonStep = { member: string } | { element: number } | 'members' | 'elements';

const step =
  /\.(?<name>[\p{L}\p{N}_$-]+)|\.(?<quoted>"(?:[^"\\]|\\.)*")|\[(?<index>\d{1,9})\]|(?<all>\.\*|\[\*\])/uy;

/** `$.invoice_id`, `$.items[*].id`, `$[0]`, `$.*`, `$."any name"`; null when it is no such path. */
export function jsonPath(text: string): JsonPath | null {
  if (!text.startsWith('$')) return null;
  const steps: JsonStep[] = [];
  for (let at = 1; at < text.length; at = step.lastIndex) {
    step.lastIndex = at;
    const { name, quoted, index, all } = step.exec(text)?.groups ?? {};
    if (name !== undefined) steps.push({ member: name });
    else if (quoted !== undefined && isJson(quoted)) steps.push({ member: textOf(quoted) });
    else if (index !== undefined) steps.push({ element: Number(index) });
    else if (all !== undefined) steps.push(all === '[*]' ? 'elements' : 'members');
    else return null;
  }
  return steps;
}

/**
 * The values at a path, in the order of the document; none when the text is no JSON. A member that stands there twice is
 * found twice. Looks into nothing but what the path leads through, so that depth costs no stack.
 */
export function spansAt(document: string, path: JsonPath): Span[] {
  if (!isJson(document)) return [];
  const found: Span[] = [];
  visit(document, skipSpace(document, 0), path, found);
  return found;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function textOf(jsonString: string): string {
  return JSON.parse(jsonString) as string;
}

/** Visits the value at `at`; returns where it ends. */
function visit(text: string, at: number, path: JsonPath, found: Span[]): number {
  const [next, ...rest] = path;
  if (next === undefined) {
    const to = skipValue(text, at);
    found.push({ from: at, to });
    return to;
  }
  if (text[at] === '{') return visitMembers(text, at, next, rest, found);
  if (text[at] === '[') return visitElements(text, at, next, rest, found);
  return skipValue(text, at);
}

function visitMembers(text: string, open: number, next: JsonStep, rest: JsonPath, found: Span[]): number {
  let at = skipSpace(text, open + 1);
  while (text[at] !== '}') {
    const end = skipString(text, at);
    const name = textOf(text.slice(at, end));
    const value = skipSpace(text, skipSpace(text, end) + 1);
    const isOnPath =
      next === 'members' || (typeof next === 'object' && 'member' in next && next.member === name);
    at = skipComma(text, isOnPath ? visit(text, value, rest, found) : skipValue(text, value));
  }
  return at + 1;
}

function visitElements(text: string, open: number, next: JsonStep, rest: JsonPath, found: Span[]): number {
  let at = skipSpace(text, open + 1);
  for (let index = 0; text[at] !== ']'; index += 1) {
    const isOnPath =
      next === 'elements' || (typeof next === 'object' && 'element' in next && next.element === index);
    at = skipComma(text, isOnPath ? visit(text, at, rest, found) : skipValue(text, at));
  }
  return at + 1;
}

const bracketOrQuote = /["[\]{}]/g;
const endOfScalar = /[\s,\]}]|$/g;

function skipValue(text: string, from: number): number {
  if (text[from] === '"') return skipString(text, from);
  if (text[from] !== '{' && text[from] !== '[') return indexOf(endOfScalar, text, from);
  let depth = 0;
  let at = from;
  do {
    at = indexOf(bracketOrQuote, text, at);
    if (text[at] === '"') {
      at = skipString(text, at);
      continue;
    }
    depth += text[at] === '{' || text[at] === '[' ? 1 : -1;
    at += 1;
  } while (depth > 0);
  return at;
}

const quoteOrEscape = /["\\]/g;

function skipString(text: string, open: number): number {
  let at = indexOf(quoteOrEscape, text, open + 1);
  while (text[at] === '\\') at = indexOf(quoteOrEscape, text, at + 2);
  return at + 1;
}

function skipComma(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text[at] === ',' ? skipSpace(text, at + 1) : at;
}

const noSpace = /[^\s]|$/g;

function skipSpace(text: string, from: number): number {
  return indexOf(noSpace, text, from);
}

function indexOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}
