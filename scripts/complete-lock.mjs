/**
 * Completes package-lock.json after `npm install`. A registry that does not carry the optional packages of other
 * platforms makes npm leave them out of the lock, and `npm ci` then refuses the lock that npm wrote
 * (https://github.com/npm/cli/issues/9846). Their names and exact versions stand in the packages that want them; only
 * the integrity is not known here. A lock written against a registry that has them all is not changed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fromRoot } from './lib/paths.mjs';

const platform =
  /-(?<os>darwin|linux|win32|freebsd|android|openharmony)-(?<cpu>arm64|arm|x64|ia32|loong64|ppc64|riscv64|s390x)(?:-(?<abi>\w+))?$/;

const path = fromRoot('package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const added = [];

for (const [parent, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const places = [`node_modules/${name}`, `${parent}/node_modules/${name}`];
    if (places.some((place) => place in lock.packages)) continue;
    lock.packages[places[0]] = entryOf(name, version, dev);
    added.push(`${name}@${version}`);
  }
}

const sorted = Object.entries(lock.packages).sort(([one], [other]) => one.localeCompare(other, 'en'));
if (added.length > 0) {
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
}
console.log(
  added.length === 0
    ? 'package-lock.json is complete.'
    : `Added to package-lock.json:\n  ${added.join('\n  ')}`,
);

function entryOf(name, version, dev) {
  const found = platform.exec(name)?.groups;
  if (!found || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(
      `${name}@${version} is missing in package-lock.json and its platform cannot be told from its name`,
    );
  }
  const libc = found.os !== 'linux' ? null : found.abi?.startsWith('musl') ? 'musl' : 'glibc';
  return {
    version,
    cpu: [found.cpu],
    ...(dev && { dev }),
    ...(libc && { libc: [libc] }),
    optional: true,
    os: [found.os],
  };
}
