/** usage: frames COLUMNS ROWS SHARE-OF-FIELDS. Prints processor time and bytes of a frame, run by run, as JSON. */
import { createSampler } from '../../../src/sampling/sampler.ts';
import { changingViews } from './changing-views.ts';
import { createCountedDirector } from './counted-director.ts';
import { openDrivenScreen, processorTime } from './driven-screen.ts';
import { PlainRows } from './plain-rows.ts';

/** What one run found, a frame. */
export interface FrameRun {
  readonly processor: number;
  readonly bytes: number;
  readonly plainProcessor: number;
  readonly plainBytes: number;
}

/** What the program prints. */
export interface FramesReport {
  readonly runs: readonly FrameRun[];
  /** Share of the fields in sight that changed from frame to frame. */
  readonly changed: number;
}

const runs = 7;
const frames = 300;
const warmUpRuns = 2;
/**
 * Names, modes, schedulers and weights do not change by themselves (an edit of weights would be told as events, which is
 * no drawing); the others change so much more often.
 */
const shareOfChangingColumns = 10 / 14;

const [columns = 200, rows = 50, share = 0.6] = process.argv.slice(2).map(Number);
const views = changingViews(rows - 5, frames, share / shareOfChangingColumns, 1);
const [first, ...following] = views;
if (first === undefined) throw new Error('there is no view');

const director = createCountedDirector({ services: 1, realServers: 1, now: () => performance.now() });
const { controller, app, settled } = await openDrivenScreen(
  director,
  createSampler({ director, interval: 1 }),
  columns,
  rows,
);
controller.onView(first);
await app.dialogsReady;
const plain = new PlainRows(columns, rows, controller.getState().nameWidth);

const results: FrameRun[] = [];
for (let run = -warmUpRuns; run < runs; run++) {
  controller.onView(first);
  await settled();
  plain.draw(first);
  let { bytes, frames: before } = app.screen.statistics;
  let start = processorTime();
  for (const view of following) {
    controller.onView(view);
    await settled();
  }
  const processor = (processorTime() - start) / frames;
  bytes = (app.screen.statistics.bytes - bytes) / frames;
  before = app.screen.statistics.frames - before;
  if (before !== frames) throw new Error(`${before} frames were drawn in place of ${frames}`);
  let plainBytes = 0;
  start = processorTime();
  for (const view of following) {
    plainBytes += plain.draw(view).length;
    await settled();
  }
  const plainProcessor = (processorTime() - start) / frames;
  if (run >= 0) results.push({ processor, bytes, plainProcessor, plainBytes: plainBytes / frames });
}

let changes = 0;
let fields = 0;
let texts = plain.fields(first);
for (const view of following) {
  const next = plain.fields(view);
  changes += next.filter((text, index) => text !== texts[index]).length;
  fields += next.length;
  texts = next;
}
const report: FramesReport = { runs: results, changed: changes / fields };
console.log(JSON.stringify(report));
process.exit(0);
