/** What identifies an entry. */
export interface Naming<Entry, Identity extends object, Key extends string> {
  /** An object that stays the same as long as the director can help it. */
  identityOf(entry: Entry): Identity;
  keyOf(identity: Identity): Key;
}

/**
 * The rows of a dump, each once, in the order read. Whatever is as in the dump before keeps its object: one
 * look at a reference then tells that nothing changed, which in a large table is so for most of it.
 */
export class Rows<Entry, Key extends string> {
  readonly entries: readonly Entry[];
  readonly #names: Names<Entry, Key>;

  private constructor(entries: readonly Entry[], names: Names<Entry, Key>) {
    this.entries = entries;
    this.#names = names;
  }

  /** What each entry is known by. The same array as long as the same ones come in the same order. */
  get keys(): readonly Key[] {
    return this.#names.keysOf(this.entries);
  }

  /** Place of each key; of no key, none. */
  get places(): ReadonlyMap<Key | undefined, number> {
    return this.#names.placesOf(this.entries);
  }

  /** Whether the same ones come in the same order; told without their keys. */
  isArrangedAs(other: Rows<Entry, Key>): boolean {
    return this.#names === other.#names;
  }

  /** Makes rows of what was read; a row that was read twice counts as read last. */
  static gather<Entry, Identity extends object, Key extends string>(
    entries: readonly Entry[],
    naming: Naming<Entry, Identity, Key>,
    before?: Rows<Entry, Key>,
  ): Rows<Entry, Key> {
    if (before !== undefined && before.entries.length === entries.length) {
      const same = compareWith(entries, before.entries, naming);
      if (same === 'entries') return before;
      if (same === 'identities') return new Rows(entries, before.#names);
    }
    const byKey = new Map<Key, Entry>();
    for (const entry of entries) byKey.set(naming.keyOf(naming.identityOf(entry)), entry);
    const once = byKey.size === entries.length ? entries : [...byKey.values()];
    if (before !== undefined && sameKeys([...byKey.keys()], before.keys))
      return new Rows(once, before.#names);
    return new Rows(once, new Names((entry) => naming.keyOf(naming.identityOf(entry))));
  }

  /** No rows. */
  static none<Entry, Key extends string>(): Rows<Entry, Key> {
    return new Rows<Entry, Key>([], noNames);
  }
}

/** The rows with those of `extra` behind them. */
export function withMore<Entry, Identity extends object, Key extends string>(
  rows: Rows<Entry, Key>,
  extra: readonly Entry[],
  naming: Naming<Entry, Identity, Key>,
): Rows<Entry, Key> {
  return extra.length === 0 ? rows : Rows.gather([...rows.entries, ...extra], naming);
}

/** The keys of rows, made when they are asked for first: of most real servers they never are, and they take more memory than their numbers. */
class Names<Entry, Key extends string> {
  readonly #keyOf: (entry: Entry) => Key;
  #keys: readonly Key[] | undefined;
  #places: ReadonlyMap<Key, number> | undefined;

  constructor(keyOf: (entry: Entry) => Key) {
    this.#keyOf = keyOf;
  }

  /** Of entries that are all the same but for what they carry. */
  keysOf(entries: readonly Entry[]): readonly Key[] {
    this.#keys ??= entries.map(this.#keyOf);
    return this.#keys;
  }

  placesOf(entries: readonly Entry[]): ReadonlyMap<Key, number> {
    this.#places ??= new Map(this.keysOf(entries).map((key, place) => [key, place]));
    return this.#places;
  }
}

const noNames = new Names<unknown, never>(() => {
  throw new Error('there are no rows to name');
});

function compareWith<Entry, Identity extends object, Key extends string>(
  entries: readonly Entry[],
  before: readonly Entry[],
  { identityOf }: Naming<Entry, Identity, Key>,
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
