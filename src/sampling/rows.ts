/** What identifies an entry. */
export interface Naming<Entry, Identity extends object> {
  /** An object that stays the same as long as the director can help it. */
  identityOf(entry: Entry): Identity;
  keyOf(identity: Identity): string;
}

/**
 * The rows of a dump, each once, in the order read. Whatever is as in the dump before keeps its object: one
 * look at a reference then tells that nothing changed, which in a large table is so for most of it.
 */
export class Rows<Entry> {
  readonly entries: readonly Entry[];
  readonly #names: Names<Entry>;

  private constructor(entries: readonly Entry[], names: Names<Entry>) {
    this.entries = entries;
    this.#names = names;
  }

  /** What each entry is known by. The same array as long as the same ones come in the same order. */
  get keys(): readonly string[] {
    return this.#names.keysOf(this.entries);
  }

  /** Place of each key. */
  get places(): ReadonlyMap<string, number> {
    return this.#names.placesOf(this.entries);
  }

  /** Whether the same ones come in the same order; told without their keys. */
  isArrangedAs(other: Rows<Entry>): boolean {
    return this.#names === other.#names;
  }

  /** Makes rows of what was read; a row that was read twice counts as read last. */
  static gather<Entry, Identity extends object>(
    entries: readonly Entry[],
    naming: Naming<Entry, Identity>,
    before?: Rows<Entry>,
  ): Rows<Entry> {
    if (before !== undefined && before.entries.length === entries.length) {
      const same = compareWith(entries, before.entries, naming);
      if (same === 'entries') return before;
      if (same === 'identities') return new Rows(entries, before.#names);
    }
    const byKey = new Map<string, Entry>();
    for (const entry of entries) byKey.set(naming.keyOf(naming.identityOf(entry)), entry);
    const once = byKey.size === entries.length ? entries : [...byKey.values()];
    if (before !== undefined && sameKeys([...byKey.keys()], before.keys))
      return new Rows(once, before.#names);
    return new Rows(once, new Names((entry) => naming.keyOf(naming.identityOf(entry))));
  }

  /** No rows. */
  static none<Entry>(): Rows<Entry> {
    return new Rows<Entry>([], noNames);
  }
}

/** The rows with those of `extra` behind them. */
export function withMore<Entry, Identity extends object>(
  rows: Rows<Entry>,
  extra: readonly Entry[],
  naming: Naming<Entry, Identity>,
): Rows<Entry> {
  return extra.length === 0 ? rows : Rows.gather([...rows.entries, ...extra], naming);
}

/** The keys of rows, made when they are asked for first: of most real servers they never are, and they take more memory than their numbers. */
class Names<Entry> {
  readonly #keyOf: (entry: Entry) => string;
  #keys: readonly string[] | undefined;
  #places: ReadonlyMap<string, number> | undefined;

  constructor(keyOf: (entry: Entry) => string) {
    this.#keyOf = keyOf;
  }

  /** Of entries that are all the same but for what they carry. */
  keysOf(entries: readonly Entry[]): readonly string[] {
    this.#keys ??= entries.map(this.#keyOf);
    return this.#keys;
  }

  placesOf(entries: readonly Entry[]): ReadonlyMap<string, number> {
    this.#places ??= new Map(this.keysOf(entries).map((key, place) => [key, place]));
    return this.#places;
  }
}

const noNames = new Names<unknown>(() => '');

function compareWith<Entry, Identity extends object>(
  entries: readonly Entry[],
  before: readonly Entry[],
  { identityOf }: Naming<Entry, Identity>,
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
