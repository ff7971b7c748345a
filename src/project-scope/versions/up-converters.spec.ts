import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { inspectProjectFile } from '../inspect-project-file.js';
import { backupVersion, isNewer, upConversion, upConverters } from './up-converters.js';
import type { UpConverter } from './versions.types.js';

const fixtures = 'test/fixtures/project-files';

const converters: UpConverter[] = [
  {
    from: '1.1',
    to: '2.0',
    header: (header) => ({ ...header, two: true }),
    table: (head) => head,
  },
  {
    from: '1.0',
    to: '1.1',
    header: (header) => ({ ...header, one: true }),
    table: (head) => ({ ...head, keyed: true }),
    row: (line) => line.toUpperCase(),
  },
];
const made = { converters, current: '2.0' };

describe('the versions of project files', () => {
  it('have a file each among the fixtures, which is read to its end', async () => {
    const names = (await readdir(fixtures)).filter((name) => name.endsWith('.json'));
    const versions = new Set([...upConverters.map(({ from }) => from), backupVersion]);
    for (const version of versions) expect(names.join()).toContain(`${version}-`);
    for (const name of names) {
      const { header, tables } = await inspectProjectFile(createReadStream(`${fixtures}/${name}`));
      expect([name, header.format, header.project_name]).toEqual([name, 'holdfast-project', 'Harbour']);
      expect(versions).toContain(name.split('-')[0]);
      expect(tables.map(({ rows }) => rows)).toEqual(name.startsWith('1.0') ? [1, 3, 3] : [2, 1, 3, 3]);
    }
  });

  it('are brought up step by step', () => {
    const conversion = upConversion('1.0', made);
    expect(conversion?.header({ project_id: 1 })).toEqual({ project_id: 1, one: true, two: true });
    expect(conversion?.table({ name: 'a' })).toEqual({ name: 'a', keyed: true });
    expect(conversion?.row?.('["a"]')).toBe('["A"]');
  });

  it('take nothing for a table that follows when empty before there were any', () => {
    const head = { name: 'a', columns: ['id'], types: ['int'], key: ['id'] };
    expect(upConversion('1.0')?.table({ ...head, when_empty: true })).toEqual(head);
    expect(upConversion('1.0')?.header({ backup_version: '1.0' })).toEqual({ backup_version: '1.1' });
    expect(upConversion('1.1')?.table({ ...head, when_empty: true })).toEqual({ ...head, when_empty: true });
  });

  it('leave rows alone that are what they were', () => {
    expect(upConversion('1.1', made)?.row).toBeNull();
    expect(upConversion('2.0', made)).toMatchObject({ row: null });
  });

  it('are unknown when no step begins there, or the steps go round', () => {
    expect(upConversion('0.9', made)).toBeNull();
    expect(upConversion('1.0', { converters, current: '3.0' })).toBeNull();
    const round = [...converters, { ...converters[0], from: '2.0', to: '1.0' } as UpConverter];
    expect(upConversion('1.0', { converters: round, current: '3.0' })).toBeNull();
  });

  it('are newer by their numbers, not by their texts', () => {
    expect(['1.10', '2.0', '10.0'].map((version) => isNewer(version, '1.9'))).toEqual([true, true, true]);
    expect(['1.9', '1.8', '0.10', 'x', '1', ''].some((version) => isNewer(version, '1.9'))).toBe(false);
  });
});
