import type { BenchPrograms } from '../bench-programs.ts';
import type { Figure } from '../figure.ts';
import type { ScrapeReport } from '../programs/scrape.ts';
import { spreadOf } from '../statistics.ts';

const runs = 5;
const scrapes = 60;
/** Scrapes of the run of which it is looked whether anything piles up, and services of its table. */
const allScrapes = 10_000;
const fewServices = 20;
const growthLimit = 1.05;

/** What a scrape of 1,000 services of 10 real servers costs, and whether it leaves something behind. */
export async function scrapeFigures(programs: BenchPrograms): Promise<Figure[]> {
  const run = (...args: number[]) => programs.run<ScrapeReport>('scrape', args, ['--expose-gc']);
  const reports = Array.from({ length: runs }, () => run(scrapes));
  const [before, after] = run(allScrapes, fewServices).used.map((bytes) => spreadOf([bytes / 2 ** 20]));
  return [
    {
      what: "a scrape of 1,000×10, processor, the making of the kernel's answers included",
      unit: 'ms',
      measured: spreadOf(reports.map(({ processor }) => processor)),
      beside: {
        what: 'these and their reading alone',
        measured: spreadOf(reports.map(({ kernel }) => kernel)),
      },
      target: { of: 'measured', atMost: 60 },
    },
    ...(before === undefined || after === undefined
      ? []
      : [
          {
            what: `memory in use after ${allScrapes} scrapes of ${fewServices}×10`,
            unit: 'MiB',
            measured: after,
            beside: { what: 'after the first hundred', measured: before },
            target: { of: 'ratio', atMost: growthLimit },
          } as const,
        ]),
  ];
}
