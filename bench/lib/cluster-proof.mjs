import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const manifestEnding = '.manifest.json';

/**
 * What must hold when all has ended: a list of `[sentence, faults]`, where no faults means that it holds.
 * `listed`: the backups as the service lists them; `jobs`: as they ended; `asked`: the ids that were given to who asked.
 */
export async function prove({ asked, jobs, listed, backupFolder, dataFolders }) {
  const done = jobs.filter(({ status }) => status === 'done');
  const files = filesBelow(backupFolder);
  const artefacts = files.filter((path) => !isHidden(path) && !path.endsWith(manifestEnding));
  return [
    [
      'every one ended done, or with an error that has a reason',
      jobs.filter(hasNoReason).map(({ id }) => id),
    ],
    [
      'none is lost, and none is listed twice',
      differences(
        asked,
        listed.map(({ id }) => id),
      ),
    ],
    ['a job and its backup say the same', contradictions(jobs, listed)],
    ['as many files as backups that are done', equal(artefacts.length, done.length)],
    ['each file has the length and the hash of its own manifest', await damaged(artefacts)],
    [
      'each file belongs to another backup',
      differences(
        done.map(({ id }) => id),
        artefacts.map(idIn),
      ),
    ],
    ['no working file is left', [...files.filter(isHidden), ...dataFolders.flatMap(workOf)]],
  ];
}

const hasNoReason = ({ status, error }) => status !== 'done' && !(status === 'error' && error?.detail);
const isHidden = (path) => path.split('/').pop().startsWith('.');
const manifestOf = (path) => `${path}${manifestEnding}`;
const readManifest = (path) => JSON.parse(readFileSync(manifestOf(path), 'utf8'));
const idIn = (path) => (existsSync(manifestOf(path)) ? readManifest(path).id : `${path} without a manifest`);

function differences(expected, found) {
  const missing = expected.filter((id) => !found.includes(id)).map((id) => `${id} is missing`);
  const strange = found.filter((id) => !expected.includes(id)).map((id) => `${id} is strange`);
  const twice = found.filter((id, index) => found.indexOf(id) !== index).map((id) => `${id} is there twice`);
  return [...missing, ...strange, ...twice];
}

function contradictions(jobs, listed) {
  const statuses = new Map(listed.map(({ id, status }) => [id, status]));
  return jobs
    .filter(({ id, status }) => statuses.get(id) !== status)
    .map(({ id, status }) => `${id}: the job is ${status}, the backup ${statuses.get(id)}`);
}

function equal(found, expected) {
  return found === expected ? [] : [`${found} instead of ${expected}`];
}

async function damaged(artefacts) {
  const faults = [];
  for (const path of artefacts) {
    if (!existsSync(manifestOf(path))) faults.push(`${path}: no manifest`);
    else if ((await hashOf(path)) !== readManifest(path).sha256) faults.push(`${path}: another hash`);
  }
  return faults;
}

async function hashOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function workOf(dataFolder) {
  const folder = join(dataFolder, 'work');
  return existsSync(folder) ? filesBelow(folder) : [];
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
