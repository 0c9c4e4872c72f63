import { BLANK, CONTINUATION, type Glyph, glyphText, isWide } from './glyph.ts';
import type { Grid } from './grid.ts';

/** Substitutes on a terminal without Unicode: each character on the left is shown as the one on the right. */
const SUBSTITUTES: readonly (readonly [characters: string, substitute: string])[] = [
  ['─┄┅┈┉╌╍╴╶', '-'],
  ['═━╸╺╼╾', '='],
  ['⊘', '%'],
  ['│┃┆┇┊┋╎╏║╵╷╹╻╽╿‖', '|'],
  ['╱', '/'],
  ['╲', '\\'],
  ['╳×✕✖✗✘', 'x'],
  ['▁', '_'],
  ['▂', '.'],
  ['▃–—―‐‑−', '-'],
  ['▄', '='],
  ['▅', '+'],
  ['▆', '*'],
  ['▇', '%'],
  ['█▉▊▋▌▐▀■◼▪', '#'],
  ['▍▎▏▕', '|'],
  ['░', '.'],
  ['▒', ':'],
  ['▓', '#'],
  ['←◀◂◄‹⇐', '<'],
  ['→▶▸►›⇒', '>'],
  ['↑▲▴△▵⇑', '^'],
  ['↓▼▾▽▿⇓', 'v'],
  ['↔↕⇄⇅', '='],
  ['●•◉⬤★✱', '*'],
  ['○◌◯□▫☐', 'o'],
  ['◆◇', '*'],
  ['·…', '.'],
  ['✓✔☑', 'y'],
  ['⚠', '!'],
  ['‘’‚′', "'"],
  ['“”„″', '"'],
  ['≤', '<'],
  ['≥', '>'],
  ['≈', '~'],
  ['µμ', 'u'],
  ['Σ∑', 'S'],
  ['Øø', 'o'],
  ['ß', 's'],
];

const substitutes = new Map<string, number>();
for (const [characters, substitute] of SUBSTITUTES) {
  for (const character of characters) substitutes.set(character, substitute.charCodeAt(0));
}

const UNKNOWN = 0x3f;
const CARET = 0x5e;
const PLUS = 0x2b;
const known = new Map<Glyph, Glyph>();

/** The ASCII character that stands for a glyph: its likeness, its letter without accents, or `?`. */
function asciiGlyph(glyph: Glyph): Glyph {
  if (glyph < 0x80) return glyph;
  const found = known.get(glyph);
  if (found !== undefined) return found;
  const substitute = makeSubstitute(glyphText(glyph));
  if (known.size < 4096) known.set(glyph, substitute);
  return substitute;
}

function makeSubstitute(text: string): Glyph {
  const direct = substitutes.get(text) ?? substitutes.get(text.slice(0, 1));
  if (direct !== undefined) return direct;
  const base = text.normalize('NFKD').charCodeAt(0);
  if (base >= 0x20 && base < 0x7f) return base;
  if (isBraille(base)) return brailleSubstitutes.charCodeAt(dotsOf(base));
  // Corners and crossings of lines; pictures of control characters.
  if (base >= 0x2500 && base <= 0x257f) return PLUS;
  if (base >= 0x2400 && base <= 0x2426) return CARET;
  return UNKNOWN;
}

/** What a cell with so many of its eight dots looks like. */
const brailleSubstitutes = ' _.-:=+*#';

function isBraille(code: number): boolean {
  return code >= 0x2800 && code <= 0x28ff;
}

function dotsOf(braille: number): number {
  let dots = 0;
  for (let bits = braille & 0xff; bits !== 0; bits >>= 1) dots += bits & 1;
  return dots;
}

/** Replaces every character of the grid that is not ASCII; a wide one becomes a character and a blank. */
export function makeAscii(grid: Grid): void {
  const glyphs = grid.glyphs;
  for (let index = 0; index < glyphs.length; index += 1) {
    const glyph = glyphs[index] ?? BLANK;
    if (glyph === CONTINUATION) glyphs[index] = BLANK;
    else if (glyph >= 0x80) glyphs[index] = isWide(glyph) ? UNKNOWN : asciiGlyph(glyph);
  }
}
