import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findServer, startDatabaseServer } from '../../scripts/lib/database-server.mjs';
import { atEnd, Expected } from '../../scripts/lib/lifetime.mjs';
import { startService, temporarySettings } from '../../scripts/lib/service.mjs';

const email = 'bench@holdfast.test';
const password = 'correct horse battery';

/** HOLDFAST_BENCH_URL, or a private server of what is installed. */
export async function address() {
  if (process.env.HOLDFAST_BENCH_URL) {
    const { hostname, port, username, password: secret } = new URL(process.env.HOLDFAST_BENCH_URL);
    return { host: hostname, port: Number(port), user: username, password: secret };
  }
  const server = findServer();
  if (!server) throw new Expected('There is no mariadbd or mysqld; name a server in HOLDFAST_BENCH_URL.');
  return startDatabaseServer(server);
}

/** The service on a schema, with `more` settings; `measured` does one piece of work and notes its highest resident memory and its time. */
export async function startMeasured({ host, port, user, password: secret }, schema, work, more = {}) {
  const settings = { ...temporarySettings('bench'), ...more };
  const service = await startService({
    ...settings,
    HOLDFAST_DATABASE_URL: `mysql://${user}:${secret}@${host}:${port}/${schema}`,
    HOLDFAST_ADMIN_EMAIL: email,
    HOLDFAST_ADMIN_PASSWORD: password,
    HOLDFAST_UNDO_DAYS: '0',
  });
  atEnd(service.stop);
  const call = await logIn(service.url);
  const measured = async (name, path, body) => {
    resetPeak(service.pid);
    const begin = performance.now();
    const answer = await call(path, body).catch((error) => {
      throw new Expected(`${error.message}\n${service.lastLines()}`);
    });
    work[`${name} MB`] = Math.round(peakKilobytes(service.pid) / 1024);
    work[`${name} s`] = Number(((performance.now() - begin) / 1000).toFixed(1));
    return answer;
  };
  return { measured, settings, stop: service.stop };
}

/** Asks for work in the background and waits for its end: Node's own client gives up after five minutes. */
async function logIn(url) {
  const ask = async (method, path, token, body) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        'content-type': 'application/json',
        Prefer: 'respond-async',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Expected(`${method} ${path} answered ${response.status}: ${answer.detail}`);
    return { answer, job: response.headers.get('location') };
  };
  const { answer: login } = await ask('POST', '/api/v1/auth/login', null, { email, password });
  const token = login.access_token;
  return async (path, body) => {
    const { answer, job } = await ask('POST', path, token, body);
    if (!job) return answer;
    for (;;) {
      const { answer: state } = await ask('GET', job, token);
      if (state.status === 'done') return state.result;
      if (state.status === 'error') throw new Expected(`${path}: ${state.error.detail}`);
      await sleep(200);
    }
  };
}

function resetPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function peakKilobytes(pid) {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}
