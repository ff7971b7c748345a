import { companionPatterns, stagingSchema, undoSchema } from './names.js';

const id = 'a1b2c3d4e5f6';
const long = (end: string) => 'tenant_'.repeat(8) + end;

describe('the schemas beside a database', () => {
  it('have its name in front', () => {
    expect(stagingSchema('app', id)).toBe(`app_holdfast_s_${id}`);
    expect(companionPatterns('app').undo).toBe('app\\_holdfast\\_u\\_%');
  });

  it('fit into a name, and those of two databases that begin alike are told apart', () => {
    const [one, other] = [undoSchema(long('a'), id), undoSchema(long('b'), id)];
    expect([...one]).toHaveLength(64);
    expect(one).not.toBe(other);
    const pattern = (database: string) => companionPatterns(database).undo.replaceAll('\\', '').slice(0, -1);
    expect(one.startsWith(pattern(long('a')))).toBe(true);
    expect(other.startsWith(pattern(long('a')))).toBe(false);
  });
});
