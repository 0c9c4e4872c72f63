import { ansi16, ansi256, type Color, colorParts, DEFAULT_COLOR } from './style.ts';

/** How many colours a terminal shows: none (NO_COLOR: attributes only), 16, 256, or all. */
export type ColorDepth = 'none' | '16' | '256' | 'true';

type Channels = readonly [red: number, green: number, blue: number];

/** xterm's own 16 colours; terminals differ, but in which one is nearest they mostly agree. */
const SIXTEEN: readonly Channels[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];

const CUBE_STEPS: readonly number[] = [0, 95, 135, 175, 215, 255];

/** The nearest colour that a terminal of this depth shows; itself when it shows it. */
export function reduceColor(color: Color, depth: ColorDepth): Color {
  if (depth === 'none') return DEFAULT_COLOR;
  const parts = colorParts(color);
  if (parts.kind === 'default' || parts.kind === '16' || depth === 'true') return color;
  if (parts.kind === '256') {
    return depth === '256' ? color : nearestOfSixteen(channelsOf256(parts.index));
  }
  const channels: Channels = [parts.red, parts.green, parts.blue];
  return depth === '256' ? nearestOf256(channels) : nearestOfSixteen(channels);
}

/**
 * As `reduceColor` for a foreground on that background: when the reduction would make both the same
 * colour, and the text invisible, the foreground becomes black or white instead.
 */
export function reduceForeground(fg: Color, bg: Color, depth: ColorDepth): Color {
  const reduced = reduceColor(fg, depth);
  if (reduced === DEFAULT_COLOR || fg === bg) return reduced;
  const ground = reduceColor(bg, depth);
  if (reduced !== ground) return reduced;
  return luminance(channelsOf(ground)) > 110 ? ansi16(0) : ansi16(15);
}

/** Red, green and blue of a colour, 0 to 255 each, as xterm has them; black for the terminal's default. */
export function channelsOf(color: Color): Channels {
  const parts = colorParts(color);
  switch (parts.kind) {
    case 'default':
      return [0, 0, 0];
    case 'rgb':
      return [parts.red, parts.green, parts.blue];
    default:
      return channelsOf256(parts.index);
  }
}

function channelsOf256(index: number): Channels {
  const own = SIXTEEN[index];
  if (own !== undefined) return own;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const inCube = index - 16;
  return [
    CUBE_STEPS[Math.floor(inCube / 36)] ?? 0,
    CUBE_STEPS[Math.floor(inCube / 6) % 6] ?? 0,
    CUBE_STEPS[inCube % 6] ?? 0,
  ];
}

function nearestOfSixteen(channels: Channels): Color {
  let best = 0;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of SIXTEEN.entries()) {
    const distance = distanceBetween(channels, candidate);
    if (distance < bestDistance) {
      best = index;
      bestDistance = distance;
    }
  }
  return ansi16(best);
}

function nearestOf256(channels: Channels): Color {
  const [red, green, blue] = channels;
  const cube = 16 + 36 * nearestStep(red) + 6 * nearestStep(green) + nearestStep(blue);
  const level = Math.round(((red + green + blue) / 3 - 8) / 10);
  const grey = 232 + Math.min(23, Math.max(0, level));
  const cubeDistance = distanceBetween(channels, channelsOf256(cube));
  const greyDistance = distanceBetween(channels, channelsOf256(grey));
  return ansi256(greyDistance < cubeDistance ? grey : cube);
}

function nearestStep(channel: number): number {
  let best = 0;
  for (const [index, step] of CUBE_STEPS.entries()) {
    if (Math.abs(step - channel) < Math.abs((CUBE_STEPS[best] ?? 0) - channel)) best = index;
  }
  return best;
}

/** Squared distance, weighted as the eye weighs the three channels. */
function distanceBetween(a: Channels, b: Channels): number {
  return 3 * (a[0] - b[0]) ** 2 + 6 * (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}

function luminance([red, green, blue]: Channels): number {
  return 0.3 * red + 0.59 * green + 0.11 * blue;
}

/** The depth of a number of colour bits, as Node's `getColorDepth` gives it, which heeds NO_COLOR. */
export function colorDepthOf(bits: number): ColorDepth {
  const depths: Readonly<Record<number, ColorDepth>> = { 1: 'none', 4: '16', 8: '256', 24: 'true' };
  return depths[bits] ?? '16';
}
