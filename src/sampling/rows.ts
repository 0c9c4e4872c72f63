/** What identifies an entry. */
export interface Naming<Entry, Identity extends object, Key extends string> {
  /** An object that stays the same from dump to dump as far as the director can manage that. */
  identityOf(entry: Entry): Identity;
  keyOf(identity: Identity): Key;
}

/**
 * The rows of a dump, each once, in the order read. A row that is as in the last dump keeps its object, so comparing
 * one reference shows that nothing changed, which in a large table is true of most rows.
 */
export class Rows<Entry, Key extends string> {
  readonly entries: readonly Entry[];
  readonly #names: Names<Entry, Key>;

  private constructor(entries: readonly Entry[], names: Names<Entry, Key>) {
    this.entries = entries;
    this.#names = names;
  }

  /** The key of each entry. It is the same array as long as the same rows come in the same order. */
  get keys(): readonly Key[] {
    return this.#names.keysOf(this.entries);
  }

  /** The place of each key; there is none for `undefined`. */
  get places(): ReadonlyMap<Key | undefined, number> {
    return this.#names.placesOf(this.entries);
  }

  /** Whether both have the same rows in the same order; known without making keys. */
  isArrangedAs(other: Rows<Entry, Key>): boolean {
    return this.#names === other.#names;
  }

  /** Makes rows of what was read. If a row was read twice, the later one counts. */
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

/** The rows, followed by those of `extra`. */
export function withMore<Entry, Identity extends object, Key extends string>(
  rows: Rows<Entry, Key>,
  extra: readonly Entry[],
  naming: Naming<Entry, Identity, Key>,
): Rows<Entry, Key> {
  return extra.length === 0 ? rows : Rows.gather([...rows.entries, ...extra], naming);
}

/**
 * The keys of rows, made when first asked for: for most real servers that never happens, and keys take more memory
 * than the numbers.
 */
class Names<Entry, Key extends string> {
  readonly #keyOf: (entry: Entry) => Key;
  #keys: readonly Key[] | undefined;
  #places: ReadonlyMap<Key, number> | undefined;

  constructor(keyOf: (entry: Entry) => Key) {
    this.#keyOf = keyOf;
  }

  /** Any of the dumps that share these names may be given: the rows are the same, only what they carry differs. */
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
