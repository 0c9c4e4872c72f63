/**
 * Styles of cells: two colours and six attributes, interned to small integers so that a cell holds
 * one number and two cells compare with one comparison. Interned styles are never forgotten; a screen
 * uses a few dozen, and `MAX_STYLES` bounds what foreign colours could make of it.
 */

/** A colour: the terminal's default, one of its 16, one of the 256, or red-green-blue. Make it with the functions below. */
export type Color = number;

/** The number of an interned style, 0 to 65,535. */
export type StyleId = number;

/** What a style is made of. What is not named is off, or the terminal's default colour. */
export interface StyleSpec {
  readonly fg?: Color | undefined;
  readonly bg?: Color | undefined;
  readonly bold?: boolean | undefined;
  readonly dim?: boolean | undefined;
  readonly italic?: boolean | undefined;
  readonly underline?: boolean | undefined;
  readonly inverse?: boolean | undefined;
  readonly strikethrough?: boolean | undefined;
}

const PALETTE_16 = 1 << 24;
const PALETTE_256 = 2 << 24;
const RGB = 3 << 24;
const VALUE = 0xffffff;
const KIND = 3 << 24;

/** The terminal's own foreground or background. */
export const DEFAULT_COLOR: Color = 0;

/** The names of the terminal's first eight colours; each has a bright twin eight further. */
export type ColorName = 'black' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'white';

const NAMES: readonly ColorName[] = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** One of the terminal's 16 colours by number, 0 to 15; others are taken modulo 16. */
export function ansi16(index: number): Color {
  return PALETTE_16 | (index & 15);
}

/** One of the terminal's 16 colours by name. */
export function named(name: ColorName, bright = false): Color {
  return ansi16(NAMES.indexOf(name) + (bright ? 8 : 0));
}

/** One of the 256 colours, 0 to 255; others are taken modulo 256. The first 16 are the terminal's own. */
export function ansi256(index: number): Color {
  const value = index & 255;
  return value < 16 ? ansi16(value) : PALETTE_256 | value;
}

/** A true colour from its three parts, 0 to 255 each. */
export function rgb(red: number, green: number, blue: number): Color {
  return RGB | ((red & 255) << 16) | ((green & 255) << 8) | (blue & 255);
}

/** A true colour from its six hexadecimal digits, `#rrggbb`; black for what is none. */
export function colorOfHex(hex: string): Color {
  const value = /^#[\da-f]{6}$/i.test(hex) ? Number.parseInt(hex.slice(1), 16) : 0;
  return RGB | value;
}

/** What a colour is, for whoever has to write or compare it. */
export type ColorParts =
  | { readonly kind: 'default' }
  | { readonly kind: '16'; readonly index: number }
  | { readonly kind: '256'; readonly index: number }
  | { readonly kind: 'rgb'; readonly red: number; readonly green: number; readonly blue: number };

/** Takes a colour apart. */
export function colorParts(color: Color): ColorParts {
  const value = color & VALUE;
  switch (color & KIND) {
    case PALETTE_16:
      return { kind: '16', index: value };
    case PALETTE_256:
      return { kind: '256', index: value };
    case RGB:
      return { kind: 'rgb', red: value >> 16, green: (value >> 8) & 255, blue: value & 255 };
    default:
      return { kind: 'default' };
  }
}

/** Bits of a style's attributes. */
export const BOLD = 1;
/** See BOLD. */
export const DIM = 2;
/** See BOLD. */
export const ITALIC = 4;
/** See BOLD. */
export const UNDERLINE = 8;
/** See BOLD. */
export const INVERSE = 16;
/** See BOLD. */
export const STRIKETHROUGH = 32;

const ATTRIBUTE_COUNT = 64;
const MAX_STYLES = 65_536;

const foregrounds: Color[] = [];
const backgrounds: Color[] = [];
const attributeBits: number[] = [];
const blanks: StyleId[] = [];
const ids = new Map<Color, Map<number, StyleId>>();

/** The style of plain text: the terminal's default colours and no attribute. */
export const DEFAULT_STYLE: StyleId = 0;

internStyle(DEFAULT_COLOR, DEFAULT_COLOR, 0);

/**
 * The number of the style with these colours and attribute bits. When 65,536 styles exist, unknown
 * ones become the default style: plain text rather than endless memory.
 */
export function internStyle(fg: Color, bg: Color, attributes: number): StyleId {
  let ofForeground = ids.get(fg);
  if (ofForeground === undefined) {
    ofForeground = new Map();
    ids.set(fg, ofForeground);
  }
  const key = bg * ATTRIBUTE_COUNT + attributes;
  const known = ofForeground.get(key);
  if (known !== undefined) return known;
  const id = foregrounds.length;
  if (id >= MAX_STYLES) return DEFAULT_STYLE;
  ofForeground.set(key, id);
  foregrounds.push(fg);
  backgrounds.push(bg);
  attributeBits.push(attributes);
  blanks.push(id);
  blanks[id] = internBlank(fg, bg, attributes);
  return id;
}

/** What of a style shows on a blank: its background, and its foreground only under a line or in inverse. */
function internBlank(fg: Color, bg: Color, attributes: number): StyleId {
  const shown = attributes & (UNDERLINE | INVERSE | STRIKETHROUGH);
  // Bold and dim change the foreground's colour in many terminals, so they stay wherever it shows.
  return shown === 0
    ? internStyle(DEFAULT_COLOR, bg, 0)
    : internStyle(fg, bg, attributes & (BOLD | DIM | UNDERLINE | INVERSE | STRIKETHROUGH));
}

/** The number of the style with these properties. */
export function style(spec: StyleSpec): StyleId {
  return extendStyle(DEFAULT_STYLE, spec);
}

/** The style `base` with the named properties replaced; those not named stay. */
export function extendStyle(base: StyleId, spec: StyleSpec): StyleId {
  let attributes = styleAttributes(base);
  attributes = withBit(attributes, BOLD, spec.bold);
  attributes = withBit(attributes, DIM, spec.dim);
  attributes = withBit(attributes, ITALIC, spec.italic);
  attributes = withBit(attributes, UNDERLINE, spec.underline);
  attributes = withBit(attributes, INVERSE, spec.inverse);
  attributes = withBit(attributes, STRIKETHROUGH, spec.strikethrough);
  return internStyle(spec.fg ?? styleForeground(base), spec.bg ?? styleBackground(base), attributes);
}

function withBit(bits: number, bit: number, on: boolean | undefined): number {
  if (on === undefined) return bits;
  return on ? bits | bit : bits & ~bit;
}

/** The foreground of a style. */
export function styleForeground(id: StyleId): Color {
  return foregrounds[id] ?? DEFAULT_COLOR;
}

/** The background of a style. */
export function styleBackground(id: StyleId): Color {
  return backgrounds[id] ?? DEFAULT_COLOR;
}

/** The attribute bits of a style: BOLD, DIM and so on. */
export function styleAttributes(id: StyleId): number {
  return attributeBits[id] ?? 0;
}

/**
 * The style as it looks on a blank: two styles with the same blank style cannot be told apart on a
 * space. The grid keeps blanks in this form, so an invisible difference is no difference.
 */
export function blankStyle(id: StyleId): StyleId {
  return blanks[id] ?? DEFAULT_STYLE;
}
