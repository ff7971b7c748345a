import Sequencer from '@jest/test-sequencer';

/** Files that take the longest, as parts of their paths. A long one that begins last leaves the other workers idle. */
const long = [
  'contract/postgres.',
  'contract/mysql.',
  'e2e/command-line',
  'e2e/project-backups-hostile',
  'e2e/route-roles',
  'e2e/project-backups-applications',
  'e2e/maintenance',
  'e2e/full-backups-',
  'e2e/process',
];

/** Jest's order, which goes by size where nothing is known of earlier runs, behind the files that are known to be long. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const rank = ({ path }) => {
      const found = long.findIndex((part) => path.includes(part));
      return found < 0 ? long.length : found;
    };
    return [...sorted].sort((a, b) => rank(a) - rank(b));
  }
}
