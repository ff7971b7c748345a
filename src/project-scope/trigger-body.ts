/*
 * Quoted text and comments, each alternative as SQLite and MySQL both read it. `/*!` is not a comment: MySQL runs it.
 */
const quotedOrComment =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|--[ \t].*$|--$|\/\*(?!M?!)[\s\S]*?\*\//gm;
const sqliteHeader = /^\s*create\s[\s\S]*?\bbegin\b/i;
const writing = /\b(insert|update|delete|call)\b|\breplace\s+[\w"]/i;

/**
 * True when a trigger may write rows, by the look of its text; in doubt it does. A backslash is an escape to one
 * server and a character to another, so that nothing is taken for quoted in a body that has one.
 */
export function writesRows(body: string): boolean {
  const statements = body.replace(sqliteHeader, '');
  // A quoted name stays visible as a name: REPLACE `log` ... writes.
  const bare = statements.replace(quotedOrComment, (found) => (/^[`"]/.test(found) ? '""' : ' '));
  return writing.test(statements.includes('\\') ? statements : bare);
}
