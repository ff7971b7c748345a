import { existsSync, readFileSync } from 'node:fs';
import { fromRoot } from './paths.mjs';

/**
 * The fault table with what became of it: a line for each row and server. `results` is Jest's report by file, `records`
 * the path of the lines that test/faults/kit/repeat.ts writes.
 */
export function faultTable(rows, results, records) {
  const repeated = readRecords(records);
  const lines = rows.flatMap((row) => linesOf(row, results, repeated));
  const head = ['row', 'fault', 'server', 'repetitions', 'outcome', 'what was hit and what came of it'];
  return layOut([head, ...lines]);
}

function readRecords(path) {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  return grouped(
    lines.map((line) => JSON.parse(line)),
    ({ test }) => test,
  );
}

function linesOf({ row, fault, files, pending }, results, repeated) {
  if (files.length === 0) return [[row, fault, '', '', `not tested: ${pending}`, '']];
  const paths = files.map((file) => fromRoot(file));
  const tests = results
    .filter(({ name }) => paths.includes(name))
    .flatMap(({ assertionResults, message }) =>
      // A file that did not load has no tests.
      assertionResults.length > 0 ? assertionResults : [{ fullName: message, status: 'failed' }],
    );
  if (tests.length === 0) return [[row, fault, '', '', 'did not run', '']];
  return [...grouped(tests, ({ fullName }) => serverIn(fullName))].map(([server, ofServer], at) => {
    const records = ofServer.flatMap(({ fullName }) => repeated.get(fullName) ?? []);
    return [at === 0 ? row : '', at === 0 ? fault : '', server, ...outcomeOf(ofServer, records)];
  });
}

function outcomeOf(tests, records) {
  const count = (wanted) => tests.filter(({ status }) => status === wanted).length;
  const [passed, failed] = [count('passed'), count('failed')];
  const counted = records.reduce((sum, { repetitions }) => sum + repetitions, 0);
  // A test that repeats nothing is one repetition.
  const times = counted + passed - records.length;
  if (failed > 0) return [times, `FAILED (${failed} of ${passed + failed} tests)`, ''];
  if (passed === 0) return ['', 'skipped', ''];
  return [times, `held ${times} of ${times}`, words(records)];
}

function words(records) {
  const sums = {};
  for (const { outcomes } of records)
    for (const [word, count] of Object.entries(outcomes)) sums[word] = (sums[word] ?? 0) + count;
  return Object.entries(sums)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
}

const serverIn = (name) => /\bon (SQLite|MariaDB|MySQL)\b/.exec(name)?.[1] ?? '-';

function grouped(list, keyOf) {
  const groups = new Map();
  for (const entry of list) groups.set(keyOf(entry), [...(groups.get(keyOf(entry)) ?? []), entry]);
  return groups;
}

function layOut(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => String(line[column]).length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => String(cell).padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
