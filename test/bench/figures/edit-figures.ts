import type { BenchPrograms } from '../bench-programs.ts';
import type { Figure } from '../figure.ts';
import type { LargeEdit, LargeEditReport, LongestTurn } from '../programs/large-edits.ts';
import { spreadOf } from '../statistics.ts';

const runs = 5;

const steps: readonly { readonly what: string; readonly of: readonly LargeEdit[] }[] = [
  {
    what: 'S, 11,000 lines shown and saved',
    of: [
      'the first save is shown',
      'the first save is made',
      'the second save is shown',
      'the second save is made',
    ],
  },
  {
    what: 'an edit of 10,000 real servers, planned and shown',
    of: ['the dialog of the edit opens', 'a key in it'],
  },
  { what: 'an edit of 10,000 real servers, recorded and written', of: ['the edit is written'] },
  {
    what: 'undo of 10,000 edits, planned, shown and written',
    of: ['the undo is shown', 'a reading beside it', 'the undo is made'],
  },
];

/** The longest time for which saving and editing a table of 1,000 × 10 hold the screen's event loop. */
export async function editFigures(programs: BenchPrograms): Promise<Figure[]> {
  const reports = Array.from({ length: runs }, () => programs.run<LargeEditReport>('large-edits'));
  return steps.flatMap(({ what, of }) => {
    const longest = (part: keyof LongestTurn) =>
      spreadOf(reports.map((report) => Math.max(...of.map((step) => report[step][part]))));
    return [
      {
        what: `${what}, longest hold of the event loop`,
        unit: 'ms',
        measured: longest('held'),
      },
      { what: `${what}, of it the thread's own work`, unit: 'ms', measured: longest('worked') },
    ];
  });
}
