/**
 * Of each of `tables` what a column is usually called that holds its keys: `project_id`, `projectId`, `projects_id`,
 * `project_uuid` for `projects`. Of two tables with the same name for it the first one counts.
 */
export class KeyNames {
  readonly #tables = new Map<string, string>();

  /** `all` are the tables of the database: what they all begin with (`app_`), columns do not repeat. */
  constructor(tables: readonly string[], all: readonly string[]) {
    const prefix = commonPrefix(all);
    for (const table of tables) {
      for (const name of [table.slice(prefix.length), table].flatMap(spellings)) {
        if (!this.#tables.has(name)) this.#tables.set(name, table);
      }
    }
  }

  /** The table whose keys the column seems to hold, by its name alone. */
  tableOf(column: string): string | undefined {
    return this.#tables.get(plain(column));
  }
}

function commonPrefix([first = '', ...others]: readonly string[]): string {
  const prefix = /^[^_]+_(?=.)/.exec(first)?.[0];
  return prefix !== undefined && others.every((name) => name.startsWith(prefix)) ? prefix : '';
}

function spellings(table: string): string[] {
  const plural = plain(table);
  const singulars = [
    plural.replace(/ies$/, 'y').replace(/s$/, ''),
    plural.replace(/(?<=s|x|z|ch|sh)es$/, ''),
  ];
  return [...singulars, plural].flatMap((name) => [`${name}id`, `${name}uuid`]);
}

/** Where one writes `order_line_id`, another one writes `orderLineId`. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', '');
}
