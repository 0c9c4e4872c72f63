/**
 * What stands in a cell: a number that carries the character (a code point, or the number of an
 * interned grapheme cluster) and what a differ must know of it. Never a control character: a glyph
 * can be written to a terminal as it is.
 */
import stringWidth from 'string-width';

/** The content of a cell; compare with `===`. */
export type Glyph = number;

/** The right half of a wide character. */
export const CONTINUATION: Glyph = 0;
/** The space. */
export const BLANK: Glyph = 0x20;
/** Shown for what cannot be: lone surrogates, clusters beyond reason. */
const REPLACEMENT: Glyph = 0xfffd;

const WIDE = 1 << 24;
/** Terminals disagree on the width of this one: nothing may be assumed about the cursor behind it. */
const UNSURE = 1 << 25;
const CHARACTER = 0x1fffff;
const FIRST_CLUSTER = 0x110000;

/** UTF-16 units in one cell; longer clusters (heaps of combining marks) are not drawn. */
const MAX_CLUSTER_UNITS = 32;
const MAX_CLUSTERS = 65_536;

const clusterTexts: string[] = [];
const clusterBytes: Uint8Array[] = [];
const clusterSpreads: number[] = [];
const known = new Map<string, Glyph>();
const encoder = new TextEncoder();
/** Made for the first foreign text: that takes longer than a frame, and most screens have none. */
let segmenter: Intl.Segmenter | undefined;

/**
 * The width of each 16-bit unit that stands alone whatever known unit is beside it, and is as wide in
 * every terminal as here; 0 for all others, which need a closer look.
 */
const plainWidths = new Uint8Array(65_536);
for (const [first, last] of [
  [0x20, 0x7e],
  [0xa0, 0xac],
  [0xae, 0x2ff],
  [0x370, 0x377],
  [0x384, 0x38a],
  [0x38e, 0x3a1],
  [0x3a3, 0x482],
  [0x48a, 0x52f],
  [0x2010, 0x2015],
  [0x2018, 0x2027],
  [0x2030, 0x205e],
  [0x20a0, 0x20c0],
  [0x2190, 0x22ff],
  [0x2400, 0x2426],
  [0x2500, 0x25fc],
  [0x25ff, 0x25ff],
  [0x2800, 0x28ff],
] as const) {
  plainWidths.fill(1, first, last + 1);
}
for (const [first, last] of [
  [0x3041, 0x3096],
  [0x30a1, 0x30fa],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xff01, 0xff60],
] as const) {
  plainWidths.fill(2, first, last + 1);
}

/** Cells taken by the 16-bit unit at `index` when it can be judged alone, else 0: then ask `clusterAt`. */
export function plainWidthAt(text: string, index: number): 0 | 1 | 2 {
  const width = plainWidths[text.charCodeAt(index)] ?? 0;
  if (width === 0) return 0;
  const next = index + 1;
  // What is not plain may be a combining mark, and joins.
  if (next < text.length && plainWidths[text.charCodeAt(next)] === 0) return 0;
  return width === 2 ? 2 : 1;
}

/** Whether the unit is plain and takes one cell; what follows it may still join it unless that is plain too. */
export function isNarrow(unit: number): boolean {
  return plainWidths[unit] === 1;
}

/** The glyph of a unit that `plainWidthAt` judged, and of what width. */
export function plainGlyph(unit: number, width: number): Glyph {
  return width === 2 ? unit | WIDE : unit;
}

/** The grapheme cluster that begins at `index`, which must be a boundary; never empty before the end. */
export function clusterAt(text: string, index: number): string {
  // A cluster longer than a cell takes is cut here; its rest is bare marks, which are not drawn.
  const window = text.slice(index, index + MAX_CLUSTER_UNITS + 2);
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(window)) return segment;
  return window;
}

/** The glyph of a grapheme cluster; CONTINUATION when it takes no cell (a bare mark, an invisible character). */
export function glyphOf(cluster: string): Glyph {
  const found = known.get(cluster);
  if (found !== undefined) return found;
  const glyph = makeGlyph(cluster);
  if (known.size < MAX_CLUSTERS) known.set(cluster, glyph);
  return glyph;
}

function makeGlyph(cluster: string): Glyph {
  const first = cluster.codePointAt(0) ?? 0;
  if (first < 0x20) return 0x2400 + first;
  if (first === 0x7f) return 0x2421;
  if (first < 0xa0 && first >= 0x80) return REPLACEMENT;
  if (first >= 0xd800 && first <= 0xdfff) return REPLACEMENT;
  // Line and paragraph separators: some terminals break the line.
  if (first === 0x2028 || first === 0x2029) return REPLACEMENT;
  if (cluster.length > MAX_CLUSTER_UNITS) return REPLACEMENT;
  const width = stringWidth(cluster);
  if (width === 0) return CONTINUATION;
  // A mark or a sign that joins whatever stands beside it would change a neighbour's cell.
  // Vowels and finals of Hangul do so in terminals that know them as marks.
  if ((first >= 0x1160 && first <= 0x11ff) || (first >= 0xd7b0 && first <= 0xd7ff)) return REPLACEMENT;
  if (isOneCluster(`a${cluster}`) || isOneCluster(`${cluster}a`)) return REPLACEMENT;
  const wide = width > 1 ? WIDE : 0;
  const units = first > 0xffff ? 2 : 1;
  if (cluster.length === units) {
    const sure = units === 1 && plainWidths[first] !== 0;
    return first | wide | (sure ? 0 : UNSURE);
  }
  if (clusterTexts.length >= MAX_CLUSTERS) return REPLACEMENT;
  const text = cluster.toWellFormed();
  clusterTexts.push(text);
  clusterBytes.push(encoder.encode(text));
  clusterSpreads.push(spreadOf(text));
  return (FIRST_CLUSTER + clusterTexts.length - 1) | wide | UNSURE;
}

function isOneCluster(text: string): boolean {
  return clusterAt(text, 0).length === text.length;
}

/** Cells that a terminal may use which knows nothing of clusters: two a character, one a mark. */
function spreadOf(cluster: string): number {
  let spread = 0;
  for (const character of cluster) spread += /[\p{M}\p{Cf}]/u.test(character) ? 1 : 2;
  return spread;
}

/** Cells that a glyph takes: 0 for a continuation, else 1 or 2. */
export function glyphWidth(glyph: Glyph): 0 | 1 | 2 {
  if (glyph === CONTINUATION) return 0;
  return (glyph & WIDE) === 0 ? 1 : 2;
}

/** Whether a glyph takes one cell in every terminal and at most three bytes. */
export function isSimple(glyph: Glyph): boolean {
  return glyph < 0x10000 && glyph !== CONTINUATION;
}

/** Whether a glyph takes two cells. */
export function isWide(glyph: Glyph): boolean {
  return (glyph & WIDE) !== 0;
}

/** Whether terminals may disagree on the glyph's width, so that the cursor behind it is anywhere. */
export function isUnsure(glyph: Glyph): boolean {
  return (glyph & UNSURE) !== 0;
}

/** The most cells that a glyph whose width is in doubt may take in some terminal. */
export function unsureSpread(glyph: Glyph): number {
  return clusterSpreads[(glyph & CHARACTER) - FIRST_CLUSTER] ?? 2;
}

/** The glyph's text; empty for a continuation. */
export function glyphText(glyph: Glyph): string {
  if (glyph === CONTINUATION) return '';
  const character = glyph & CHARACTER;
  if (character < FIRST_CLUSTER) return String.fromCodePoint(character);
  return clusterTexts[character - FIRST_CLUSTER] ?? '\ufffd';
}

/** Bytes that the glyph takes in UTF-8. */
export function glyphByteLength(glyph: Glyph): number {
  const character = glyph & CHARACTER;
  if (character < 0x80) return character === 0 ? 0 : 1;
  if (character < 0x800) return 2;
  if (character < 0x10000) return 3;
  if (character < FIRST_CLUSTER) return 4;
  return clusterBytes[character - FIRST_CLUSTER]?.length ?? 3;
}

/** The most bytes that one glyph takes in UTF-8. */
export const MAX_GLYPH_BYTES = MAX_CLUSTER_UNITS * 3;

/** Writes the glyph as UTF-8 into `target` at `at`, which must have room; returns where it ends. */
export function encodeGlyph(glyph: Glyph, target: Uint8Array, at: number): number {
  const character = glyph & CHARACTER;
  let end = at;
  if (character < 0x80) {
    target[end++] = character;
  } else if (character < 0x800) {
    target[end++] = 0xc0 | (character >> 6);
    target[end++] = 0x80 | (character & 63);
  } else if (character < 0x10000) {
    target[end++] = 0xe0 | (character >> 12);
    target[end++] = 0x80 | ((character >> 6) & 63);
    target[end++] = 0x80 | (character & 63);
  } else if (character < FIRST_CLUSTER) {
    target[end++] = 0xf0 | (character >> 18);
    target[end++] = 0x80 | ((character >> 12) & 63);
    target[end++] = 0x80 | ((character >> 6) & 63);
    target[end++] = 0x80 | (character & 63);
  } else {
    const bytes = clusterBytes[character - FIRST_CLUSTER];
    if (bytes === undefined) return encodeGlyph(REPLACEMENT, target, at);
    target.set(bytes, end);
    end += bytes.length;
  }
  return end;
}
