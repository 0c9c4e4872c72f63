import { ansi256, type ColorName, named, type StyleId, style } from '../../terminal/style.ts';

/** What a piece of text is, from which the theme makes its look. */
export type StyleRole = keyof typeof looks;

/** A colour by the name that Ink knows it by. */
type LookColor = ColorName | `${ColorName}Bright`;

/** How text looks, in Ink's words. */
export interface Look {
  readonly color?: LookColor;
  readonly backgroundColor?: LookColor;
  readonly bold?: boolean;
  readonly inverse?: boolean;
  readonly underline?: boolean;
}

/** The look of each role with colours and, under NO_COLOR, with attributes only. */
const looks = {
  service: [{ bold: true }, { bold: true }],
  strong: [{ bold: true }, { bold: true }],
  badge: [{ inverse: true }, { inverse: true }],
  dim: [{ color: 'blackBright' }, {}],
  good: [{ color: 'green' }, {}],
  warning: [{ color: 'yellow' }, { bold: true }],
  error: [{ color: 'redBright', bold: true }, { bold: true }],
  trend: [{ color: 'green' }, {}],
  lit: [{ color: 'black', backgroundColor: 'yellow' }, { underline: true }],
  draining: [{ color: 'cyan' }, {}],
  command: [{ color: 'cyan' }, {}],
  added: [{ color: 'green' }, {}],
  removed: [{ color: 'redBright' }, {}],
  columnTitle: [{ color: 'black', backgroundColor: 'green' }, { underline: true }],
  sortedTitle: [
    { color: 'black', backgroundColor: 'cyan', bold: true },
    { underline: true, bold: true },
  ],
  tag: [{ color: 'yellowBright', bold: true }, { bold: true }],
} as const satisfies Readonly<Record<string, readonly [colored: Look, plain: Look]>>;

/** The look of a role for Ink; where there are no colours, they are left out when it is written. */
export function lookOfRole(role: StyleRole): Look {
  return looks[role][0];
}

/** The looks of the screen for one colour depth. Nothing is told by colour alone. */
export interface Theme {
  readonly roles: Readonly<Record<StyleRole, StyleId>>;
  /** The whole row under the cursor. */
  readonly selected: StyleId;
}

/** The theme with colours, or, under NO_COLOR, with attributes only. */
export function createTheme(colours: boolean): Theme {
  const roles: Partial<Record<StyleRole, StyleId>> = {};
  for (const role of Object.keys(looks) as StyleRole[]) roles[role] = styleOf(looks[role][colours ? 0 : 1]);
  return {
    roles: roles as Record<StyleRole, StyleId>,
    selected: colours ? style({ fg: ansi256(16), bg: named('cyan') }) : style({ inverse: true }),
  };
}

function styleOf({ color, backgroundColor, ...attributes }: Look): StyleId {
  return style({
    ...attributes,
    ...(color !== undefined && { fg: colorOf(color) }),
    ...(backgroundColor !== undefined && { bg: colorOf(backgroundColor) }),
  });
}

function colorOf(color: LookColor): number {
  const name = color.replace('Bright', '') as ColorName;
  return named(name, name !== color);
}
