/** Shorter values are in everything, and are not looked for. */
export const shortest = 8;

/** Longer ones count as found when so much of them stands there. */
const longest = 256;

const escapes = new Map<number, string>([
  [0x00, '\\0'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x1a, '\\Z'],
  [0x22, '\\"'],
  [0x27, "\\'"],
  [0x5c, '\\\\'],
]);

/**
 * How a value can stand in a dump: as it is, as dump tools escape it, inside a JSON document, and as hexadecimal digits.
 * At most 256 bytes each. None for a value of less than 8 bytes.
 */
export function formsOf(value: Buffer): Buffer[] {
  if (value.length < shortest) return [];
  const raw = value.subarray(0, longest);
  const json = insideJson(raw);
  const hex = raw.toString('hex');
  const forms = [raw, escaped(raw), json, escaped(json), Buffer.from(hex), Buffer.from(hex.toUpperCase())];
  const cut = forms.map((form) => form.subarray(0, longest));
  return cut.filter((form, at) => cut.findIndex((other) => other.equals(form)) === at);
}

function escaped(bytes: Buffer): Buffer {
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
