import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfDescription } from './programs.js';

describe('what a program says of itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-programs-'));
  const program = join(folder, 'program');
  const starts = () => readFileSync(join(folder, 'starts'), 'utf8').length;
  const install = (version: string) =>
    writeFileSync(program, `#!/bin/sh\nprintf . >> '${folder}/starts'\necho ${version} "$@"\n`, {
      mode: 0o755,
    });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is asked once, until another program stands there', async () => {
    install('1.0');
    expect(await selfDescription(program, ['--version'])).toBe('1.0 --version');
    expect(await selfDescription(program, ['--version'])).toBe('1.0 --version');
    expect(await selfDescription(program, ['--help'])).toBe('1.0 --help');
    expect(starts()).toBe(2);
    install('1.0.1');
    expect(await selfDescription(program, ['--version'])).toBe('1.0.1 --version');
    expect(starts()).toBe(3);
  });

  it('is nothing when it does not start, and asked again then', async () => {
    rmSync(program);
    expect(await selfDescription(program, ['--version'])).toBeNull();
    install('2.0');
    expect(await selfDescription(program, ['--version'])).toBe('2.0 --version');
  });
});
