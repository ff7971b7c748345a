import { Readable } from 'node:stream';
import { fileHeader, type FileTable, projectFile, withDigest } from '../../test/factories/project-file.js';
import { ProjectFileReader } from './read-project-file.js';

const tables: FileTable[] = [
  { name: 'projects', columns: ['id', 'name'], rows: [[1, 'One "quoted" \u2028 😀\n']] },
  { name: 'empty', columns: ['id'], rows: [] },
  {
    name: 'values',
    columns: ['id', 'v'],
    rows: [
      [1, null],
      [2, { $int: '18446744073709551615' }],
      [3, { $bytes: 'AP8=' }],
    ],
  },
];
const file = projectFile(tables);
const damaged = { code: 'artefact-damaged' };

async function read(bytes: string | Buffer, chunk = 64 * 1024) {
  const whole = Buffer.from(bytes);
  const chunks = Array.from({ length: Math.ceil(whole.length / chunk) }, (_, index) =>
    whole.subarray(index * chunk, (index + 1) * chunk),
  );
  const reader = new ProjectFileReader(Readable.from(chunks));
  const header = await reader.header();
  const found: { name: string; columns: string[]; lines: string[] }[] = [];
  for (let head = await reader.nextTable(); head; head = await reader.nextTable()) {
    const lines: string[] = [];
    for (let line = await reader.nextRow(); line !== null; line = await reader.nextRow()) lines.push(line);
    found.push({ name: head.name, columns: head.columns, lines });
  }
  const totals = await reader.end();
  // Rows are not looked into before they differ from what is live; only a whole file's are sure to be JSON.
  const parsed = found.map(({ lines, ...head }) => ({
    ...head,
    rows: lines.map((line) => JSON.parse(line)),
  }));
  return { header, tables: parsed, totals };
}

describe('a project file', () => {
  it('is JSON, and is read as it was written, in whatever pieces it comes', async () => {
    expect(JSON.parse(file)).toMatchObject({ project_id: 1, totals: { projects: 1, empty: 0, values: 3 } });
    for (const chunk of [1, 7, 100, 64 * 1024]) {
      expect(await read(file, chunk)).toEqual({
        header: fileHeader,
        tables,
        totals: { projects: 1, empty: 0, values: 3 },
      });
    }
  });

  it('is damaged when it is cut anywhere, but for the newline at its end', async () => {
    for (let length = 0; length < file.length - 1; length += 1) {
      await expect(read(file.slice(0, length))).rejects.toMatchObject(damaged);
    }
    expect((await read(file.slice(0, -1))).tables).toEqual(tables);
  });

  it('is damaged when any one of its bytes is another', async () => {
    for (let at = 0; at < Buffer.byteLength(file) - 1; at += 3) {
      const bytes = Buffer.from(file);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await expect(read(bytes)).rejects.toMatchObject(damaged);
    }
  });

  it('is damaged without any one of its lines, or with one of them twice', async () => {
    const lines = file.trimEnd().split('\n');
    for (const [at, line] of lines.entries()) {
      await expect(read(`${lines.toSpliced(at, 1).join('\n')}\n`)).rejects.toMatchObject(damaged);
      await expect(read(`${lines.toSpliced(at, 0, line).join('\n')}\n`)).rejects.toMatchObject(damaged);
    }
  });

  it.each([
    ['nothing', ''],
    ['not JSON', 'CREATE TABLE x (id INT);\n'],
    ['zeros', '\0'.repeat(500)],
    ['newlines', '\n'.repeat(50)],
    ['other JSON', '{"tables":[]}\n'],
    ['JSON that is no object', '[1],\n"tables":[\n'],
    ['an array that is very deep', `${'['.repeat(1_000_000)}\n`],
    ['lines that end as in Windows', file.replaceAll('\n', '\r\n')],
    ['something before its beginning', `\ufeff${file}`],
    ['something after its end', `${file}[1]\n`],
    ['two files', file + file],
    ['a table head that is no object', withDigest(file.replace('{"name":"empty"', '["name"'))],
    ['a table without columns', withDigest(file.replace('"columns":["id"],', ''))],
    ['a digest of its rows only', file.replace(/sha256:\w+/, `sha256:${'0'.repeat(64)}`)],
    ['no totals', withDigest(file.replace(/"totals":.*\n/, '"sums":{},\n'))],
  ])('is damaged when it holds %s', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject(damaged);
  });

  it('says which version it is of when that is a later one', async () => {
    const header = { ...fileHeader, backup_version: '2.0' };
    await expect(read(projectFile(tables, header))).rejects.toMatchObject({
      code: 'artefact-unfit',
      detail: expect.stringMatching(/has the version 2\.0, .* up to 1\.1\. Nothing was changed/),
    });
  });

  it.each([
    ['no version', { ...fileHeader, backup_version: 'new' }, 'version "new" is not known'],
    ['a version before all others', { ...fileHeader, backup_version: '0.9' }, 'version "0.9" is not known'],
    ['another format', { ...fileHeader, format: 'something' }, 'not a project backup'],
  ])('says so when it is of %s', async (_, header, said) => {
    await expect(read(projectFile(tables, header))).rejects.toMatchObject({
      ...damaged,
      detail: expect.stringContaining(said),
    });
  });

  it('closes its stream when the reading ends early', async () => {
    const stream = Readable.from([Buffer.from(file)]);
    const reader = new ProjectFileReader(stream);
    await reader.header();
    await reader.close();
    expect(stream.destroyed).toBe(true);
  });
});
