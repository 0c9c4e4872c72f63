import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ColorDepth, reduceColor } from '../../../src/terminal/color-depth.ts';
import { contrastBetween, leastContrast } from '../../../src/terminal/contrast.ts';
import {
  colorOfHex,
  DEFAULT_COLOR,
  DEFAULT_STYLE,
  rgb,
  type StyleId,
  styleBackground,
  styleForeground,
} from '../../../src/terminal/style.ts';
import { type PaletteName, palettes } from '../../../src/ui/kit/palettes.ts';
import { createTheme, paletteFor, styleRoles, type Theme } from '../../../src/ui/kit/theme.ts';

const source = join(import.meta.dirname, '../../../src/ui');
const coloured = [join('kit', 'theme.ts'), join('kit', 'palettes.ts')];
const names = Object.keys(palettes) as PaletteName[];

it('is the one place that names colours', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !coloured.includes(file))
    .filter((file) =>
      /\b(color|backgroundColor|dimColor)=|'(black|red|green|yellow|blue|magenta|cyan|white|gr[ae]y)(Bright)?'|'#[\da-f]{6}'|\b(named|ansi16|ansi256|rgb)\b[^;]*terminal\/style\.ts'/.test(
        readFileSync(join(source, file), 'utf8'),
      ),
    );
  expect(files).toEqual([]);
});

it.each([
  ['NO_COLOR', createTheme({ name: 'dark', depth: 'none' })],
  ['mono', createTheme({ name: 'mono', depth: 'true' })],
])('under %s shows what it shows with colours, by attributes where it matters', (_, { roles }) => {
  for (const style of Object.values(roles)) {
    expect([styleForeground(style), styleBackground(style)]).toEqual([DEFAULT_COLOR, DEFAULT_COLOR]);
  }
  for (const role of ['badge', 'warning', 'error', 'tag', 'selected'] as const)
    expect(roles[role]).not.toBe(roles.dim);
});

/** Contrast of a style against its own ground or the theme's, as a terminal of that depth shows it. */
function contrastOf(style: StyleId, ground: string, depth: ColorDepth): number {
  const shown = (color: number) => reduceColor(color, depth);
  const own = styleBackground(style);
  return contrastBetween(
    shown(styleForeground(style)),
    shown(own === DEFAULT_COLOR ? colorOfHex(ground) : own),
  );
}

describe.each(names.flatMap((name) => (['256', 'true'] as const).map((depth) => [name, depth] as const)))(
  'the theme %s in %s colours',
  (name, depth) => {
    const theme = createTheme({ name, depth, paintsGround: true });
    const palette = palettes[name];
    /** Every role as it is in some place, with its contrast there, where that is too little. */
    const tooFaint = (inPlace: (style: StyleId, theme: Theme) => StyleId) =>
      styleRoles
        .map((role) => {
          const style = theme.grounded?.(inPlace(theme.roles[role], theme)) ?? DEFAULT_STYLE;
          return `${role} ${contrastOf(style, palette.ground, depth).toFixed(2)}`;
        })
        .filter((line) => Number(line.split(' ')[1]) < leastContrast);

    it('can be read in every role on its ground', () => {
      expect(tooFaint((style) => style)).toEqual([]);
    });

    it('can be read in every role under the cursor', () => {
      expect(tooFaint((style, { onCursor }) => onCursor(style))).toEqual([]);
    });

    it('can be read in every role behind a dialog', () => {
      expect(tooFaint((style, { shaded }) => shaded(style))).toEqual([]);
    });

    it('tells the three modes, and good from bad, apart', () => {
      const colors = (['nat', 'dr', 'tun', 'good', 'warning', 'error'] as const).map((role) =>
        reduceColor(styleForeground(theme.roles[role]), depth),
      );
      expect(new Set(colors).size).toBe(colors.length);
    });
  },
);

describe('the ground of the terminal', () => {
  it('decides about the theme', () => {
    expect(paletteFor(undefined)).toBe('dark');
    expect(paletteFor(rgb(0, 0, 0))).toBe('dark');
    expect(paletteFor(rgb(0x30, 0x0a, 0x24))).toBe('dark');
    expect(paletteFor(rgb(255, 255, 255))).toBe('light');
    expect(paletteFor(rgb(0xfa, 0xf0, 0xd0))).toBe('light');
    expect(paletteFor(rgb(0, 0x2b, 0x36))).toBe('solarized-dark');
    expect(paletteFor(rgb(0xfd, 0xf6, 0xe3))).toBe('solarized-light');
  });

  it('stays where the theme follows it, and is painted over where a theme was chosen', () => {
    expect(createTheme({ name: 'light', depth: '256' }).grounded).toBeNull();
    const { grounded } = createTheme({ name: 'light', depth: '256', paintsGround: true });
    expect(styleBackground(grounded?.(DEFAULT_STYLE) ?? 0)).toBe(colorOfHex(palettes.light.ground));
  });
});

describe('colours of one’s own', () => {
  it('replace those of a palette, and of single roles', () => {
    const own = { red: '#ff0000', tun: '#00ff00', ground: '#101010' };
    const { roles, looks } = createTheme({ name: 'dark', depth: 'true', own });
    expect(styleForeground(roles.error)).toBe(rgb(255, 0, 0));
    expect(styleForeground(roles.tun)).toBe(rgb(0, 255, 0));
    expect(looks.removed.color).toBe('#ff0000');
    expect(styleForeground(roles.badge)).toBe(rgb(16, 16, 16));
  });
});
