/**
 * What a frame costs between the painter and the terminal: CPU time and bytes at 200 columns and 50
 * rows, with 60 % and with 3 % of the fields changing. Run with `node test/bench/differ.ts`.
 */
import { composite } from '../../src/terminal/compositor.ts';
import { Differ } from '../../src/terminal/differ.ts';
import { type Canvas, Grid } from '../../src/terminal/grid.ts';
import { extendStyle, named, type StyleId, style } from '../../src/terminal/style.ts';
import { fitToWidth } from '../../src/terminal/width.ts';

const COLUMNS = 200;
const ROWS = 50;
const FRAMES = 1000;
const WARM_UP = 300;
const RUNS = 7;
const FIELD_WIDTH = 9;
const TREND_WIDTH = 12;
const NAME_WIDTH = 28;
const FIELDS = Math.floor((COLUMNS - NAME_WIDTH - TREND_WIDTH) / (FIELD_WIDTH + 1));
const BLOCKS = '▁▂▃▄▅▆▇█';

const plain = style({});
const service = style({ fg: named('cyan'), bold: true });
const quiet = style({ dim: true });
const alarm = style({ fg: named('red') });
const selected = extendStyle(plain, { bg: named('blue') });

/** Deterministic numbers, so that each run does the same work. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Row {
  readonly name: string;
  readonly fields: string[];
  trend: string;
}

function makeRows(random: () => number): Row[] {
  return Array.from({ length: ROWS - 4 }, (_, index) => ({
    name: index % 8 === 0 ? `▾ tcp 203.0.113.${index}:80` : `    10.0.${index}.21:8080`,
    fields: Array.from({ length: FIELDS }, () => fieldText(random)),
    trend: '▁'.repeat(TREND_WIDTH),
  }));
}

function fieldText(random: () => number): string {
  const value = random() * 10 ** Math.floor(random() * 4);
  return fitToWidth(
    `${value.toFixed(value < 10 ? 1 : 0)}${random() < 0.5 ? 'k' : 'M'}`,
    FIELD_WIDTH,
    'right',
  );
}

function change(rows: readonly Row[], share: number, random: () => number): void {
  for (const row of rows) {
    for (let index = 0; index < row.fields.length; index += 1) {
      if (random() < share) row.fields[index] = fieldText(random);
    }
    if (random() < share) row.trend = row.trend.slice(1) + BLOCKS.charAt(Math.floor(random() * 8));
  }
}

function paint(canvas: Canvas, rows: readonly Row[]): void {
  for (const [y, row] of rows.entries()) {
    const look: StyleId = y === 5 ? selected : plain;
    if (y === 5) canvas.fill({ x: 0, y, width: canvas.width, height: 1 }, selected);
    let x = canvas.write(0, y, fitToWidth(row.name, NAME_WIDTH), y % 8 === 0 ? service : look);
    for (const [index, field] of row.fields.entries()) {
      const fieldStyle = index === 3 ? alarm : index % 4 === 0 ? quiet : look;
      x = canvas.write(x, y, field, fieldStyle) + 1;
    }
    canvas.write(x, y, row.trend, look);
  }
}

interface Result {
  readonly paint: number;
  readonly diff: number;
  readonly bytes: number;
}

function measure(share: number, seed: number): Result {
  const random = generator(seed);
  const rows = makeRows(random);
  const base = new Grid(COLUMNS, ROWS);
  base.write(0, 0, 'lvstop lb-01   IPVS 1.2.1', service);
  base.write(0, 2, '─'.repeat(COLUMNS), quiet);
  base.write(0, ROWS - 1, ' Enter open  + - weight  m mode  s scheduler', quiet);
  const area = { x: 0, y: 3, width: COLUMNS, height: ROWS - 4 };
  const live = [{ area, paint: (canvas: Canvas) => paint(canvas, rows) }];
  const differ = new Differ({ colorDepth: '256' });
  let shown = new Grid(COLUMNS, ROWS);
  let next = new Grid(COLUMNS, ROWS);
  let painting = 0;
  let diffing = 0;
  let bytes = 0;
  for (let frame = 0; frame < WARM_UP + FRAMES; frame += 1) {
    change(rows, share, random);
    const start = performance.now();
    next.clear();
    composite(next, { base, live });
    const painted = performance.now();
    const written = differ.diff(shown, next).length;
    const end = performance.now();
    [shown, next] = [next, shown];
    if (frame < WARM_UP) continue;
    painting += painted - start;
    diffing += end - painted;
    bytes += written;
  }
  return { paint: painting / FRAMES, diff: diffing / FRAMES, bytes: bytes / FRAMES };
}

function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] ?? 0;
  return `${middle.toFixed(digits)} (${sorted[0]?.toFixed(digits)}–${sorted.at(-1)?.toFixed(digits)})`;
}

console.log(`${COLUMNS}×${ROWS}, ${FRAMES} frames a run, median of ${RUNS} runs (least–most)`);
for (const share of [0.6, 0.03, 0]) {
  const results = Array.from({ length: RUNS }, (_, run) => measure(share, run + 1));
  console.log(
    `${(share * 100).toFixed(0).padStart(3)} % of fields: ` +
      `paint ${spread(
        results.map((result) => result.paint),
        3,
      )} ms, ` +
      `diff ${spread(
        results.map((result) => result.diff),
        3,
      )} ms, ` +
      `${spread(
        results.map((result) => result.bytes),
        0,
      )} bytes a frame`,
  );
}
