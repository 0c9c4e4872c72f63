/** A colour as `#rrggbb`. */
export type Hex = `#${string}`;

/** The colours that a theme is made of. */
export interface Palette {
  /** Behind everything. */
  readonly ground: Hex;
  /** Behind column heads and titles. */
  readonly strip: Hex;
  /** Behind the row under the cursor. */
  readonly cursor: Hex;
  readonly text: Hex;
  /** What stands out by being lightest on dark and darkest on light. */
  readonly bright: Hex;
  /** Labels, zeros, and what is there for completeness. */
  readonly grey: Hex;
  /** Lines of frames and trees. */
  readonly line: Hex;
  /** What keys do, and where the operator is. */
  readonly accent: Hex;
  /** Half of the accent. */
  readonly calmAccent: Hex;
  readonly green: Hex;
  /** Half of the green. */
  readonly calmGreen: Hex;
  readonly yellow: Hex;
  readonly orange: Hex;
  readonly red: Hex;
  readonly cyan: Hex;
  readonly violet: Hex;
}

/** Themes in 256 or all colours, by name. */
export const palettes = {
  dark: {
    ground: '#14171c',
    strip: '#242b35',
    cursor: '#1d2d42',
    text: '#d3d7de',
    bright: '#ffffff',
    grey: '#98a0ad',
    line: '#808996',
    accent: '#6cb6ff',
    calmAccent: '#7d9cc0',
    green: '#7ee08f',
    calmGreen: '#7fa884',
    yellow: '#ecc95f',
    orange: '#f2a470',
    red: '#ff8585',
    cyan: '#6fd7dc',
    violet: '#c8a4ff',
  },
  light: {
    ground: '#fcfcfb',
    strip: '#e2e7ed',
    cursor: '#d9e8f9',
    text: '#2b3138',
    bright: '#000000',
    grey: '#596069',
    line: '#6b727b',
    accent: '#0550ae',
    calmAccent: '#44618a',
    green: '#116329',
    calmGreen: '#46664c',
    yellow: '#735000',
    orange: '#9a3c00',
    red: '#b3121d',
    cyan: '#005f67',
    violet: '#6234b8',
  },
  'solarized-dark': {
    ground: '#002b36',
    strip: '#073642',
    cursor: '#0a3d4b',
    text: '#a9b7b7',
    bright: '#fdf6e3',
    grey: '#8fa1a3',
    line: '#839496',
    accent: '#5cb0ea',
    calmAccent: '#7fa3bd',
    green: '#87b31c',
    calmGreen: '#8fa35c',
    yellow: '#d3a51c',
    orange: '#f08a5d',
    red: '#f7827e',
    cyan: '#3fb8ae',
    violet: '#a6aaec',
  },
  'solarized-light': {
    ground: '#fdf6e3',
    strip: '#eee8d5',
    cursor: '#e3e6d8',
    text: '#4b626b',
    bright: '#002b36',
    grey: '#566d75',
    line: '#657078',
    accent: '#1a659e',
    calmAccent: '#4a6c88',
    green: '#2a6b00',
    calmGreen: '#4d6b3a',
    yellow: '#7a5c00',
    orange: '#a8380c',
    red: '#bb201d',
    cyan: '#146a63',
    violet: '#5053a8',
  },
} as const satisfies Readonly<Record<string, Palette>>;

/** Name of a palette. */
export type PaletteName = keyof typeof palettes;
