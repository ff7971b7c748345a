import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

/**
 * Starts a program with piped stdin and stdout; stderr is kept (its last 64 KB). The environment is bare but for PATH:
 * no secret of ours reaches a child, and no `~/.my.cnf` reaches a dump tool. The child is ended when we end or when
 * `signal` aborts.
 */
export function startProgram(file: string, args: readonly string[], signal?: AbortSignal) {
  return execa(file, args, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    encoding: 'buffer',
    reject: false,
    extendEnv: false,
    env: { PATH: searchPath(), HOME: '/nonexistent', LC_ALL: 'C.UTF-8', MYSQL_TEST_LOGIN_FILE: '/dev/null' },
    forceKillAfterDelay: 5_000,
    ...(signal && { cancelSignal: signal }),
  });
}

export type RunningProgram = ReturnType<typeof startProgram>;

const stderrLimit = 64 * 1024;

/** Collects the last 64 KB of what a program says on its error stream. */
export function collectErrors(program: RunningProgram): () => string {
  let kept = Buffer.alloc(0);
  program.stderr.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-stderrLimit);
  });
  return () => new TextDecoder().decode(kept).trim();
}

const rememberedForMs = 60_000;
const remembered = new Map<string, { said: string; until: number }>();

/**
 * What a program says of itself (`--version`, `--help`) on stdout; null when it cannot be started or fails. The answer
 * holds for a minute, while the file is the same: a start costs a large process tens of milliseconds, and a backup would
 * ask several times.
 */
export async function selfDescription(file: string, args: readonly string[]): Promise<string | null> {
  const { ino, mtimeMs, size } = await stat(file).catch(() => ({ ino: 0, mtimeMs: 0, size: 0 }));
  const key = JSON.stringify([file, args, ino, mtimeMs, size]);
  const now = performance.now();
  const known = remembered.get(key);
  if (known && known.until > now) return known.said;
  const said = await outputOf(file, args);
  for (const [other, { until }] of remembered) if (until <= now) remembered.delete(other);
  if (said !== null) remembered.set(key, { said, until: now + rememberedForMs });
  return said;
}

/** Runs a short program to its end. */
async function outputOf(file: string, args: readonly string[]): Promise<string | null> {
  const { failed, stdout } = await execa(file, args, {
    reject: false,
    timeout: 10_000,
    stdin: 'ignore',
    extendEnv: false,
    env: { PATH: searchPath() },
  });
  return failed ? null : stdout;
}

/** Every executable file called `name` on the PATH, in the PATH's order. */
export async function findPrograms(name: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of searchPath().split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) found.push(path);
  }
  return found;
}

function searchPath(): string {
  // eslint-disable-next-line no-restricted-syntax -- where programs are is the machine's business, not a setting
  return process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
}
