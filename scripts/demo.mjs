/**
 * `npm run demo [-- --mysql] [-- --port N] [-- --once]`: starts the service on a small database of two tenants, breaks
 * it, and restores it. Everything is in a temporary folder that is removed at the end; nothing of yours is touched.
 * `--mysql` uses a private MariaDB or MySQL instead of SQLite; `--once` ends after the story.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { logIn } from './demo/api.mjs';
import { tellStory } from './demo/story.mjs';
import { mysqlStage, sqliteStage } from './demo/stages.mjs';
import { say, step } from './demo/terminal.mjs';
import { ensureBuilt, ensureInstalled } from './lib/install.mjs';
import { Expected, runScript } from './lib/lifetime.mjs';
import { freePort } from './lib/ports.mjs';
import { startService, temporarySettings } from './lib/service.mjs';

const usage = 'Usage: npm run demo [-- --mysql] [-- --port N] [-- --once]';

await runScript(async () => {
  const options = readOptions();
  if (options.help) {
    console.log(
      `${usage}\n--mysql  a private MariaDB or MySQL instead of SQLite\n--port   where it listens, 3000 if that is free\n--once   ends after the story`,
    );
    return;
  }
  await ensureInstalled();
  await ensureBuilt();

  const folders = temporarySettings('demo');
  const folder = folders.HOLDFAST_DATA_DIR;
  const admin = { email: 'admin@demo.example', password: randomBytes(12).toString('base64url') };
  const stage = options.mysql ? await mysqlStage() : await sqliteStage(folder);
  const port = await freePort(options.port);
  if (![0, port].includes(options.port))
    console.log(`Port ${options.port} is in use; this takes another one.`);
  const service = await startService({
    ...folders,
    ...stage.settings,
    HOLDFAST_ADMIN_EMAIL: admin.email,
    HOLDFAST_ADMIN_PASSWORD: admin.password,
    PORT: String(port),
  });
  console.log(`Holdfast on ${stage.title}, at ${service.url}. Its files are in ${folder}.`);

  const api = await logIn(service.url, admin);
  const { full, project } = await tellStory(api, await stage.open());
  if (options.once) return;

  step('Now you');
  say(`The service runs until you press Ctrl-C; then ${folder} is removed.`);
  say();
  say(`API       ${service.url}/docs`);
  say(`Log in    ${admin.email}  ${admin.password}`);
  say();
  say(`TOKEN=$(curl -s ${service.url}/api/v1/auth/login -H 'Content-Type: application/json' \\`);
  say(`  -d '${JSON.stringify(admin)}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`);
  say(`curl -s -X POST ${service.url}/api/v1/backup -H "Authorization: Bearer $TOKEN"`);
  say(`curl -s ${service.url}/api/v1/backup -H "Authorization: Bearer $TOKEN"`);
  say(`curl -s -O -J ${service.url}/api/v1/backup/${full}/download -H "Authorization: Bearer $TOKEN"`);
  say(`curl -s ${service.url}/api/v1/projects/1/backup/preview -H "Authorization: Bearer $TOKEN" \\`);
  say(`  -H 'Content-Type: application/json' -d '{"filename":"${project}"}'`);
  await service.ended;
  throw new Expected(`The service has ended by itself:\n${service.lastLines()}`);
});

function readOptions() {
  const options = {
    mysql: { type: 'boolean' },
    once: { type: 'boolean' },
    port: { type: 'string', default: '3000' },
    help: { type: 'boolean', short: 'h' },
  };
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new Expected(`${error.message}\n${usage}`);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Expected('--port must be 0 to 65535.');
  const { mysql = false, once = false, help = false } = values;
  return { mysql, once, help, port };
}
