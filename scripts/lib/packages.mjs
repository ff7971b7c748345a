import { existsSync } from 'node:fs';
import { findProgram, run } from './processes.mjs';

/** What the tests use of a machine: each need with the programs that satisfy it and Debian's package of it. */
const needs = [
  // The -core package is the server without a system service that would start on port 3306.
  { anyOf: ['mariadbd', 'mysqld'], debian: 'mariadb-server-core' },
  { anyOf: ['mariadb-dump', 'mysqldump'], debian: 'mariadb-client' },
  { anyOf: ['zstd'], debian: 'zstd' },
  // Has the server's program, too, and no system service.
  { anyOf: ['redis-server', 'valkey-server', 'redis-check-rdb'], debian: 'redis-tools' },
];

/** Installs missing programs where that is possible without asking: on Debian, as root. */
export async function ensurePrograms() {
  const missing = needs.filter(({ anyOf }) => findProgram(...anyOf) === null).map(({ debian }) => debian);
  if (missing.length === 0 || !canInstall()) return;
  console.log(`Installing ${missing.join(', ')} (apt-get).`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await run('apt-get', ['update', '-q'], { env });
  const install = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], {
    env,
  });
  if (!install.ok) console.log(`apt-get could not install them:\n${update.output}${install.output}`);
}

function canInstall() {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0 && findProgram('apt-get') !== null;
}
