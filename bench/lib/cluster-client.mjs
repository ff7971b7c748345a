import { setTimeout as sleep } from 'node:timers/promises';
import { Expected } from '../../scripts/lib/lifetime.mjs';

const ends = ['done', 'error', 'cancelled'];

/** Speaks to one of the services as the superadmin. */
export class Client {
  #token;

  constructor(url) {
    this.url = url;
  }

  async logIn(email, password) {
    const { access_token: token } = await this.ask('POST', '/api/v1/auth/login', { email, password });
    this.#token = token;
    return this;
  }

  async ask(method, path, body) {
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        'content-type': 'application/json',
        ...(this.#token && { authorization: `Bearer ${this.#token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    throw new Expected(`${method} ${path} answered ${response.status}: ${answer.detail}`);
  }

  /** Until this service, too, knows of a database that was registered with the other one. */
  async knows(name, limitMs = 30_000) {
    for (const deadline = performance.now() + limitMs; performance.now() < deadline; await sleep(200)) {
      const { databases } = await this.ask('GET', '/api/databases?page[size]=100');
      if (databases.some((database) => database.name === name)) return;
    }
    throw new Expected(`${this.url} does not know the database ${name}`);
  }

  /** Waits for the end of jobs; throws when it takes longer than `limitMs`. Returns them as they ended. */
  async ended(ids, limitMs, tell) {
    const jobs = new Map();
    for (const deadline = performance.now() + limitMs; ; await sleep(1_000)) {
      for (const id of ids) {
        if (jobs.has(id)) continue;
        const job = await this.ask('GET', `/api/jobs/${id}`);
        if (ends.includes(job.status)) jobs.set(id, job);
      }
      tell(jobs.size);
      if (jobs.size === ids.length) return [...jobs.values()];
      if (performance.now() > deadline) {
        const open = ids.filter((id) => !jobs.has(id));
        throw new Expected(
          `After ${limitMs / 1000} s ${open.length} jobs have not ended: ${open.join(', ')}`,
        );
      }
    }
  }
}
