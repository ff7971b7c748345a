import type { SeededRandom } from '../../faults/kit/random.js';

export type KeyKind = 'integer' | 'uuid' | 'text' | 'composite' | 'none';

export interface RandomReference {
  column: string;
  parent: string;
  mandatory: boolean;
  onDelete: 'CASCADE' | 'NO ACTION';
}

export interface RandomTable {
  name: string;
  key: KeyKind;
  /** Of a composite key: the reference that is its first column. */
  keyReference: string | null;
  references: RandomReference[];
  shared: boolean;
}

export interface RandomSchema {
  tables: RandomTable[];
}

const root = 'projects';

/**
 * 5 to 30 tables below a table of projects: several ways, ways that may be null, trees, cycles, keys of several columns and
 * none at all, tables that projects share, and one above the root.
 */
export function randomSchema(random: SeededRandom): RandomSchema {
  const size = random.integer(3, 28);
  const rootKey = random.pick<KeyKind>(['integer', 'integer', 'uuid', 'text']);
  const above: RandomTable = {
    name: 'accounts',
    key: 'integer',
    keyReference: null,
    references: [],
    shared: true,
  };
  const users: RandomTable = { name: 'users', key: 'uuid', keyReference: null, references: [], shared: true };
  const tables: RandomTable[] = [
    above,
    users,
    {
      name: root,
      key: rootKey,
      keyReference: null,
      references: [
        { column: 'account_id', parent: 'accounts', mandatory: chance(random, 0.5), onDelete: 'NO ACTION' },
      ],
      shared: false,
    },
  ];
  for (let at = 0; at < size; at += 1) tables.push(randomTable(random, `t${at}`, tables));
  addCycles(random, tables);
  return { tables };
}

function randomTable(random: SeededRandom, name: string, before: readonly RandomTable[]): RandomTable {
  const parents = before.filter(
    (table) => !table.shared && table.key !== 'none' && table.key !== 'composite',
  );
  const references: RandomReference[] = [];
  const ways = random.integer(1, 3);
  for (let way = 0; way < ways; way += 1) {
    const parent = random.pick(parents).name;
    const mandatory = chance(random, 0.45);
    // A reference that owns nothing beside ways that may be null would make the table unclassified.
    const onDelete = mandatory && chance(random, 0.3) ? 'NO ACTION' : 'CASCADE';
    references.push({ column: `r${way}`, parent, mandatory, onDelete });
  }
  const key = random.pick<KeyKind>(['integer', 'integer', 'uuid', 'text', 'composite', 'none']);
  const keyReference =
    key === 'composite' ? (references.find(({ mandatory }) => mandatory)?.column ?? null) : null;
  if (key !== 'none' && key !== 'composite' && chance(random, 0.3)) {
    const onDelete = chance(random, 0.5) ? 'CASCADE' : 'NO ACTION';
    references.push({ column: 'above', parent: name, mandatory: false, onDelete });
  }
  if (chance(random, 0.3)) {
    references.push({
      column: 'by_user',
      parent: 'users',
      mandatory: chance(random, 0.5),
      onDelete: 'NO ACTION',
    });
  }
  return {
    name,
    key: key === 'composite' && !keyReference ? 'integer' : key,
    keyReference,
    references,
    shared: false,
  };
}

/** References to tables that come later, so that two or three of them wait for each other. */
function addCycles(random: SeededRandom, tables: RandomTable[]): void {
  const own = tables.filter((table) => !table.shared && table.name !== root);
  for (const [index, table] of own.entries()) {
    const later = own.slice(index + 1).filter(({ key }) => key !== 'none' && key !== 'composite');
    if (later.length === 0 || !chance(random, 0.12)) continue;
    table.references.push({
      column: 'later',
      parent: random.pick(later).name,
      mandatory: false,
      onDelete: 'CASCADE',
    });
  }
}

export function chance(random: SeededRandom, share: number): boolean {
  return random.next() < share;
}
