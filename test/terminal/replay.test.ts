import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composite } from '../../src/terminal/compositor.ts';
import { Differ } from '../../src/terminal/differ.ts';
import { Grid, type Rectangle } from '../../src/terminal/grid.ts';
import { ansi16, ansi256, type Color, rgb, type StyleSpec, style } from '../../src/terminal/style.ts';
import { Emulator, gridCells } from './emulator.ts';

const color: fc.Arbitrary<Color | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.nat(15).map(ansi16),
  fc.nat(255).map(ansi256),
  fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map(([red, green, blue]) => rgb(red, green, blue)),
);

const styleSpec: fc.Arbitrary<StyleSpec> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc.record({
      fg: color,
      bg: color,
      bold: fc.boolean(),
      dim: fc.boolean(),
      italic: fc.boolean(),
      underline: fc.boolean(),
      inverse: fc.boolean(),
      strikethrough: fc.boolean(),
    }),
  },
);

/** Text whose width every terminal agrees on. */
const agreedText = fc.oneof(
  fc.string({ maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, ' ')),
  fc.constantFrom(
    ' '.repeat(7),
    ' '.repeat(25),
    '──────┼───────',
    '▁▂▃▄▅▆▇█',
    '負荷分散',
    'a負b荷',
    '한국어 text',
    '▸ tcp 203.0.113.10:80',
    'größe',
    'キーボード',
  ),
);

interface Write {
  kind: 'write' | 'fill';
  x: number;
  y: number;
  width: number;
  height: number;
  text: string;
  style: StyleSpec;
}

interface Frame {
  columns: number;
  rows: number;
  /** Begins with the content of the frame before. */
  isContinued: boolean;
  writes: Write[];
  live: Rectangle[];
  overlays: Rectangle[];
  cursor: { x: number; y: number } | undefined;
}

const rectangle = fc.record({
  x: fc.integer({ min: -3, max: 40 }),
  y: fc.integer({ min: -2, max: 12 }),
  width: fc.nat(30),
  height: fc.nat(8),
});

function frames(text: fc.Arbitrary<string>): fc.Arbitrary<Frame[]> {
  const write: fc.Arbitrary<Write> = fc.record({
    kind: fc.constantFrom('write', 'write', 'write', 'fill'),
    x: fc.integer({ min: -4, max: 42 }),
    y: fc.integer({ min: -1, max: 13 }),
    width: fc.nat(20),
    height: fc.nat(4),
    text,
    style: styleSpec,
  });
  return fc.array(
    fc.record({
      columns: fc.oneof(
        { weight: 4, arbitrary: fc.constant(30) },
        { weight: 1, arbitrary: fc.integer({ min: 2, max: 42 }) },
      ),
      rows: fc.oneof(
        { weight: 4, arbitrary: fc.constant(8) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 13 }) },
      ),
      isContinued: fc.boolean(),
      writes: fc.array(write, { maxLength: 12 }),
      live: fc.array(rectangle, { maxLength: 1 }),
      overlays: fc.array(rectangle, { maxLength: 1 }),
      cursor: fc.option(fc.record({ x: fc.nat(41), y: fc.nat(12) }), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 6 },
  );
}

function paint(base: Grid, frame: Frame, target: Grid): void {
  base.resize(frame.columns, frame.rows);
  if (!frame.isContinued) base.clear();
  for (const write of frame.writes) {
    if (write.kind === 'write') base.write(write.x, write.y, write.text, style(write.style));
    else base.fill(write, style(write.style), write.text.slice(0, 1));
  }
  target.resize(frame.columns, frame.rows);
  composite(target, {
    base,
    live: frame.live.map((area) => ({
      area,
      paint: (canvas) => {
        for (const write of frame.writes) canvas.write(write.x - 3, write.y, write.text, style(write.style));
      },
    })),
    overlays: frame.overlays,
  });
  if (frame.cursor !== undefined) target.placeCursor(frame.cursor.x, frame.cursor.y);
}

/** Replays frames by differences on one emulator; checks each against the grid and a full redraw on another. */
async function replay(sequence: readonly Frame[], setUp: string): Promise<void> {
  const first = sequence[0]!;
  const byDifferences = new Emulator(first.columns, first.rows);
  await byDifferences.write(setUp);
  const differ = new Differ();
  const base = new Grid(first.columns, first.rows);
  let shown: Grid | undefined;
  for (const frame of sequence) {
    const next = new Grid(frame.columns, frame.rows);
    paint(base, frame, next);
    if (shown?.width !== next.width || shown.height !== next.height) {
      byDifferences.resize(next.width, next.height);
    }
    await byDifferences.write(differ.diff(shown, next).slice());
    const redrawn = new Emulator(next.width, next.height);
    await redrawn.write(setUp);
    await redrawn.write(new Differ().diff(undefined, next).slice());
    expect(byDifferences.cells()).toEqual(gridCells(next));
    expect(redrawn.cells()).toEqual(byDifferences.cells());
    expect(byDifferences.scrolledLines).toBe(0);
    if (next.cursorX >= 0) {
      expect(byDifferences.cursor).toEqual({ x: next.cursorX, y: next.cursorY });
    }
    expect(differ.diff(next, next)).toHaveLength(0);
    shown = next;
  }
}

const RUNS = Number(process.env.REPLAY_RUNS ?? 300);

describe('frames replayed by differences', () => {
  it('leave every cell as a full redraw does, in an alternate screen', async () => {
    await fc.assert(
      fc.asyncProperty(frames(agreedText), (sequence) => replay(sequence, '\x1b[?1049h')),
      { numRuns: RUNS },
    );
  }, 60_000);

  it('do so as well where the terminal does not wrap lines', async () => {
    await fc.assert(
      fc.asyncProperty(frames(agreedText), (sequence) => replay(sequence, '\x1b[?1049h\x1b[?7l')),
      { numRuns: RUNS },
    );
  }, 60_000);
});
