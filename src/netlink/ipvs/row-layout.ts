import type { AttributeReader } from '../wire/attribute-reader.ts';

/**
 * Which attributes of a row hold numbers that traffic changes: everything else of a row changes only when somebody
 * edits it.
 */
export interface MovingAttributes {
  /** Type of the nested attribute that holds the whole row. */
  readonly row: number;
  /** Types of the numbers of 32 bits in it. */
  readonly numbers: readonly number[];
  /** Type of a nested attribute in it that is never read. */
  readonly unread: number;
  /** Type of the nested attribute in it that holds the numbers of 64 bits. */
  readonly nest: number;
  /** Types of the numbers of 64 bits in that. */
  readonly wideNumbers: readonly number[];
}

/**
 * What a word (4 bytes) of a row is: `structure`, the header of an attribute; `moving`, part of a number that traffic
 * changes; `unread`, part of an attribute that is never read; `setting`, anything else.
 */
export const wordKinds = { structure: 0, moving: 1, unread: 2, setting: 3 } as const;

/**
 * What each word of a row is. The kernel writes nearly all rows in the same way, so that a few layouts serve a whole
 * table, and a row's moving numbers can be read without going through its attributes.
 */
export interface RowLayout {
  /** One of `wordKinds` for each word. */
  readonly kinds: Uint8Array;
  /** The words of the row that the layout was taken from: all rows of the layout have the same `structure` words. */
  readonly sample: Uint32Array;
  /** The word at which each moving number begins: those of 32 bits, then those of 64, in the order of `MovingAttributes`. */
  readonly places: readonly number[];
}

/** Layouts that are remembered at most: a table of odd rows must not make each search long. */
const mostLayouts = 8;

/** The layouts of services, or of real servers. */
export class RowLayouts {
  readonly #attributes: MovingAttributes;
  readonly #known: RowLayout[] = [];

  constructor(attributes: MovingAttributes) {
    this.#attributes = attributes;
  }

  /**
   * The layout of the row that `source` has just read; `undefined` where a number is missing or comes twice, so that
   * the row has to be read attribute by attribute each time.
   */
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
  /** Notes where a number stands; `false` where it came before, since the reader takes the last one. */
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

/** Whether a row has the `structure` words of a layout, all in the same places. */
function isBuiltAs({ kinds, sample }: RowLayout, { words, first, end }: AttributeReader): boolean {
  if (kinds.length !== (end - first) >>> 2) return false;
  const start = first >>> 2;
  for (let index = 0; index < kinds.length; index++)
    if (kinds[index] === wordKinds.structure && words[start + index] !== sample[index]) return false;
  return true;
}
