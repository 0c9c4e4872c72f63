import type { Canvas } from '../../terminal/grid.ts';
import { textWidth, truncateToWidth } from '../../terminal/width.ts';
import type { StyleRole, Theme } from './theme.ts';

/** A piece of a line, from column `x` on. */
export interface Span {
  readonly x: number;
  readonly text: string;
  readonly role?: StyleRole;
}

/** A line of a page as its pieces from left to right, or how to make them when the line comes in sight. */
export type Line = readonly Span[] | (() => readonly Span[]);

/** Lines that stand side by side with others; none is wider than `width` cells. */
export interface Block {
  readonly width: number;
  readonly lines: readonly Line[];
}

/** An empty line. */
export const emptyLine: Line = [];

/** A line of one piece. */
export function textLine(text: string, role?: StyleRole): Line {
  return [span(0, text, role)];
}

/** A piece of a line. */
export function span(x: number, text: string, role?: StyleRole): Span {
  return role === undefined ? { x, text } : { x, text, role };
}

/** A piece of text behind the one before. */
export interface Part {
  readonly text: string;
  readonly role?: StyleRole;
}

/** The parts side by side, what is too long cut at the end. */
export function fittedLine(parts: readonly Part[], width: number): Line {
  const spans: Span[] = [];
  let x = 0;
  for (const { text, role } of fittedParts(parts, width)) {
    spans.push(span(x, text, role));
    x += textWidth(text);
  }
  return spans;
}

/** As many of the parts as there are cells for, the last of them cut where it has to be. */
export function fittedParts(parts: readonly Part[], width: number): Part[] {
  const fitting: Part[] = [];
  let room = width;
  for (const part of parts) {
    if (room <= 0) break;
    const text = truncateToWidth(part.text, room);
    fitting.push({ ...part, text });
    room -= textWidth(text);
    if (text !== part.text) break;
  }
  return fitting;
}

/** The pieces of a line. */
function spansOf(line: Line): readonly Span[] {
  return typeof line === 'function' ? line() : line;
}

/** Puts blocks side by side, `gap` cells apart. */
export function sideBySide(blocks: readonly Block[], gap: number): Line[] {
  const height = Math.max(0, ...blocks.map(({ lines }) => lines.length));
  const lines: Line[] = [];
  for (let index = 0; index < height; index++) {
    const spans: Span[] = [];
    let x = 0;
    for (const block of blocks) {
      const line = block.lines[index];
      if (line !== undefined) for (const piece of spansOf(line)) spans.push({ ...piece, x: piece.x + x });
      x += block.width + gap;
    }
    lines.push(spans);
  }
  return lines;
}

/** Paints the lines, as many as the canvas has rows. */
export function paintLines(canvas: Canvas, lines: readonly Line[], theme: Theme): void {
  for (let y = 0; y < canvas.height; y++) {
    const line = lines[y];
    if (line === undefined) return;
    for (const { x, text, role } of spansOf(line)) {
      canvas.write(x, y, text, role === undefined ? undefined : theme.roles[role]);
    }
  }
}

/** A line as plain text. */
export function lineText(line: Line): string {
  let text = '';
  let width = 0;
  for (const piece of spansOf(line)) {
    text += ' '.repeat(Math.max(0, piece.x - width)) + piece.text;
    width = Math.max(width, piece.x) + textWidth(piece.text);
  }
  return text.trimEnd();
}
