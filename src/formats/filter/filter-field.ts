/** Something that a filter can ask of a row by name, such as a column. */
export type FilterField<Row> = NumberField<Row> | WordField<Row> | TextField<Row>;

interface Named {
  /** The names it goes by, in lower case and without blanks; the first one is offered. */
  readonly words: readonly string[];
  /** Whether its value changes with each reading of the row's real servers. */
  readonly isMoving: boolean;
}

/** Compared by `=` `!=` `<` `<=` `>` `>=`, with a number or with another field. */
export interface NumberField<Row> extends Named {
  readonly kind: 'number';
  /** In the unit that is shown; `null` where it is not known, which no comparison holds for. */
  of(row: Row): number | null;
  /** How far two fields may be apart and still count as the same; 0 where it is left out. */
  readonly tolerance?: number;
}

/** One of a few words, compared by `:` and `!=`; several may be given: `mode:nat|tun`. */
export interface WordField<Row> extends Named {
  readonly kind: 'word';
  /** In lower case. */
  readonly values: readonly string[];
  has(row: Row, value: string): boolean;
}

/** Text that holds what is looked for, by `:` and `!=`. */
export interface TextField<Row> extends Named {
  readonly kind: 'text';
  /** In lower case. */
  of(row: Row): string;
}

/** What a filter is made of: how a row's words, addresses and fields are told. */
export interface FilterSubject<Row> {
  /** All that can be asked by name. */
  readonly fields: readonly FilterField<Row>[];
  /** Whether a word, in lower case, is found in what the row says. */
  holds(row: Row, word: string): boolean;
  /** Whether the row, or what it belongs to, has an address of that subnet. */
  isWithin(row: Row, subnet: Subnet): boolean;
}

/** A subnet; `network` is its first address in canonical text. */
export interface Subnet {
  readonly network: string;
  readonly prefixLength: number;
}
