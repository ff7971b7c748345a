import { companionKind, stagingDatabase, undoDatabase } from './names.js';

describe('The names of what stands beside a database', () => {
  const long = 'ä'.repeat(31);

  it.each(['app', long, 'app_holdfast_u_x'])('are known again by their database: %s', (database) => {
    expect(companionKind(database, stagingDatabase(database, 'abc123'))).toBe('staging');
    expect(companionKind(database, undoDatabase(database, 'abc123'))).toBe('undo');
  });

  it('fit into what the server takes, in bytes', () => {
    expect(Buffer.byteLength(undoDatabase(long, 'abcdefghijkl'))).toBeLessThanOrEqual(63);
  });

  it('are nobody else’s', () => {
    expect(companionKind('app', undoDatabase('app2', 'abc'))).toBeNull();
    expect(companionKind(`${long}b`, undoDatabase(`${long}c`, 'abc'))).toBeNull();
    expect(companionKind('app', 'app')).toBeNull();
  });
});
