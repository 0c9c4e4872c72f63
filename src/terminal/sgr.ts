import { type ColorDepth, reduceColor, reduceForeground } from './color-depth.ts';
import {
  BOLD,
  type Color,
  colorParts,
  DIM,
  INVERSE,
  ITALIC,
  STRIKETHROUGH,
  type StyleId,
  styleAttributes,
  styleBackground,
  styleForeground,
  UNDERLINE,
} from './style.ts';

const MAX_CACHED = 8192;

/**
 * Writes the SGR sequence that leads from one style to another, the shorter of a change and a fresh
 * start. Answers are kept as bytes, so a frame's style changes cost a look-up each.
 */
export class StyleWriter {
  readonly #depth: ColorDepth;
  readonly #cache = new Map<number, Uint8Array>();

  /** `depth` is what the terminal can show; colours beyond it become the nearest that it has. */
  constructor(depth: ColorDepth) {
    this.#depth = depth;
  }

  /** The bytes that make text written after `from` appear in `to`; none when both look the same. */
  transition(from: StyleId, to: StyleId): Uint8Array {
    const key = from * 65_536 + to;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
    const bytes = new TextEncoder().encode(styleTransition(from, to, this.#depth));
    this.#cache.set(key, bytes);
    return bytes;
  }
}

/** As `StyleWriter.transition`, as text and without the memory. */
export function styleTransition(from: StyleId, to: StyleId, depth: ColorDepth): string {
  const before = lookOf(from, depth);
  const after = lookOf(to, depth);
  if (before.fg === after.fg && before.bg === after.bg && before.attributes === after.attributes) return '';
  const change = changeCodes(before, after).join(';');
  const fresh = freshCodes(after).join(';');
  const shorter = fresh.length < change.length ? fresh : change;
  return `\x1b[${shorter === '0' ? '' : shorter}m`;
}

interface Look {
  readonly fg: Color;
  readonly bg: Color;
  readonly attributes: number;
}

function lookOf(id: StyleId, depth: ColorDepth): Look {
  const bg = reduceColor(styleBackground(id), depth);
  const fg = reduceForeground(styleForeground(id), styleBackground(id), depth);
  return { fg, bg, attributes: styleAttributes(id) };
}

const ATTRIBUTE_CODES: readonly (readonly [bit: number, on: number, off: number])[] = [
  [BOLD, 1, 22],
  [DIM, 2, 22],
  [ITALIC, 3, 23],
  [UNDERLINE, 4, 24],
  [INVERSE, 7, 27],
  [STRIKETHROUGH, 9, 29],
];

function freshCodes(after: Look): (number | string)[] {
  const nothing: Look = { fg: 0, bg: 0, attributes: 0 };
  return [0, ...changeCodes(nothing, after)];
}

function changeCodes(before: Look, after: Look): (number | string)[] {
  const codes: (number | string)[] = [];
  let lit = before.attributes;
  for (const [bit, , off] of ATTRIBUTE_CODES) {
    if ((lit & bit) === 0 || (after.attributes & bit) !== 0) continue;
    codes.push(off);
    // 22 ends bold and dim alike.
    lit &= off === 22 ? ~(BOLD | DIM) : ~bit;
  }
  for (const [bit, on] of ATTRIBUTE_CODES) {
    if ((after.attributes & bit) !== 0 && (lit & bit) === 0) codes.push(on);
  }
  if (before.fg !== after.fg) codes.push(colorCode(after.fg, 30));
  if (before.bg !== after.bg) codes.push(colorCode(after.bg, 40));
  return codes;
}

/** `base` is 30 for a foreground and 40 for a background. */
function colorCode(color: Color, base: 30 | 40): number | string {
  const parts = colorParts(color);
  switch (parts.kind) {
    case 'default':
      return base + 9;
    case '16':
      return parts.index < 8 ? base + parts.index : base + 60 + parts.index - 8;
    case '256':
      return `${base + 8};5;${parts.index}`;
    case 'rgb':
      return `${base + 8};2;${parts.red};${parts.green};${parts.blue}`;
  }
}
