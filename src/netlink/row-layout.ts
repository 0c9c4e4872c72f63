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

/**
 * How a row is built, in words of 4 bytes. It goes for every row whose words of structure are the same, so that of such
 * a row only its other words need to be kept: less than half of it.
 */
export interface RowLayout {
  /** Words of a row. */
  readonly length: number;
  /** Which of them say how it is built: the heads of attributes. */
  readonly structure: Uint16Array;
  /** What these are. */
  readonly heads: Uint32Array;
  /** Which of them are kept: what may differ from row to row, but for what is never read. */
  readonly kept: Uint16Array;
  /** For each of those, 1 where it belongs to a number that moves. */
  readonly moves: Uint8Array;
  /**
   * The kept word at which each moving number begins: those of 32 bits, then those of 64, in the order of
   * `MovingAttributes`. Empty where nothing is known of the row but its words.
   */
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
    for (const known of this.#known) if (isBuiltAs(known, source)) return known;
    const layout = findLayout(source, this.#attributes);
    if (layout === undefined) return undefined;
    if (this.#known.length === mostLayouts) this.#known.shift();
    this.#known.push(layout);
    return layout;
  }
}

/** What a word of a row belongs to: what says how the row is built, a number that moves, what is not read, or anything else. */
const wordKinds = { structure: 0, moving: 1, unread: 2, other: 3 } as const;

function findLayout(source: AttributeReader, attributes: MovingAttributes): RowLayout | undefined {
  const { first, end } = source;
  const { numbers, wideNumbers } = attributes;
  const kinds = new Uint8Array((end - first) >>> 2);
  const starts = new Array<number>(numbers.length + wideNumbers.length).fill(-1);
  const mark = (kind: number, start: number, length: number) =>
    kinds.fill(kind, (start - first) >>> 2, (start + length + 3 - first) >>> 2);
  if (!source.enter(first, end).find(attributes.row)) return undefined;
  const row = source.nest();
  while (row.next()) {
    const index = numbers.indexOf(row.type);
    if (index >= 0) {
      if (starts[index] !== -1) return undefined;
      starts[index] = (row.start - first) >>> 2;
    }
    if (row.type !== attributes.nest) {
      const isUnread = row.type === attributes.unread;
      mark(
        index >= 0 ? wordKinds.moving : isUnread ? wordKinds.unread : wordKinds.other,
        row.start,
        row.length,
      );
      continue;
    }
    const nest = row.nest();
    while (nest.next()) {
      const wide = wideNumbers.indexOf(nest.type);
      if (wide < 0) continue;
      const place = numbers.length + wide;
      if (starts[place] !== -1) return undefined;
      starts[place] = (nest.start - first) >>> 2;
      mark(wordKinds.moving, nest.start, nest.length);
    }
  }
  if (starts.includes(-1)) return undefined;
  const places = (...wanted: number[]) =>
    [...kinds.keys()].filter((word) => wanted.includes(kinds[word] ?? wordKinds.structure));
  const structure = places(wordKinds.structure);
  const kept = places(wordKinds.moving, wordKinds.other);
  return {
    length: kinds.length,
    structure: Uint16Array.from(structure),
    heads: Uint32Array.from(structure, (word) => source.words[(first >>> 2) + word] ?? 0),
    kept: Uint16Array.from(kept),
    moves: Uint8Array.from(kept, (word) => (kinds[word] === wordKinds.moving ? 1 : 0)),
    places: starts.map((word) => kept.indexOf(word)),
  };
}

/** Whether a row's words of structure are those of a layout. */
function isBuiltAs({ length, structure, heads }: RowLayout, { words, first, end }: AttributeReader): boolean {
  if (length !== (end - first) >>> 2) return false;
  const start = first >>> 2;
  for (let index = 0; index < structure.length; index++)
    if (words[start + (structure[index] ?? 0)] !== heads[index]) return false;
  return true;
}

const opaqueLayouts = new Map<number, RowLayout>();
/** Of rows that are no kernel's every one may have another length, and a layout of its own takes as much as a row. */
const mostOpaqueLayouts = 64;

/** The layout of rows of so many words of which nothing else is known: all of them are kept. The same object for the same length, as long as there are few. */
export function opaqueLayout(length: number): RowLayout {
  let layout = opaqueLayouts.get(length);
  if (layout === undefined) {
    const none = new Uint16Array(0);
    const kept = Uint16Array.from({ length }, (_, word) => word);
    layout = {
      length,
      structure: none,
      heads: new Uint32Array(0),
      kept,
      moves: new Uint8Array(length),
      places: [],
    };
    if (opaqueLayouts.size < mostOpaqueLayouts) opaqueLayouts.set(length, layout);
  }
  return layout;
}

/** The number of 64 bits that begins with that word: a number while it is exact, else a bigint. */
export function wideNumber(words: Uint32Array, place: number): number | bigint {
  const low = words[littleEndian ? place : place + 1] ?? 0;
  const high = words[littleEndian ? place + 1 : place] ?? 0;
  return joinHalves(high, low);
}
