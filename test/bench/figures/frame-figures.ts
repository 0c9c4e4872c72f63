import type { BenchPrograms } from '../bench-programs.ts';
import type { Figure } from '../figure.ts';
import type { FramesReport } from '../programs/frames.ts';
import type { ScrollRun } from '../programs/scroll.ts';
import { spreadOf } from '../statistics.ts';

const plain = 'plain rows';

/** A frame with 60 % of the fields changing, beside the same picture written by hand. */
export async function frameFigures(programs: BenchPrograms): Promise<Figure[]> {
  return [[200, 50] as const, [300, 100] as const].flatMap(([columns, rows]) => {
    const { runs, changed } = programs.run<FramesReport>('frames', [columns, rows, 0.6]);
    const what = `frame ${columns}×${rows}, ${percent(changed)} of fields`;
    return [
      {
        what: `${what}, processor`,
        unit: 'ms',
        measured: spreadOf(runs.map((run) => run.processor)),
        beside: { what: plain, measured: spreadOf(runs.map((run) => run.plainProcessor)) },
        target: { of: 'ratio', atMost: 1.5 },
      },
      {
        what: `${what}, bytes`,
        unit: 'B',
        measured: spreadOf(runs.map((run) => run.bytes)),
        beside: { what: plain, measured: spreadOf(runs.map((run) => run.plainBytes)) },
        target: { of: 'ratio', atMost: 1.02 },
      },
    ];
  });
}

/** What goes over the line at 1 Hz on a quiet director. */
export async function lineFigures(programs: BenchPrograms): Promise<Figure[]> {
  const { runs, changed } = programs.run<FramesReport>('frames', [200, 50, 0.03]);
  return [
    {
      what: `bytes a second at 1 Hz, ${percent(changed)} of fields`,
      unit: 'B',
      measured: spreadOf(runs.map((run) => run.bytes)),
      beside: { what: plain, measured: spreadOf(runs.map((run) => run.plainBytes)) },
      target: { of: 'measured', atMost: 700 },
    },
  ];
}

/** From the first row to the last of 1,000 services of 10 real servers. */
export async function scrollFigures(programs: BenchPrograms): Promise<Figure[]> {
  const runs = programs.run<readonly ScrollRun[]>('scroll');
  const what = `1,000×10 scrolled through at 200×50 in ${runs[0]?.frames ?? 0} frames`;
  return [
    {
      what: `${what}, processor`,
      unit: 'ms',
      measured: spreadOf(runs.map((run) => run.processor)),
    },
    { what: `${what}, bytes`, unit: 'kB', measured: spreadOf(runs.map((run) => run.bytes / 1000)) },
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
