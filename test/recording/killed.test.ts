import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRandom } from '../../src/director/simulated/random.ts';
import { openRecording } from '../../src/recording/recording.ts';
import { temporaryFolder } from './recorded-site.ts';

/** Recorders that are killed; more by this variable. */
const kills = Number(process.env.LVSTOP_KILLS ?? 4);

it('loses nothing but the sample that was being written, whenever the recorder is killed', async () => {
  const folder = temporaryFolder();
  const random = createRandom(7);
  let written = 0;
  for (let kill = 0; kill < kills; kill++) {
    const recorder = spawn(process.execPath, [join(import.meta.dirname, 'recording-process.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // Some samples later, wherever that falls.
    let left = 1 + Math.floor(random.uniform() * 60);
    for await (const dots of recorder.stdout) {
      written += (dots as Buffer).length;
      left -= (dots as Buffer).length;
      if (left <= 0) break;
    }
    recorder.kill('SIGKILL');
    if (recorder.exitCode === null && recorder.signalCode === null) await once(recorder, 'exit');
  }
  const recording = openRecording(folder);
  expect(recording.damages().filter(({ kind }) => kind !== 'torn')).toEqual([]);
  let read = 0;
  for (const moment of recording.moments(0, Number.POSITIVE_INFINITY)) {
    expect(moment.view.totals.realServers).toBeGreaterThan(0);
    read++;
  }
  // What is told was written before; a sample more may be there that was not told any more.
  expect(read).toBeGreaterThanOrEqual(written);
}, 600_000);
