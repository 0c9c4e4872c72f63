import type { BenchPrograms } from '../bench-programs.ts';
import type { Figure } from '../figure.ts';
import type { GrowthReport } from '../programs/growth.ts';
import { spreadOf } from '../statistics.ts';

const runs = 5;
const settledTicks = 500;
const allTicks = 10_000;
/** Readings of memory at the beginning and at the end, one each `settledTicks`. */
const compared = 2;
/** One step of V8's own tables is no growth; 300 bytes left behind by each tick would be more than this. */
const growthLimit = 1.05;
const mebibyte = 2 ** 20;

/** What a tick costs; resident memory is a matter of the garbage between two of them, and measured at 1 Hz. */
export async function memoryFigures(programs: BenchPrograms): Promise<Figure[]> {
  const reports = Array.from({ length: runs }, () => grown(programs, [settledTicks]));
  return [
    {
      what: 'a tick of 1,000×10, from entries to bytes, processor',
      unit: 'ms',
      measured: spreadOf(reports.map(({ tickProcessor }) => tickProcessor)),
    },
  ];
}

/** Tables of which it is looked whether anything piles up. */
const grownTables = [
  { table: '1,000×10', ticks: allTicks, args: [1000] },
  // Each service is another one after a hundred ticks.
  { table: '1,000×10, 1 % of the services replaced each tick', ticks: 5000, args: [1000, 100] },
  { table: '10,000×10', ticks: 2500, args: [10_000] },
];

/** Whether anything piles up: what is in use after thousands of ticks, beside what was after the first. */
export async function growthFigures(programs: BenchPrograms): Promise<Figure[]> {
  return grownTables.map(({ table, ticks, args }) => {
    const { readings } = grown(programs, [ticks, ...args]);
    const used = (of: typeof readings) => spreadOf(of.map((reading) => reading.used / mebibyte));
    return {
      what: `memory in use, ${table}, around tick ${ticks}`,
      unit: 'MiB',
      measured: used(readings.slice(-compared)),
      beside: { what: `around tick ${settledTicks * 2}`, measured: used(readings.slice(0, compared)) },
      target: { of: 'ratio', atMost: growthLimit },
    };
  });
}

function grown(programs: BenchPrograms, args: readonly number[]): GrowthReport {
  return programs.run<GrowthReport>('growth', args, ['--expose-gc']);
}
