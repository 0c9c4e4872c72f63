import { type AttributeReader, joinHalves } from './attribute-reader.ts';
import { littleEndian } from './message.ts';

/** Which numbers of a row move from one dump to the next while everything else of it stays. */
export interface MovingAttributes {
  /** The nest that holds the row. */
  readonly row: number;
  /** Numbers of 32 bits in it. */
  readonly numbers: readonly number[];
  /** A nest in it of which nothing is read. */
  readonly unread: number;
  /** A nest in it with numbers of 64 bits. */
  readonly nest: number;
  readonly wideNumbers: readonly number[];
}

/** What a word of a row belongs to: what says how the row is built, a number that moves, or anything else that may change. */
export const wordKinds = { structure: 0, moving: 1, other: 2 } as const;

/** How a row is built, in words of 4 bytes. It goes for every row whose words of structure are the same. */
export interface RowLayout {
  /** One of `wordKinds` for each word. */
  readonly kinds: Uint8Array;
  /** The word of each moving number of 32 bits, then the first of each of 64 bits, in the order of `MovingAttributes`. */
  readonly places: readonly number[];
}

/** Layouts that are remembered, lest odd rows make the list of them long. */
const mostLayouts = 8;

/** The layouts of a kind of rows. There are few: the kernel writes nearly all rows in the same way. */
export class RowLayouts {
  readonly #attributes: MovingAttributes;
  readonly #known: RowLayout[] = [];

  constructor(attributes: MovingAttributes) {
    this.#attributes = attributes;
  }

  /** The layout of a row that could be read, and which `source` has been through; `undefined` where it has not every number once. */
  of(source: AttributeReader): RowLayout | undefined {
    const layout = findLayout(source, this.#attributes);
    if (layout === undefined) return undefined;
    const known = this.#known.find((other) => isSame(layout, other));
    if (known === undefined && this.#known.length < mostLayouts) this.#known.push(layout);
    return known ?? layout;
  }
}

function findLayout(source: AttributeReader, attributes: MovingAttributes): RowLayout | undefined {
  const { first, end } = source;
  const { numbers, wideNumbers } = attributes;
  const kinds = new Uint8Array((end - first) >>> 2);
  const places = new Array<number>(numbers.length + wideNumbers.length).fill(-1);
  const mark = (kind: number, start: number, length: number) =>
    kinds.fill(kind, (start - first) >>> 2, (start + length + 3 - first) >>> 2);
  if (!source.enter(first, end).find(attributes.row)) return undefined;
  const row = source.nest();
  while (row.next()) {
    const index = numbers.indexOf(row.type);
    if (index >= 0) {
      if (places[index] !== -1) return undefined;
      places[index] = (row.start - first) >>> 2;
    }
    if (row.type !== attributes.nest) {
      const moves = index >= 0 || row.type === attributes.unread;
      mark(moves ? wordKinds.moving : wordKinds.other, row.start, row.length);
      continue;
    }
    const nest = row.nest();
    while (nest.next()) {
      const wide = wideNumbers.indexOf(nest.type);
      if (wide < 0) continue;
      const place = numbers.length + wide;
      if (places[place] !== -1) return undefined;
      places[place] = (nest.start - first) >>> 2;
      mark(wordKinds.moving, nest.start, nest.length);
    }
  }
  return places.includes(-1) ? undefined : { kinds, places };
}

function isSame(left: RowLayout, right: RowLayout): boolean {
  return (
    Buffer.compare(left.kinds, right.kinds) === 0 &&
    left.places.every((place, index) => place === right.places[index])
  );
}

/** The number of 64 bits that begins with that word: a number while it is exact, else a bigint. */
export function wideNumber(words: Uint32Array, place: number): number | bigint {
  const low = words[littleEndian ? place : place + 1] ?? 0;
  const high = words[littleEndian ? place + 1 : place] ?? 0;
  return joinHalves(high, low);
}
