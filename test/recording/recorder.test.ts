import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { createSimulatedHost } from '../../src/host/load/simulated-host.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { RecordingFolder } from '../../src/recording/recording-folder.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { everything, origin, temporaryFolder } from './recorded-site.ts';

test('a reading that ends after the recorder has stopped is not written, and is no failure', async () => {
  const folder = new RecordingFolder(join(temporaryFolder(), 'recording'), null);
  const writer = new RecordingWriter(folder, origin, everything);
  const director = createSimulatedDirector({ now: () => performance.now(), seed: 1 });
  const host = createSimulatedHost({ seed: 1, carried: () => director.carried() });
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const failures: unknown[] = [];
  const recorder = new Recorder({
    director,
    host: {
      sample: async () => {
        asked.resolve();
        await answer.promise;
        return host.sample();
      },
    },
    folder,
    writer,
    interval: 1,
    onFailure: (error) => failures.push(error),
  });
  recorder.start();
  await asked.promise;
  recorder.stop();
  folder.leave();
  answer.resolve();
  for (let turns = 0; turns < 5; turns++) await turn();
  expect(failures).toEqual([]);
  expect(folder.length).toBe(0);
});
