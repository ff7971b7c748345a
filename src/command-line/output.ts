/** Results on stdout, as a table for people or as JSON for programs; everything else on stderr. */
export class Output {
  constructor(
    private readonly json: boolean,
    private readonly out: NodeJS.WritableStream,
    private readonly err: NodeJS.WritableStream,
  ) {}

  /** `value` for programs, `text` for people. */
  result(value: unknown, text: string): void {
    this.out.write(this.json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
  }

  /** One line per row, columns aligned; says so when there is none. */
  table<T extends object>(rows: readonly T[], columns: (keyof T & string)[], none: string): void {
    if (this.json) return this.result(rows, '');
    if (rows.length === 0) return this.result(rows, none);
    const cells = [columns as string[], ...rows.map((row) => columns.map((column) => shown(row[column])))];
    const widths = columns.map((_, index) => Math.max(...cells.map((line) => (line[index] ?? '').length)));
    const lines = cells.map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    this.result(rows, lines.join('\n'));
  }

  progress(phase: string): void {
    this.err.write(`${phase} ...\n`);
  }

  warn(sentence: string): void {
    this.err.write(`${sentence}\n`);
  }
}

function shown(value: unknown): string {
  return value === null || value === undefined ? '-' : String(value as string | number | boolean);
}
