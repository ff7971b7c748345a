/*
 * Quoted text and comments, each alternative as SQLite and MySQL both read it. `/*!` is not a comment: MySQL runs it.
 */
const quotedOrComment =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|--[ \t].*$|--$|\/\*(?!M?!)[\s\S]*?\*\//gm;
const sqliteHeader = /^\s*create\s[\s\S]*?\bbegin\b/i;
const writing = /\b(insert|update|delete|call)\b|\breplace\s+[\w"]/i;

/** `other_schema.routine(`; a quoted name has become `""`. */
const qualifiedCall = /\.\s*(?:[\w$]+|"")\s*\(/;

/**
 * True when a trigger may write rows, by the look of its text: by a statement of its own, or by a function, which may
 * do anything: one of `routines` (whatever its case), or one of another schema, which we do not know. In doubt it does.
 * A backslash is an escape to one server and a character to another, so that nothing is taken for quoted in a body
 * that has one.
 */
export function writesRows(body: string, routines: readonly string[]): boolean {
  const statements = body.replace(sqliteHeader, '');
  const readWith = (quotedName: (found: string) => string) =>
    statements.includes('\\')
      ? statements
      : statements.replace(quotedOrComment, (found) => (/^[`"]/.test(found) ? quotedName(found) : ' '));
  // A quoted name stays visible as a name: REPLACE `log` ... writes, a column `update` does not.
  const bare = readWith(() => '""');
  const named = readWith((found) => found);
  return (
    writing.test(bare) || qualifiedCall.test(bare) || routines.some((routine) => mentions(named, routine))
  );
}

function mentions(text: string, routine: string): boolean {
  const spelled = routine.replaceAll('`', '``').replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<![\p{L}\p{N}_$])${spelled}(?![\p{L}\p{N}_$])`, 'iu').test(text);
}
