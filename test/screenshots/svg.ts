import type { CellLook } from '../e2e/terminal.ts';

/** A screen as an emulator shows it. */
export interface Picture {
  readonly columns: number;
  readonly rows: number;
  cell(x: number, y: number): CellLook;
}

const cellWidth = 8.4;
const cellHeight = 18;
const margin = 12;
const foreground = '#d4d4d4';
const background = '#1e1e1e';

/** The 16 colours of a terminal, as many themes have them. */
const palette = [
  '#1e1e1e',
  '#f14c4c',
  '#23d18b',
  '#dcdc6a',
  '#3b8eea',
  '#d670d6',
  '#29b8db',
  '#cccccc',
  '#8a8a8a',
  '#ff6b6b',
  '#4ee6a4',
  '#f5f543',
  '#6cb2ff',
  '#e58ae5',
  '#5cd6f0',
  '#ffffff',
];

/** Draws the screen as an SVG: a rectangle for each run of one background, a text for each run of one look. */
export function drawSvg(picture: Picture, title: string): string {
  const width = Math.ceil(picture.columns * cellWidth + 2 * margin);
  const height = picture.rows * cellHeight + 2 * margin;
  const corner = picture.cell(0, 0).background;
  const ground = corner === 'default' ? background : colourOf(corner);
  const backgrounds: string[] = [];
  const texts: string[] = [];
  for (let y = 0; y < picture.rows; y++) {
    for (const run of runsOf(picture, y)) {
      const x = margin + run.x * cellWidth;
      const top = margin + y * cellHeight;
      const [ink, paper] = coloursOf(run.look);
      if (paper !== ground) {
        backgrounds.push(
          `<rect x="${round(x)}" y="${top}" width="${round(run.cells * cellWidth)}" height="${cellHeight}" fill="${paper}"/>`,
        );
      }
      if (run.text.trim() === '') continue;
      const kind = kindOf(run.text);
      if (kind !== 'text') {
        texts.push(drawings[kind](run.text, x, top, ink));
        continue;
      }
      const weight = run.look.bold ? ' font-weight="bold"' : '';
      const opacity = run.look.dim ? ' opacity="0.65"' : '';
      // The length pins the text to its cells whatever font the reader has.
      texts.push(
        `<text x="${round(x)}" y="${top + 13.5}" fill="${ink}"${weight}${opacity} textLength="${round(run.cells * cellWidth)}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escapeText(run.text)}</text>`,
      );
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">`,
    `<title>${escapeText(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${ground}"/>`,
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14">',
    ...backgrounds,
    ...texts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

interface Run {
  readonly x: number;
  readonly look: CellLook;
  cells: number;
  text: string;
}

/** Neighbouring cells of one look. */
function runsOf(picture: Picture, y: number): Run[] {
  const runs: Run[] = [];
  for (let x = 0; x < picture.columns; x++) {
    const look = picture.cell(x, y);
    const last = runs.at(-1);
    if (
      last !== undefined &&
      lookKey(last.look) === lookKey(look) &&
      kindOf(last.text) === kindOf(look.text)
    ) {
      last.cells++;
      last.text += look.text;
    } else {
      runs.push({ x, look, cells: 1, text: look.text });
    }
  }
  return runs;
}

/** Where each bit of a Braille pattern has its dot: column and row. */
const dotPlaces = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;

/** What is drawn as a shape that fills its cells: each font has it at another width, and leaves gaps between lines. */
type Kind = 'dots' | 'blocks' | 'lines' | 'text';

function kindOf(text: string): Kind {
  const code = text.charCodeAt(0);
  if (code >= 0x2800 && code <= 0x28ff) return 'dots';
  if (code >= 0x2581 && code <= 0x258f) return 'blocks';
  return lineEnds[text.charAt(0)] === undefined ? 'text' : 'lines';
}

const drawings: Readonly<
  Record<Exclude<Kind, 'text'>, (text: string, left: number, top: number, ink: string) => string>
> = {
  dots: (text, left, top, ink) =>
    `<path d="${dots(text, left, top)}" stroke="${ink}" stroke-width="2" stroke-linecap="square"/>`,
  blocks: (text, left, top, ink) => `<path d="${blocks(text, left, top)}" fill="${ink}"/>`,
  lines: (text, left, top, ink) => lines(text, left, top, ink),
};

/** Eighths of a cell from below, and from the left. */
function blocks(text: string, left: number, top: number): string {
  return [...text]
    .map((sign, cell) => {
      const code = sign.charCodeAt(0) - 0x2580;
      const [width, height] =
        code <= 8 ? [cellWidth, (code / 8) * cellHeight] : [((0x10 - code) / 8) * cellWidth, cellHeight];
      return `M${round(left + cell * cellWidth)} ${round(top + cellHeight)}h${round(width)}v-${round(height)}h-${round(width)}z`;
    })
    .join('');
}

/** Where lines go from the middle of their cell: to the left, right, up, down; `2` for a thick one. */
const lineEnds: Readonly<Record<string, readonly [left: number, right: number, up: number, down: number]>> = {
  '─': [1, 1, 0, 0],
  '━': [2, 2, 0, 0],
  '╸': [2, 0, 0, 0],
  '│': [0, 0, 1, 1],
  '┼': [1, 1, 1, 1],
  '┿': [2, 2, 1, 1],
  '├': [0, 1, 1, 1],
  '┤': [1, 0, 1, 1],
  '┬': [1, 1, 0, 1],
  '┴': [1, 1, 1, 0],
  '└': [0, 1, 1, 0],
  '╰': [0, 1, 1, 0],
  '┌': [0, 1, 0, 1],
  '╭': [0, 1, 0, 1],
  '┐': [1, 0, 0, 1],
  '╮': [1, 0, 0, 1],
  '┘': [1, 0, 1, 0],
  '╯': [1, 0, 1, 0],
};

function lines(text: string, left: number, top: number, ink: string): string {
  const paths = ['', ''];
  for (const [cell, sign] of [...text].entries()) {
    const x = left + (cell + 0.5) * cellWidth;
    const y = top + cellHeight / 2;
    const half: readonly (readonly [number, number])[] = [
      [-cellWidth / 2, 0],
      [cellWidth / 2, 0],
      [0, -cellHeight / 2],
      [0, cellHeight / 2],
    ];
    for (const [end, weight] of (lineEnds[sign] ?? []).entries()) {
      const [dx, dy] = half[end] ?? [0, 0];
      if (weight > 0) paths[weight - 1] += `M${round(x)} ${round(y)}l${round(dx)} ${round(dy)}`;
    }
  }
  return paths
    .map((path, weight) =>
      path === ''
        ? ''
        : `<path d="${path}" stroke="${ink}" stroke-width="${weight === 0 ? 1.2 : 3}" stroke-linecap="square" fill="none"/>`,
    )
    .join('');
}

/** The dots of Braille patterns as small squares: few fonts have them, and each at another width. */
function dots(text: string, left: number, top: number): string {
  let path = '';
  for (const [cell, sign] of [...text].entries()) {
    const bits = sign.charCodeAt(0) & 0xff;
    dotPlaces.forEach(([column, row], bit) => {
      if (((bits >> bit) & 1) === 0) return;
      const x = left + (cell + 0.26 + column * 0.5) * cellWidth;
      path += `M${round(x)} ${round(top + (row + 0.5) * (cellHeight / 4))}h.1`;
    });
  }
  return path;
}

function lookKey({ text: _, ...look }: CellLook): string {
  return JSON.stringify(look);
}

function coloursOf(look: CellLook): [ink: string, paper: string] {
  const ink = look.foreground === 'default' ? foreground : colourOf(look.foreground);
  const paper = look.background === 'default' ? background : colourOf(look.background);
  return look.inverse ? [paper, ink] : [ink, paper];
}

function colourOf(colour: string): string {
  if (colour.startsWith('#')) return colour;
  const index = Number(colour);
  if (index < 16) return palette[index] ?? foreground;
  if (index >= 232) return gray(8 + (index - 232) * 10);
  const cube = index - 16;
  const level = (part: number) => (part === 0 ? 0 : 55 + part * 40);
  return hex([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]);
}

function gray(level: number): string {
  return hex([level, level, level]);
}

function hex(parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
