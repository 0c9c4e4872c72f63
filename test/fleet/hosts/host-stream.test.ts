import { spawn } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { HostStream } from '../../../src/fleet/hosts/host-stream.ts';
import { until } from '../../until.ts';

/** A stream from a shell in place of a host's, with what it told. */
function stream(script: string, patience = 30_000) {
  const lines: string[] = [];
  const ends: string[] = [];
  let starts = 0;
  const opened = new HostStream({
    host: 'lb1',
    sudo: false,
    words: [],
    caller: {
      version: '1',
      places: { own: null, folders: [] },
      ssh: {
        start: async ({ stdio }) => {
          starts++;
          return spawn('sh', ['-c', script], { stdio });
        },
      },
    },
    patience,
    turn: async () => () => undefined,
    onLine: (line) => lines.push(line),
    onConnecting: () => undefined,
    onEnd: (reason) => ends.push(reason),
  });
  onTestFinished(() => opened.stop());
  opened.start();
  return { lines, ends, opened, starts: () => starts };
}

it('gives line by line what comes, and tells why it ended', async () => {
  const { lines, ends } = stream('printf one; printf "\\ntwo\\n"; echo "Connection reset" >&2; exit 255');
  await until('it ends', async () => ends.length > 0);
  expect(lines).toEqual(['one', 'two']);
  expect(ends).toEqual(['Connection reset']);
});

it('tells a connection that was lost without a word from one that never was', async () => {
  const lost = stream('echo one; exit 255');
  const none = stream('exit 255');
  await until('both end', async () => lost.ends.length > 0 && none.ends.length > 0);
  expect([lost.ends[0], none.ends[0]]).toEqual([
    'the connection was lost',
    'there was no connection, and ssh did not say why',
  ]);
});

it('connects again after a pause', async () => {
  const { lines, starts } = stream('echo there; exit 255');
  await until('a second time', async () => lines.length >= 2);
  expect(starts()).toBeGreaterThanOrEqual(2);
});

it('tells what sends lvstop where it is missing, and the sentence of an error that is JSON', async () => {
  const missing = stream('exit 113');
  const failed = stream(`echo '{"error":{"message":"no IPVS; load it"}}' >&2; exit 3`);
  await until('both end', async () => missing.ends.length > 0 && failed.ends.length > 0);
  expect(missing.ends[0]).toBe('it has no lvstop 1; "lvstop --host lb1 --yes list" sends it');
  expect(failed.ends[0]).toBe('no IPVS; load it');
});

it('breaks a connection off on which nothing comes any more', async () => {
  const { ends } = stream('echo one; exec sleep 60', 300);
  await until('it ends', async () => ends.length > 0);
  expect(ends[0]).toBe('nothing came for 0 s');
});

it('tells nothing any more once it was stopped', async () => {
  const { lines, ends, opened } = stream('echo one; exec cat');
  await until('it is there', async () => lines.length > 0);
  opened.stop();
  await new Promise((resolve) => setImmediate(resolve));
  expect(ends).toEqual([]);
});
