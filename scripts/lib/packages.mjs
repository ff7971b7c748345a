import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPostgres } from './postgres-server.mjs';
import { findProgram, run } from './processes.mjs';
import { findRedis } from './redis-server.mjs';

const there = (...programs) => findProgram(...programs) !== null;

/** What the tests use of a machine: whether it is there, and Debian's package of it. */
const needs = [
  // The -core package is the server without a system service that would start on port 3306.
  { isMet: () => there('mariadbd', 'mysqld'), debian: 'mariadb-server-core' },
  { isMet: () => there('mariadb-dump', 'mysqldump'), debian: 'mariadb-client' },
  { isMet: () => there('zstd'), debian: 'zstd' },
  { isMet: () => there('age'), debian: 'age' },
  { isMet: () => findPostgres() !== null, debian: 'postgresql', prepare: withoutMainCluster },
  // Has the server's program, too, and no system service.
  { isMet: () => findRedis() !== null, debian: 'redis-tools' },
];

/** Installs missing programs where that is possible without asking: on Debian, as root. */
export async function ensurePrograms() {
  const unmet = needs.filter(({ isMet }) => !isMet());
  if (unmet.length === 0 || !canInstall()) return;
  for (const { prepare } of unmet) prepare?.();
  const missing = unmet.map(({ debian }) => debian);
  console.log(`Installing ${missing.join(', ')} (apt-get).`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await run('apt-get', ['update', '-q'], { env });
  const install = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...missing], {
    env,
  });
  if (!install.ok) console.log(`apt-get could not install them:\n${update.output}${install.output}`);
}

/** Debian's package would make a database of its own and start a service on port 5432. */
function withoutMainCluster() {
  const folder = '/etc/postgresql-common/createcluster.d';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'holdfast-tests.conf'), 'create_main_cluster = false\n');
}

function canInstall() {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0 && findProgram('apt-get') !== null;
}
