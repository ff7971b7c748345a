/** Shorter values are in everything, and are not looked for. */
export const shortest = 8;

/** Longer ones count as found when so much of them stands there. */
const longest = 256;

type Escapes = ReadonlyMap<number, string>;

const backslash = new Map([[0x5c, '\\\\']]);

/** In a string of MySQL. */
const inString: Escapes = new Map([
  ...backslash,
  [0x00, '\\0'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x1a, '\\Z'],
  [0x22, '\\"'],
  [0x27, "\\'"],
]);

/** In a row of PostgreSQL's COPY. */
const inCopy: Escapes = new Map([
  ...backslash,
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
]);
/** In an element of an array, and in a part of a composite value. */
const inArray: Escapes = new Map([...backslash, [0x22, '\\"']]);
const inComposite: Escapes = new Map([...backslash, [0x22, '""']]);
/** In standard SQL. */
const inSql: Escapes = new Map([[0x27, "''"]]);

/** Printable ASCII without quotes and backslashes, which nothing escapes. */
const plain = /^[ !#-&(-[\]-~]*$/;

/** In small letters, those of ASCII: what somebody wrote in capitals elsewhere is the same to whoever reads it. */
export function folded(bytes: Buffer): Buffer {
  const result = Buffer.allocUnsafe(bytes.length);
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    result[at] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
  }
  return result;
}

/**
 * How a value can stand in a dump: as it is, as dump tools escape it, inside a JSON document, an array or a composite value, and
 * as hexadecimal digits; all folded. At most 256 bytes each. None for a value of less than 8 bytes.
 */
export function formsOf(value: Buffer): Buffer[] {
  if (value.length < shortest) return [];
  const raw = value.subarray(0, longest);
  const hex = Buffer.from(raw.toString('hex'));
  const forms = plain.test(raw.toString('latin1')) ? [raw, hex] : [...writtenForms(raw), hex];
  const cut = forms.map((form) => folded(form.subarray(0, longest)));
  return cut.filter((form, at) => cut.findIndex((other) => other.equals(form)) === at);
}

function writtenForms(raw: Buffer): Buffer[] {
  const json = insideJson(raw);
  const forms = [
    ...[raw, escaped(raw, inString), escaped(raw, inCopy), escaped(raw, inSql)],
    ...[json, escaped(json, inString), escaped(json, inCopy)],
    ...[escaped(escaped(raw, inArray), inCopy), escaped(escaped(raw, inComposite), inCopy)],
  ];
  // What there was nothing to escape in is the same one.
  return [...new Set(forms)];
}

function escaped(bytes: Buffer, escapes: Escapes): Buffer {
  if (!bytes.some((byte) => escapes.has(byte))) return bytes;
  return Buffer.concat(
    [...bytes].map((byte) => Buffer.from(escapes.get(byte) ?? String.fromCharCode(byte), 'latin1')),
  );
}

/** The bytes themselves where they are no text. A character that was cut in two is left out. */
function insideJson(bytes: Buffer): Buffer {
  const text = bytes.toString('utf8').replace(/\uFFFD$/, '');
  const inside = Buffer.from(JSON.stringify(text).slice(1, -1), 'utf8');
  return text.includes('\uFFFD') || inside.length < shortest ? bytes : inside;
}
