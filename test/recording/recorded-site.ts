import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import type { Site } from '../../src/director/simulated/sites/site.ts';
import type { RecordingOrigin } from '../../src/recording/recorded-json.ts';
import { RecordingFolder, type Retention } from '../../src/recording/recording-folder.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { createSampler, type Sampler } from '../../src/sampling/sampler.ts';
import type { View } from '../../src/sampling/view.ts';
import { VirtualClock } from '../sampling/virtual-clock.ts';

/** When recordings of tests begin. */
export const began = Date.UTC(2026, 10, 30, 3, 0);

export const origin: RecordingOrigin = {
  version: 1,
  program: '0.0.0',
  hostName: 'lb-01',
  kernel: '6.1.0',
  source: 'simulated',
  access: 'full',
  interval: 10,
};

/** Keeps all that tests record. */
export const everything: Retention = { age: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A simulated director in a time of its own, which is read every ten seconds. */
export class RecordedSite {
  readonly clock = new VirtualClock();
  readonly director: Director;
  readonly sampler: Sampler;
  #next: ((view: View) => void) | undefined;

  constructor(site: 'demo' | Site = 'demo', interval = 10) {
    this.director = createSimulatedDirector({ now: () => this.clock.now(), seed: 1, site });
    this.sampler = createSampler({
      director: this.director,
      interval,
      longestGap: interval,
      clock: this.clock,
    });
    this.sampler.start((view) => this.#next?.(view));
  }

  /** The next view, with the time that it would have if time passed. */
  async view(): Promise<View> {
    let found: View | undefined;
    this.#next = (view) => {
      found = { ...view, time: began + Math.round(this.clock.now()) };
    };
    while (found === undefined) await this.clock.pass(1000);
    return found;
  }
}

/** Records so many views into a folder, and gives them. */
export async function record(
  folder: string,
  site: RecordedSite,
  count: number,
  between: (place: number, writer: RecordingWriter) => void = () => {},
  longestShard?: number,
): Promise<View[]> {
  const writer = new RecordingWriter(new RecordingFolder(folder, null), origin, everything, longestShard);
  const views: View[] = [];
  for (let place = 0; place < count; place++) {
    const view = await site.view();
    writer.sample(view, null);
    views.push(view);
    between(place, writer);
  }
  return views;
}
