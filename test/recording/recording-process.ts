/** usage: recording-process FOLDER. Records the simulated director as fast as it can until it is killed. */
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { RecordingFolder } from '../../src/recording/recording-folder.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { createSampler } from '../../src/sampling/sampler.ts';

const [folder = ''] = process.argv.slice(2);
let time = 0;
/** Of the last sample: no two are of the same millisecond. */
let last = 0;
const director = createSimulatedDirector({ now: () => time, seed: 1 });
const sampler = createSampler({ director, interval: 1 });
const writer = new RecordingWriter(
  new RecordingFolder(folder, process.geteuid?.() ?? null),
  {
    version: 1,
    program: '0.0.0',
    hostName: 'lb-01',
    kernel: '6.1.0',
    source: 'simulated',
    access: 'full',
    interval: 1,
  },
  { age: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
  500,
);
// A file each half second, so that kills fall on beginnings, too.
for (;;) {
  time += 2000;
  const view = await sampler.refresh();
  last = Math.max(view.time, last + 1);
  writer.sample({ ...view, time: last }, null);
  process.stdout.write('.');
}
