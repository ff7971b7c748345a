import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DefinitionKinds } from './definition-kinds.js';

const entry = (name: string, kind: string) =>
  `--\n-- Name: ${name}; Type: ${kind}; Schema: public; Owner: -\n--\n\nCREATE ...;\n\n`;

describe('what kinds of definitions may be in a public dump', () => {
  it.each([1, 7, 4096])('are told in pieces of %d bytes', async (pieceBytes) => {
    const look = async (text: string) => {
      const bytes = Buffer.from(text);
      const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, at) =>
        bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes),
      );
      const kinds = new DefinitionKinds();
      expect((await buffer(Readable.from(pieces).pipe(kinds.passing()))).equals(bytes)).toBe(true);
      return kinds;
    };
    const tables = entry('members', 'TABLE') + entry('members members_pkey', 'CONSTRAINT');
    (await look(tables)).mustBeAllowed();
    const long = entry(`${'x'.repeat(20_000)}`, 'TABLE').replace(
      '\n\nCREATE',
      `\n${'y'.repeat(100_000)}CREATE`,
    );
    const more = await look(tables + long + entry('addresses', 'VIEW') + entry('watch()', 'ACCESS METHOD'));
    expect(() => more.mustBeAllowed()).toThrow(/taken out of it: view, access method\./);
  });
});
