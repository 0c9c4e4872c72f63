import { type ColorDepth, channelsOf, reduceColor } from './color-depth.ts';
import { type Color, rgb } from './style.ts';

/** Least contrast that text has against its ground, after WCAG 2.1, success criterion 1.4.3. */
export const leastContrast = 4.5;

/** The luminance on which black and white text can be read alike. */
export const middleLuminance = 0.18;

/** How light a colour is to the eye, 0 (black) to 1 (white): the relative luminance of WCAG 2.1. */
export function relativeLuminance(color: Color): number {
  const [red, green, blue] = channelsOf(color).map(linear);
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** Contrast between two colours, from 1 (the same) to 21 (black and white). */
export function contrastBetween(one: Color, other: Color): number {
  const [darker = 0, lighter = 0] = [relativeLuminance(one), relativeLuminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/**
 * The colour, or the one nearest to it towards black or white that can be read on that ground, where a terminal of that
 * depth shows the two.
 */
export function readableOn(color: Color, ground: Color, depth: ColorDepth = 'true'): Color {
  const shownGround = reduceColor(ground, depth);
  const end = relativeLuminance(shownGround) > middleLuminance ? 0 : 255;
  for (let part = 0; part < 1; part += 0.05) {
    const [red = 0, green = 0, blue = 0] = channelsOf(color).map((channel) =>
      Math.round(channel + (end - channel) * part),
    );
    const mixed = part === 0 ? color : rgb(red, green, blue);
    if (contrastBetween(reduceColor(mixed, depth), shownGround) >= leastContrast) return mixed;
  }
  return rgb(end, end, end);
}

function linear(channel: number): number {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
