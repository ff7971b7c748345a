/**
 * Compares the committed openapi.json with what the built service says of itself, or writes it (`--write`).
 * Needs a build.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Expected, runScript } from './lib/lifetime.mjs';
import { fromRoot } from './lib/paths.mjs';
import { startService, temporarySettings } from './lib/service.mjs';

await runScript(async () => {
  if (!existsSync(fromRoot('dist/main.js'))) throw new Expected('There is no build; run: npm run build');
  const path = fromRoot('openapi.json');
  const { url } = await startService(temporarySettings('openapi'));
  const response = await fetch(new URL('/openapi.json', url));
  if (!response.ok) throw new Expected(`GET /openapi.json answered ${response.status}.`);
  const described = `${JSON.stringify(await response.json(), null, 2)}\n`;

  if (process.argv.includes('--write')) {
    writeFileSync(path, described);
    console.log('openapi.json is written.');
    return;
  }
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (committed !== described) {
    throw new Expected(`openapi.json is not what the code says. ${firstDifference(committed, described)}
To write it anew: npm run openapi`);
  }
  console.log('openapi.json is what the code says.');
});

function firstDifference(committed, described) {
  const [before, now] = [committed.split('\n'), described.split('\n')];
  const line = now.findIndex((text, index) => text !== before[index]);
  const at = line === -1 ? now.length : line;
  return `Line ${at + 1}:
  committed: ${before[at]?.trim() ?? '(nothing)'}
  code:      ${now[at]?.trim() ?? '(nothing)'}`;
}
