import type { BenchPrograms } from '../bench-programs.ts';
import type { Figure } from '../figure.ts';
import type { RecorderReport } from '../programs/recorder.ts';
import { quantile, spreadOf } from '../statistics.ts';

const runs = 5;
/** An hour, and a third of a file more. */
const samples = 380;

/**
 * What recording 1,000 services of 10 real servers takes, 3 % of which carry something each second; a day is reckoned from
 * an hour, the processor's share from what a sample takes of its ten seconds.
 */
export async function recorderFigures(programs: BenchPrograms): Promise<Figure[]> {
  const busy = Array.from({ length: runs }, () =>
    programs.run<RecorderReport>('recorder', ['busy', samples]),
  );
  const anywhere = programs.run<RecorderReport>('recorder', ['anywhere', samples]);
  return [
    {
      what: 'a recorded day of 1,000×10 at 10 s, 3 % carrying each second, others each minute',
      unit: 'MiB',
      measured: spreadOf(busy.map(({ bytesPerDay }) => bytesPerDay / 2 ** 20)),
      target: { of: 'measured', atMost: 60 },
    },
    {
      what: 'the same where any 3 % carry each second, a quarter in ten seconds',
      unit: 'MiB',
      measured: spreadOf([anywhere.bytesPerDay / 2 ** 20]),
    },
    {
      what: 'the recorder, processor',
      unit: '% of a core',
      measured: spreadOf(busy.map(({ processor }) => processor)),
      target: { of: 'measured', atMost: 1 },
    },
    {
      what: 'the recorder, resident',
      unit: 'MiB',
      measured: spreadOf(busy.map(({ resident }) => resident)),
      target: { of: 'measured', atMost: 120 },
    },
    {
      what: 'a jump in a recorded hour, processor, p95',
      unit: 'ms',
      measured: spreadOf(busy.map(({ jumps }) => quantile(jumps, 0.95))),
      target: { of: 'measured', atMost: 100 },
    },
  ];
}
