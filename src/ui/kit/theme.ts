import type { ColorDepth } from '../../terminal/color-depth.ts';
import { middleLuminance, readableOn, relativeLuminance } from '../../terminal/contrast.ts';
import {
  type Color,
  type ColorName,
  colorOfHex,
  DEFAULT_COLOR,
  extendStyle,
  named,
  type StyleId,
  style,
  styleBackground,
  styleForeground,
} from '../../terminal/style.ts';
import { StyleMap } from '../../terminal/style-map.ts';
import { type Hex, type Palette, type PaletteName, palettes } from './palettes.ts';

/** What a piece of text is, from which the theme makes its look. */
export type StyleRole = keyof typeof looks;

/** How text looks, in Ink's words. */
export interface Look {
  readonly color?: Hex | ColorName | `${ColorName}Bright`;
  readonly backgroundColor?: Hex | ColorName;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
  readonly inverse?: boolean;
  readonly underline?: boolean;
}

/** A look by the colours of a palette. */
interface PaletteLook {
  readonly color?: keyof Palette;
  readonly on?: keyof Palette;
  readonly bold?: true;
}

/** A look in the terminal's own 16 colours, of which neither the shades nor the background are known. */
interface SixteenLook extends Omit<Look, 'color' | 'backgroundColor'> {
  readonly color?: ColorName | `${ColorName}Bright`;
  readonly backgroundColor?: ColorName;
}

/**
 * The look of each role in 256 or all colours, in the terminal's own 16, and with attributes only. Nothing is told by
 * colour alone.
 */
const looks = {
  text: [{}, {}, {}],
  service: [{ color: 'bright', bold: true }, { bold: true }, { bold: true }],
  strong: [{ color: 'bright', bold: true }, { bold: true }, { bold: true }],
  badge: [{ color: 'ground', on: 'yellow', bold: true }, { inverse: true }, { inverse: true }],
  dim: [{ color: 'grey' }, { dimColor: true }, {}],
  line: [{ color: 'line' }, { dimColor: true }, {}],
  good: [{ color: 'green' }, { color: 'green' }, {}],
  warning: [{ color: 'yellow' }, { color: 'yellow' }, { bold: true }],
  error: [{ color: 'red', bold: true }, { color: 'redBright', bold: true }, { bold: true }],
  trend: [{ color: 'green' }, { color: 'green' }, {}],
  calmTrend: [{ color: 'calmGreen' }, { color: 'green' }, {}],
  falling: [{ color: 'orange' }, { color: 'yellow' }, { bold: true }],
  rising: [{ color: 'accent' }, { color: 'cyan' }, { bold: true }],
  bits: [{ color: 'accent' }, { color: 'cyan' }, {}],
  calmBits: [{ color: 'calmAccent' }, { color: 'cyan' }, {}],
  lit: [
    { color: 'ground', on: 'yellow' },
    { color: 'black', backgroundColor: 'yellow' },
    { underline: true },
  ],
  draining: [{ color: 'cyan' }, { color: 'cyan' }, {}],
  command: [{ color: 'cyan' }, { color: 'cyan' }, {}],
  added: [{ color: 'green' }, { color: 'green' }, {}],
  removed: [{ color: 'red' }, { color: 'redBright' }, {}],
  nat: [{ color: 'orange' }, { color: 'yellow' }, {}],
  dr: [{ color: 'cyan' }, { color: 'cyan' }, {}],
  tun: [{ color: 'violet' }, { color: 'magenta' }, {}],
  key: [{ color: 'accent', bold: true }, { color: 'cyan', bold: true }, { bold: true }],
  columnTitle: [
    { color: 'grey', on: 'strip', bold: true },
    { color: 'black', backgroundColor: 'green' },
    { underline: true },
  ],
  sortedTitle: [
    { color: 'accent', on: 'strip', bold: true },
    { color: 'black', backgroundColor: 'cyan', bold: true },
    { underline: true, bold: true },
  ],
  selected: [{ color: 'text', on: 'cursor' }, { color: 'black', backgroundColor: 'cyan' }, { inverse: true }],
  chosen: [
    { color: 'bright', on: 'cursor', bold: true },
    { color: 'black', backgroundColor: 'cyan' },
    { inverse: true },
  ],
  cursorBar: [
    { color: 'accent', on: 'cursor', bold: true },
    { color: 'black', backgroundColor: 'cyan' },
    { inverse: true },
  ],
  hostRed: [
    { color: 'ground', on: 'red', bold: true },
    { color: 'black', backgroundColor: 'red', bold: true },
    { inverse: true, bold: true },
  ],
  hostOrange: [
    { color: 'ground', on: 'orange', bold: true },
    { color: 'black', backgroundColor: 'yellow', bold: true },
    { inverse: true, bold: true },
  ],
  hostYellow: [
    { color: 'ground', on: 'yellow', bold: true },
    { color: 'black', backgroundColor: 'yellow', bold: true },
    { inverse: true, bold: true },
  ],
  hostGreen: [
    { color: 'ground', on: 'green', bold: true },
    { color: 'black', backgroundColor: 'green', bold: true },
    { inverse: true, bold: true },
  ],
  hostCyan: [
    { color: 'ground', on: 'cyan', bold: true },
    { color: 'black', backgroundColor: 'cyan', bold: true },
    { inverse: true, bold: true },
  ],
  hostViolet: [
    { color: 'ground', on: 'violet', bold: true },
    { color: 'black', backgroundColor: 'magenta', bold: true },
    { inverse: true, bold: true },
  ],
  tag: [{ color: 'yellow', bold: true }, { color: 'yellowBright', bold: true }, { bold: true }],
} as const satisfies Readonly<
  Record<string, readonly [deep: PaletteLook, sixteen: SixteenLook, plain: SixteenLook]>
>;

/** All roles. */
export const styleRoles = Object.keys(looks) as readonly StyleRole[];

/** Names that an operator may give a colour of their own: the entries of a palette, and the roles. */
export const colorNames = [...(Object.keys(palettes.dark) as (keyof Palette)[]), ...styleRoles] as const;

/** Colours that replace those of a theme: of a palette's entry, and of single roles. */
export type OwnColors = Readonly<Record<string, string>>;

/** What a theme is made of. */
export interface ThemeOptions {
  /** `mono` is attributes without any colour. */
  readonly name: PaletteName | 'mono';
  readonly depth: ColorDepth;
  readonly own?: OwnColors;
  /** Whether the theme paints its own ground; else the terminal's shows. */
  readonly paintsGround?: boolean;
}

/** The looks of the screen for one theme and colour depth. Nothing is told by colour alone. */
export interface Theme {
  readonly roles: Readonly<Record<StyleRole, StyleId>>;
  /** The roles as Ink's colours. */
  readonly looks: Readonly<Record<StyleRole, Look>>;
  /** A style as it is on the row under the cursor: signs and trends keep their colours where there is a quiet ground. */
  onCursor(present: StyleId): StyleId;
  /** A style as it is behind a dialog. */
  shaded(present: StyleId): StyleId;
  /** A style on the theme's own ground; `null` where the terminal's shows. */
  readonly grounded: ((present: StyleId) => StyleId) | null;
}

/** Makes a theme. */
export function createTheme({ name, depth, own = {}, paintsGround = false }: ThemeOptions): Theme {
  if (name === 'mono' || depth === 'none') return coarseTheme(2);
  if (depth === '16') return coarseTheme(1);
  return deepTheme(withOwn(palettes[name], own), { own, depth, paintsGround });
}

/** The palette for a terminal's ground: Solarized on its own two, else dark or light. */
export function paletteFor(ground: Color | undefined): PaletteName {
  if (ground === undefined) return 'dark';
  for (const name of ['solarized-dark', 'solarized-light'] as const)
    if (colorOfHex(palettes[name].ground) === ground) return name;
  return relativeLuminance(ground) > middleLuminance ? 'light' : 'dark';
}

/** A theme without grounds of its own: in 16 colours (`1`) or none (`2`). */
function coarseTheme(depth: 1 | 2): Theme {
  const inkLooks = forRoles((role): Look => looks[role][depth]);
  const roles = forRoles((role) => coarseStyle(looks[role][depth]));
  const { selected } = roles;
  // If each role kept its colour there, some text would be black on black.
  return { roles, looks: inkLooks, onCursor: () => selected, shaded: () => shade, grounded: null };
}

/** What is behind a dialog where no grey can be relied on. */
const shade = style({ dim: true });

function deepTheme(
  palette: Palette,
  { own, depth, paintsGround }: Required<Pick<ThemeOptions, 'own' | 'depth' | 'paintsGround'>>,
): Theme {
  const ground = colorOfHex(palette.ground);
  const inkLooks = forRoles((role): Look => {
    const { color, on, ...attributes }: PaletteLook = looks[role][0];
    const ownColor = hexOf(own[role]) ?? (color && palette[color]);
    return {
      ...attributes,
      ...(ownColor !== undefined && { color: ownColor }),
      ...(on !== undefined && { backgroundColor: palette[on] }),
    };
  });
  const roles = forRoles((role) => {
    const { color, backgroundColor, bold } = inkLooks[role];
    const [fg, bg] = [ownColorOf(color), ownColorOf(backgroundColor)];
    // What looks right in all colours may come too near to its ground in 256; what somebody chose stays.
    const isChosen = fg === undefined || own[role] !== undefined;
    return style({ fg: isChosen ? fg : readableOn(fg, bg ?? ground, depth), bg, bold });
  });
  const cursor = colorOfHex(palette.cursor);
  const text = colorOfHex(palette.text);
  const onCursor = new StyleMap((present) => {
    const fg = styleForeground(present);
    return extendStyle(present, {
      bg: cursor,
      fg: readableOn(fg === DEFAULT_COLOR ? text : fg, cursor, depth),
    });
  });
  const line = colorOfHex(palette.line);
  const shaded = new StyleMap((present) => {
    const bg = styleBackground(present);
    return style({ bg, fg: bg === DEFAULT_COLOR ? line : readableOn(line, bg, depth) });
  });
  const grounded = new StyleMap((present) => {
    const [fg, bg] = [styleForeground(present), styleBackground(present)];
    return extendStyle(present, {
      fg: fg === DEFAULT_COLOR ? text : fg,
      bg: bg === DEFAULT_COLOR ? ground : bg,
    });
  });
  return {
    roles,
    looks: inkLooks,
    onCursor: onCursor.of,
    shaded: shaded.of,
    grounded: paintsGround ? grounded.of : null,
  };
}

function withOwn(palette: Palette, own: OwnColors): Palette {
  const changed: Record<string, Hex> = { ...palette };
  for (const name of Object.keys(palette)) changed[name] = hexOf(own[name]) ?? changed[name] ?? '#000000';
  return { ...palette, ...changed };
}

function hexOf(text: string | undefined): Hex | undefined {
  return text !== undefined && /^#[\da-f]{6}$/i.test(text) ? (text as Hex) : undefined;
}

function ownColorOf(color: Look['color']): Color | undefined {
  const hex = hexOf(color);
  return hex === undefined ? undefined : colorOfHex(hex);
}

function forRoles<Value>(make: (role: StyleRole) => Value): Record<StyleRole, Value> {
  return Object.fromEntries(styleRoles.map((role) => [role, make(role)])) as Record<StyleRole, Value>;
}

function coarseStyle({ color, backgroundColor, dimColor, ...attributes }: SixteenLook): StyleId {
  return style({
    ...attributes,
    dim: dimColor,
    ...(color !== undefined && { fg: colorOf(color) }),
    ...(backgroundColor !== undefined && { bg: colorOf(backgroundColor) }),
  });
}

function colorOf(color: ColorName | `${ColorName}Bright`): Color {
  const name = color.replace('Bright', '') as ColorName;
  return named(name, name !== color);
}
