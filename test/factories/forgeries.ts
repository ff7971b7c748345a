const replaced = (from: string | RegExp, to: string) => (text: string) => {
  if (text.search(typeof from === 'string' ? literally(from) : from) === -1)
    throw new Error(`no ${String(from)}`);
  return text.replace(from, to);
};
const literally = (text: string) => new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
/** A row before the first row of its table. */
const added = (table: string, row: string) =>
  replaced(new RegExp(`("name":"${table}".*"rows":\\[\n)`), `$1${row},\n`);

/** What somebody might write into the file of project 1 of the localization database, who knows the format well. */
export const forgeries: [what: string, edit: (text: string) => string][] = [
  ['the row of another project', replaced('[1,"Reader"', '[2,"Reader"')],
  ['the row of a new project', replaced('[1,"Reader"', '[77,"Reader"')],
  ['no row of the project', replaced(/\[1,"Reader".*\n/, '')],
  ['two rows of the project', added('projects', '[0,"Reader",null]')],
  ["the id of another project's row", replaced('[1000,100,"key.0"', '[2000,100,"key.0"')],
  ["another project's row", added('strings', '[2000,200,"key.0","x"]')],
  ["a new row in another project's section", added('strings', '[999,200,"new","x"]')],
  ["its own row in another project's section", replaced('[1000,100,"key.0"', '[1000,200,"key.0.b"')],
  ['an area in another project', replaced('[10,1,"area 10"', '[10,2,"area 10"')],
  ['a member of another project', added('members', '[3,1,"admin"]')],
  ['a note of another project', added('notes', '[2,"forged",1.5]')],
  ["a translation of another project's string", added('translations', '[2000,"xx","forged",null]')],
  ["a section below another project's", replaced('[100,10,null,"section 100"', '[100,10,200,"section 100"')],
  ["another project's section as its first", replaced('[11,1,"area 11",null]', '[11,1,"area 11",200]')],
  [
    "a review in another project's area",
    replaced(/\[10000,1000,"de",null,null\]/, '[10000,1000,"de",null,20]'),
  ],
  ['a member who does not exist', added('members', '[1,99,"admin"]')],
  ['a section that does not exist', replaced('[1000,100,"key.0"', '[1000,4711,"key.0"')],
  ['an unknown column', replaced('"columns":["id","section_id"', '"columns":["evil","id","section_id"')],
  ['a column by another name', replaced('"columns":["id","section_id"', '"columns":["id","parent_id"')],
  ['columns that are no list', replaced(/"columns":\["id","section_id"[^\]]*\]/, '"columns":{"a":1}')],
  ['no columns', replaced(/"columns":\["id","section_id"[^\]]*\],/, '')],
  ['an unknown table', replaced('\n],\n"totals"', tableAfter('evil'))],
  ['a table that projects share', replaced('\n],\n"totals"', tableAfter('users'))],
  ['a table under the name of another', replaced('{"name":"notes"', '{"name":"users"')],
  ['a table less', replaced(/,\n\{"name":"reviews"[\s\S]*?\n\]\}/, '')],
  ['the wrong totals of a layout that ends early', replaced(/\],\n"totals":.*\n/, '')],
  ['a row twice', added('areas', '[10,1,"area 10",100]')],
  ['two rows of one key', replaced('[10,1,"area 10",100]', '[10,1,"area 10",100],\n[10,1,"again",100]')],
  ['a row with a cell more', replaced('[11,1,"area 11",null]', '[11,1,"area 11",null,null]')],
  ['a row with a cell less', replaced('[11,1,"area 11",null]', '[11,1,"area 11"]')],
  ['a row that is not JSON', replaced('[11,1,"area 11",null]', '[11,1,area 11,null]')],
  ['two rows in a line', replaced('[11,1,"area 11",null]', '[11,1,"area 11",null],[12,1,"x",null]')],
  ['an object for a number', replaced('[11,1,"area 11",null]', '[11,{"$gt":0},"area 11",null]')],
  ['a list for a number', replaced('[11,1,"area 11",null]', '[[11],1,"area 11",null]')],
  ['SQL for a number', replaced('[11,1,"area 11",null]', '[11,"1 OR 1=1","area 11",null]')],
  ['SQL in a tagged number', replaced('[11,1,"area 11",null]', '[{"$int":"11) OR (1=1"},1,"area 11",null]')],
  ['text for a key', replaced('[11,1,"area 11",null]', '["eleven",1,"area 11",null]')],
  ['a number as text', replaced('[11,1,"area 11",null]', '["11",1,"area 11",null]')],
  ['a number of another spelling', replaced('[11,1,"area 11",null]', '[11.0,1,"area 11",null]')],
  ['a number that no column holds', replaced('[11,1,"area 11",null]', '[11,1,"area 11",1e300]')],
  [
    'an integer that no column holds',
    replaced('[11,1,"area 11",null]', '[{"$int":"99999999999999999999"},1,"x",null]'),
  ],
  ['true for a number', replaced('[11,1,"area 11",null]', '[11,true,"area 11",null]')],
  ['null where there must be a value', replaced('[11,1,"area 11",null]', '[11,1,null,null]')],
  ['bytes that are not base64', replaced('[11,1,"area 11",null]', '[11,1,{"$bytes":"!!"},null]')],
  ['half of a character', replaced('[11,1,"area 11",null]', '[11,1,"\\ud83d",null]')],
  ['a deep nesting', replaced('[11,1,"area 11",null]', `${'['.repeat(500_000)}${']'.repeat(500_000)}`)],
  ['another root table', replaced('"root_table":"projects"', '"root_table":"users"')],
  ['another schema', replaced(/"schema_fingerprint":"[^"]*"/, '"schema_fingerprint":"00"')],
  ['a version of the future', replaced(/"backup_version":"[^"]*"/, '"backup_version":"9.0"')],
  ['something after its end', (text) => `${text.trimEnd()}\n{}\n`],
  ['lines as in Windows', (text) => text.replaceAll('\n', '\r\n')],
];

function tableAfter(name: string): string {
  return `,\n{"name":"${name}","columns":["id","email"],"types":[],"key":["id"],"rows":[\n[9,"evil@x"]\n]}\n],\n"totals"`;
}
