import { ansi256, DEFAULT_STYLE, named, type StyleId, style } from '../../terminal/style.ts';

/** What a piece of text is, from which the theme makes its look. */
export type StyleRole =
  | 'service'
  | 'strong'
  | 'badge'
  | 'dim'
  | 'good'
  | 'warning'
  | 'error'
  | 'trend'
  | 'draining'
  | 'columnTitle'
  | 'sortedTitle'
  | 'tag';

/** The looks of the screen for one colour depth. Nothing is told by colour alone. */
export interface Theme {
  readonly roles: Readonly<Record<StyleRole, StyleId>>;
  /** The whole row under the cursor. */
  readonly selected: StyleId;
}

/** The theme with colours, or, under NO_COLOR, with attributes only. */
export function createTheme(colours: boolean): Theme {
  if (!colours) {
    return {
      roles: {
        service: style({ bold: true }),
        strong: style({ bold: true }),
        badge: style({ inverse: true }),
        dim: DEFAULT_STYLE,
        good: DEFAULT_STYLE,
        warning: style({ bold: true }),
        error: style({ bold: true }),
        trend: DEFAULT_STYLE,
        draining: DEFAULT_STYLE,
        columnTitle: style({ underline: true }),
        sortedTitle: style({ underline: true, bold: true }),
        tag: style({ bold: true }),
      },
      selected: style({ inverse: true }),
    };
  }
  return {
    roles: {
      service: style({ bold: true }),
      strong: style({ bold: true }),
      badge: style({ inverse: true }),
      dim: style({ fg: named('black', true) }),
      good: style({ fg: named('green') }),
      warning: style({ fg: named('yellow') }),
      error: style({ fg: named('red', true), bold: true }),
      trend: style({ fg: named('green') }),
      draining: style({ fg: named('cyan') }),
      columnTitle: style({ fg: named('black'), bg: named('green') }),
      sortedTitle: style({ fg: named('black'), bg: named('cyan'), bold: true }),
      tag: style({ fg: named('yellow', true), bold: true }),
    },
    selected: style({ fg: ansi256(16), bg: named('cyan') }),
  };
}
