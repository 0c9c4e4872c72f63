/**
 * `npm run bench`: every figure that is promised, measured on this machine, as a table and as JSON.
 *
 * usage: bench.ts [--json FILE] [NAME…]
 *
 * Never a test: a busy machine makes every time longer. Ratios are of things measured in one run.
 */
import { writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchPrograms } from './bench-programs.ts';
import { type Figure, figuresTable, type JudgedFigure, judge } from './figure.ts';
import { connectionFigures, samplingFigures } from './figures/connection-figures.ts';
import { editFigures } from './figures/edit-figures.ts';
import { executableFigures } from './figures/executable-figures.ts';
import { frameFigures, lineFigures, scrollFigures } from './figures/frame-figures.ts';
import { htopFigures } from './figures/htop-figures.ts';
import { applyFigures, sweepFigures } from './figures/lab-figures.ts';
import { largeFigures } from './figures/large-figures.ts';
import { growthFigures, memoryFigures } from './figures/memory-figures.ts';
import { keyFigures, processorFigures, residentFigures, startFigures } from './figures/process-figures.ts';
import { rateFigures } from './figures/rate-figures.ts';
import { recorderFigures } from './figures/recorder-figures.ts';
import { scrapeFigures } from './figures/scrape-figures.ts';

const benchmarks: Readonly<Record<string, (programs: BenchPrograms) => Promise<Figure[]>>> = {
  sweep: sweepFigures,
  rate: rateFigures,
  apply: applyFigures,
  edit: editFigures,
  frame: frameFigures,
  line: lineFigures,
  key: keyFigures,
  scroll: scrollFigures,
  start: startFigures,
  executable: executableFigures,
  memory: memoryFigures,
  growth: growthFigures,
  processor: processorFigures,
  resident: residentFigures,
  large: largeFigures,
  scrape: scrapeFigures,
  recorder: recorderFigures,
  htop: htopFigures,
  connections: connectionFigures,
  sampling: samplingFigures,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string', default: join(tmpdir(), 'lvstop-bench.json') } },
});
const chosen = positionals.length === 0 ? Object.keys(benchmarks) : positionals;
const unknown = chosen.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(
    `there is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}`,
  );
  process.exit(2);
}

const programs = new BenchPrograms();
const figures: JudgedFigure[] = [];
const failed: string[] = [];
try {
  await programs.build();
  for (const name of chosen) {
    console.error(`measuring ${name} …`);
    try {
      const measured = (await benchmarks[name]?.(programs)) ?? [];
      figures.push(...measured.map(judge));
    } catch (error) {
      // The others are still worth measuring.
      console.error(error);
      failed.push(name);
    }
  }
} finally {
  programs.remove();
}

console.log('median (lowest…highest) of at least five runs\n');
console.log(figuresTable(figures));
const machine = { processor: cpus()[0]?.model ?? '', processors: cpus().length, node: process.version };
const file = resolve(values.json);
writeFileSync(file, `${JSON.stringify({ time: new Date().toISOString(), machine, figures }, null, 2)}\n`);
console.log(`\nas JSON: ${file}`);
if (failed.length > 0) console.log(`could not be measured: ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
