import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3Gate, SeenRequest } from '../../support/s3/s3-gate.js';
import type { SeededRandom } from './random.js';

/** The moments of work that can only be seen from outside, by what it does. */
export interface Moments {
  /** Waits for a random moment of the next work, and strikes; when it is over first, then. Says what had been done by then. */
  strike(random: SeededRandom, isOver: () => boolean, fault: () => void): Promise<string>;
}

/** From the first file that appears in a folder. */
export class FileMoments implements Moments {
  constructor(
    private readonly folder: string,
    /** About how long the work takes from then. */
    private readonly lengthMs: number,
  ) {}

  async strike(random: SeededRandom, isOver: () => boolean, fault: () => void): Promise<string> {
    const wait = random.between(0, this.lengthMs);
    const known = new Set(readdirSync(this.folder));
    const added = () => readdirSync(this.folder).filter((name) => !known.has(name));
    while (added().length === 0 && !isOver()) await sleep(1);
    if (wait > 1) await sleep(wait);
    fault();
    const finished = added().filter((name) => !name.startsWith('.'));
    return finished.length === 0 ? 'a part was there' : `${finished.length} files were there`;
  }
}

/** Before a request about a full backup that reaches an S3 server is answered, perhaps while its body is on its way. */
export class RequestMoments implements Moments {
  constructor(
    private readonly gate: S3Gate,
    /** How many there are. */
    private readonly count: number,
  ) {}

  async strike(random: SeededRandom, isOver: () => boolean, fault: () => void): Promise<string> {
    const wanted = random.integer(1, this.count);
    const waitMs = random.pick([0, random.between(1, 10)]);
    let seen = 0;
    let label = '';
    this.gate.arriving = (request) => {
      if (!request.path.includes('/full/') || ++seen !== wanted) return;
      const strike = () => {
        fault();
        label = labelOf(request);
      };
      if (waitMs === 0) strike();
      else setTimeout(strike, waitMs);
    };
    while (label === '' && !(isOver() && seen < wanted)) await sleep(2);
    this.gate.arriving = () => undefined;
    if (label !== '') return label;
    fault();
    return 'it was over';
  }
}

function labelOf({ method, path, query }: SeenRequest): string {
  const part = query.get('partNumber');
  const what = path.endsWith('.manifest.json') ? 'the manifest' : part ? `part ${part}` : 'the object';
  const how = method === 'POST' ? (query.has('uploads') ? 'beginning' : 'completing') : method;
  return `${how} ${what}`;
}
