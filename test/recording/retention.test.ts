import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRecording } from '../../src/recording/recording.ts';
import { RecordingFolder, type Retention } from '../../src/recording/recording-folder.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { began, everything, origin, RecordedSite, temporaryFolder } from './recorded-site.ts';

/** Milliseconds of a file, and samples: one each ten seconds. */
const shard = 60_000;
const samples = 60;

/** Records ten minutes into files of a minute. Gives the bytes of all files after each sample, and of the longest. */
async function recorded(path: string, retention: Retention): Promise<{ all: number[]; longest: number }> {
  const site = new RecordedSite();
  const writer = new RecordingWriter(new RecordingFolder(path, null), origin, retention, shard);
  const all: number[] = [];
  let longest = 0;
  for (let sample = 0; sample < samples; sample++) {
    writer.sample(await site.view(), null);
    const sizes = readdirSync(path)
      .filter((name) => name.endsWith('.lvrec'))
      .map((name) => statSync(join(path, name)).size);
    all.push(sizes.reduce((sum, size) => sum + size, 0));
    longest = Math.max(longest, ...sizes);
  }
  return { all, longest };
}

describe('what is kept', () => {
  it('is no older than it may be by more than a file', async () => {
    const path = temporaryFolder();
    await recorded(path, { ...everything, age: 3 * shard });
    const { first = 0, last = 0 } = openRecording(path);
    expect(last).toBeGreaterThan(began + 9 * shard);
    expect(last - first).toBeGreaterThanOrEqual(3 * shard);
    expect(last - first).toBeLessThanOrEqual(5 * shard);
  });

  it('is no more than it may be by more than a file, and the newest of it', async () => {
    const path = temporaryFolder();
    const whole = await recorded(temporaryFolder(), everything);
    const bytes = Math.ceil((whole.all.at(-1) ?? 0) / 3);
    const { all, longest } = await recorded(path, { ...everything, bytes });
    expect(Math.max(...all)).toBeLessThanOrEqual(bytes + longest);
    // Files are shorter where less may be kept, so that one of them is not most of it.
    expect(longest).toBeLessThan(bytes / 4);
    expect(all.at(-1)).toBeGreaterThan(bytes / 2);
    const recording = openRecording(path);
    expect(recording.damages()).toEqual([]);
    expect(recording.last).toBeGreaterThan(began + 9 * shard);
  });
});
