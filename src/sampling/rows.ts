/**
 * The rows of a dump, each once, in the order read. Whatever is as in the dump before keeps its object: one
 * look at a reference then tells that nothing changed, which in a large table is so for most of it.
 */
export interface Rows<Entry> {
  readonly entries: readonly Entry[];
  /** What each entry is known by. The same array as long as the same ones come in the same order. */
  readonly keys: readonly string[];
  /** Place of each key. */
  readonly places: ReadonlyMap<string, number>;
}

/** What identifies an entry. */
export interface Naming<Entry> {
  /** An object that stays the same as long as the director can help it. */
  identityOf(entry: Entry): object;
  keyOf(entry: Entry): string;
}

/** Makes rows of what was read; a row that was read twice counts as read last. */
export function gatherRows<Entry>(
  entries: readonly Entry[],
  naming: Naming<Entry>,
  before?: Rows<Entry>,
): Rows<Entry> {
  if (before !== undefined && before.entries.length === entries.length) {
    const same = compareWith(entries, before.entries, naming);
    if (same === 'entries') return before;
    if (same === 'identities') return { entries, keys: before.keys, places: before.places };
  }
  const byKey = new Map<string, Entry>();
  for (const entry of entries) byKey.set(naming.keyOf(entry), entry);
  const once = byKey.size === entries.length ? entries : [...byKey.values()];
  const keys = [...byKey.keys()];
  if (before !== undefined && sameKeys(keys, before.keys))
    return { entries: once, keys: before.keys, places: before.places };
  return { entries: once, keys, places: new Map(keys.map((key, place) => [key, place])) };
}

/** The rows with those of `extra` behind them. */
export function withMore<Entry>(
  rows: Rows<Entry>,
  extra: readonly Entry[],
  naming: Naming<Entry>,
): Rows<Entry> {
  return extra.length === 0 ? rows : gatherRows([...rows.entries, ...extra], naming);
}

function compareWith<Entry>(
  entries: readonly Entry[],
  before: readonly Entry[],
  { identityOf }: Naming<Entry>,
): 'entries' | 'identities' | 'neither' {
  let same: 'entries' | 'identities' = 'entries';
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as Entry;
    const known = before[index] as Entry;
    if (entry === known) continue;
    if (identityOf(entry) !== identityOf(known)) return 'neither';
    same = 'identities';
  }
  return same;
}

function sameKeys(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((key, place) => key === right[place]);
}
