import type { BenchPrograms } from '../bench-programs.ts';
import type { Figure } from '../figure.ts';
import type { GrowthReport } from '../programs/growth.ts';
import { spreadOf } from '../statistics.ts';

const runs = 5;
const settledTicks = 500;
const allTicks = 10_000;
/** One step of V8's own tables is no growth; 300 bytes left behind by each tick would be more than this. */
const growthLimit = 1.05;
const mebibyte = 2 ** 20;

/** What a tick costs; resident memory is a matter of the garbage between two of them, and measured at 1 Hz. */
export async function memoryFigures(programs: BenchPrograms): Promise<Figure[]> {
  const reports = Array.from({ length: runs }, () => grown(programs, settledTicks));
  return [
    {
      what: 'a tick of 1,000×10, from entries to bytes, processor',
      unit: 'ms',
      measured: spreadOf(reports.map(({ tickProcessor }) => tickProcessor)),
    },
  ];
}

/** Whether anything piles up: what is in use after 10,000 ticks, beside what was after 500. */
export async function growthFigures(programs: BenchPrograms): Promise<Figure[]> {
  const { readings } = grown(programs, allTicks);
  const settled = readings.slice(0, 3);
  const last = readings.slice(-3);
  const used = (of: typeof readings) => spreadOf(of.map((reading) => reading.used / mebibyte));
  return [
    {
      what: `memory in use, 1,000×10, around tick ${allTicks}`,
      unit: 'MiB',
      measured: used(last),
      beside: { what: `around tick ${settledTicks * 2}`, measured: used(settled) },
      target: { of: 'ratio', atMost: growthLimit },
    },
  ];
}

function grown(programs: BenchPrograms, ticks: number): GrowthReport {
  return programs.run<GrowthReport>('growth', [ticks], ['--expose-gc']);
}
