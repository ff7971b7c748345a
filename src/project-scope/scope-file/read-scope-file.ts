import { basename } from 'node:path';
import { isMap, isNode, isPair, LineCounter, parseDocument, type Document } from 'yaml';
import { SettingsError } from '../../config/settings.js';
import { rulesFor, type ScopeRules } from '../scope-rules.types.js';
import { scopeFile, type ScopeSection } from './scope-file.schema.js';

/**
 * The rules of each database in a scope file, YAML or JSON; `root` is the table of projects where the file names none.
 * Throws SettingsError, which names every fault with its line.
 */
export function readScopeFile(text: string, path: string, root: string): Map<string, ScopeRules> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const file = basename(path);
  const at = (offset: number) => `${file}, line ${lines.linePos(offset).line}`;
  const place = (keys: readonly PropertyKey[]) => at(offsetOf(document, keys));
  const [broken] = document.errors;
  if (broken) throw new SettingsError(`${at(broken.pos[0])}: ${broken.message}`);
  const result = scopeFile.safeParse(document.toJS() ?? {});
  if (!result.success) {
    const faults = result.error.issues.map((issue) => {
      const keys =
        issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
      const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
      return `  ${place(keys)}: ${issue.path.join('.')} ${inner?.message ?? issue.message}`;
    });
    throw new SettingsError(`The file of HOLDFAST_PROJECTS_FILE is not valid:\n${faults.join('\n')}`);
  }
  return new Map(
    Object.entries(result.data.databases).map(([name, section]) => [
      name,
      rulesOf(section, root, (...keys) => place(['databases', name, ...keys])),
    ]),
  );
}

type Place = (...keys: PropertyKey[]) => string;

function rulesOf(section: ScopeSection, root: string, place: Place): ScopeRules {
  const tables = (key: 'shared' | 'exclude' | 'when_empty') =>
    Object.entries(section[key]).map(([table, reason]) => ({ table, reason, place: place(key, table) }));
  return {
    ...rulesFor(section.root ?? root),
    nameColumn: section.name ?? null,
    place: place(section.name ? 'name' : 'root'),
    strict: section.strict,
    references: [
      ...Object.entries(section.references).map(([from, to]) => ({
        ...referring(from),
        ...referred(to),
        place: place('references', from),
      })),
      ...section.polymorphic.flatMap(({ table, type, id, tables: byType }, index) =>
        Object.entries(byType).map(([value, to]) => ({
          table,
          columns: [id],
          ...referred(to),
          when: { column: type, value },
          place: place('polymorphic', index, 'tables', value),
        })),
      ),
    ],
    json: section.json.map(({ references, ...where }, index) => ({
      ...where,
      ...referred(references),
      place: place('json', index),
    })),
    follow: Object.entries(section.follow).map(([table, columns]) => ({
      table,
      columns: columns.map((one) => one.split('+')),
      place: place('follow', table),
    })),
    shared: tables('shared'),
    exclude: tables('exclude'),
    whenEmpty: tables('when_empty'),
  };
}

function referring(text: string): { table: string; columns: string[] } {
  const dot = text.lastIndexOf('.');
  return { table: text.slice(0, dot), columns: text.slice(dot + 1).split('+') };
}

/** `invoices.id`, or `invoices` for its primary key. */
function referred(text: string): { parent: string; parentColumns: string[] | null } {
  if (!text.includes('.')) return { parent: text, parentColumns: null };
  const { table, columns } = referring(text);
  return { parent: table, parentColumns: columns };
}

/** Where the value of these keys begins, or as much of the way as there is. */
function offsetOf(document: Document, keys: readonly PropertyKey[]): number {
  for (let length = keys.length; length > 0; length -= 1) {
    const holder: unknown = document.getIn(keys.slice(0, length - 1), true) ?? document.contents;
    const last = keys[length - 1];
    if (isMap(holder)) {
      const pair = holder.items.find((item) => isPair(item) && String(item.key) === String(last));
      if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node: unknown = document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
