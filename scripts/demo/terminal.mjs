/** How the demo speaks: numbered steps, calls, and lines of numbers. */
let steps = 0;

export function step(title) {
  steps += 1;
  console.log(`\n${steps}. ${title}`);
}

export const say = (text = '') => console.log(text === '' ? '' : `   ${text}`);

export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      typeof cell === 'number' ? String(cell).padStart(widths[column]) : String(cell).padEnd(widths[column]),
    );
    say(cells.join('  ').trimEnd());
  }
}
