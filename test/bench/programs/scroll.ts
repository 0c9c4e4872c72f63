/**
 * Scrolls a screen of 200×50 over 1,000 services of 10 real servers, page by page from the first row to the last,
 * and prints what that took, run by run, as JSON.
 */
import { createSampler } from '../../../src/sampling/sampler.ts';
import { createCountedDirector } from './counted-director.ts';
import { openDrivenScreen, processorTime } from './driven-screen.ts';

/** What one run found. */
export interface ScrollRun {
  /** Milliseconds of the processor. */
  readonly processor: number;
  readonly bytes: number;
  readonly frames: number;
}

const runs = 7;
const warmUpRuns = 2;

const director = createCountedDirector({ services: 1000, realServers: 10, now: () => performance.now() });
const sampler = createSampler({ director, interval: 1 });
const { controller, app, settled } = await openDrivenScreen(director, sampler, 200, 50);
controller.onView(await sampler.refresh());
await app.dialogsReady;

const press = async (name: 'pagedown' | 'home') => {
  controller.onInput({ type: 'key', name, ctrl: false, alt: false, shift: false });
  await settled();
};
const { rows } = controller.getState();
const last = rows.at(rows.length - 1)?.key;
if (last === undefined) throw new Error('there is no last row to scroll to');
const results: ScrollRun[] = [];
for (let run = -warmUpRuns; run < runs; run++) {
  await press('home');
  const before = app.screen.statistics;
  const start = processorTime();
  while (controller.getState().cursorKey !== last) await press('pagedown');
  const processor = processorTime() - start;
  const { bytes, frames } = app.screen.statistics;
  if (run >= 0) results.push({ processor, bytes: bytes - before.bytes, frames: frames - before.frames });
}
console.log(JSON.stringify(results));
process.exit(0);
