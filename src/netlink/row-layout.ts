import type { AttributeReader } from './attribute-reader.ts';

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

/** What a word of a row belongs to: how the row is built, a number that moves, what is never read, or anything else. */
export const wordKinds = { structure: 0, moving: 1, unread: 2, setting: 3 } as const;

/** What the words of a row, of 4 bytes each, are. Many rows share a layout, since the kernel writes nearly all in the same way. */
export interface RowLayout {
  /** Of each word, one of `wordKinds`. */
  readonly kinds: Uint8Array;
  /** The words of a row that is built so. */
  readonly sample: Uint32Array;
  /** The word at which each moving number begins: those of 32 bits, then those of 64, in the order of `MovingAttributes`. */
  readonly places: readonly number[];
}

/** Layouts that are remembered, lest odd rows make the list of them long. */
const mostLayouts = 8;

/** The layouts of a kind of rows. */
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

function findLayout(source: AttributeReader, attributes: MovingAttributes): RowLayout | undefined {
  const { first, end } = source;
  const { numbers, wideNumbers } = attributes;
  const kinds = new Uint8Array((end - first) >>> 2);
  const places = new Array<number>(numbers.length + wideNumbers.length).fill(-1);
  const mark = (kind: number, { start, length }: AttributeReader) =>
    kinds.fill(kind, (start - first) >>> 2, (start + length + 3 - first) >>> 2);
  /** Whether it is the first of its type, as the reader takes the last one. */
  const isPlaced = (order: number, { start }: AttributeReader) => {
    const isFirst = places[order] === -1;
    places[order] = (start - first) >>> 2;
    return isFirst;
  };
  if (!source.enter(first, end).find(attributes.row)) return undefined;
  const row = source.nest();
  while (row.next()) {
    if (row.type === attributes.nest) {
      const nest = row.nest();
      while (nest.next()) {
        const order = wideNumbers.indexOf(nest.type);
        if (order < 0) continue;
        if (!isPlaced(numbers.length + order, nest)) return undefined;
        mark(wordKinds.moving, nest);
      }
      continue;
    }
    const order = numbers.indexOf(row.type);
    if (order >= 0 && !isPlaced(order, row)) return undefined;
    const isUnread = row.type === attributes.unread;
    mark(order >= 0 ? wordKinds.moving : isUnread ? wordKinds.unread : wordKinds.setting, row);
  }
  if (places.includes(-1)) return undefined;
  return { kinds, sample: source.words.slice(first >>> 2, end >>> 2), places };
}

/** Whether a row's words of structure are those of a layout. */
function isBuiltAs({ kinds, sample }: RowLayout, { words, first, end }: AttributeReader): boolean {
  if (kinds.length !== (end - first) >>> 2) return false;
  const start = first >>> 2;
  for (let index = 0; index < kinds.length; index++)
    if (kinds[index] === wordKinds.structure && words[start + index] !== sample[index]) return false;
  return true;
}
