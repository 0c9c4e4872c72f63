import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LogPlaces, readKeepalivedLog } from '../../../src/manager/keepalived/keepalived-log.ts';

const now = Date.parse('2026-01-02T12:00:00');

/** A process with a child, as keepalived is one, and places of logs in a folder of the test's. */
async function site() {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const parent = spawn('/bin/sh', ['-c', 'sleep 600 & echo $!; wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [out] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = Number(out.toString());
  onTestFinished(() => {
    process.kill(child);
    parent.kill();
  });
  const places: LogPlaces = {
    files: [join(folder, 'syslog'), join(folder, 'messages')],
    journalFolder: join(folder, 'journal'),
    journalctl: join(folder, 'journalctl'),
  };
  const keepalived = { pid: parent.pid ?? 0, program: null, file: '/k.conf', id: 'lb1', isElsewhere: false };
  return { folder, child, places, read: () => readKeepalivedLog(keepalived, now, places) };
}

const removing = 'Removing service [10.1.0.21]:tcp:8080 from VS [10.9.0.100]:tcp:80';
const saying = {
  kind: 'real server',
  service: 'tcp [10.9.0.100]:80',
  realServer: '[10.1.0.21]:8080',
  state: 'down',
};

test('the file of syslog that has lines of its processes is read, and lines of others are not', async () => {
  const { folder, child, read } = await site();
  writeFileSync(join(folder, 'syslog'), `Jan  2 03:11:00 lb1 Keepalived_healthcheckers[1]: ${removing}\n`);
  writeFileSync(
    join(folder, 'messages'),
    `Jan  2 03:12:00 lb1 Keepalived_healthcheckers[${child}]: ${removing}\n`,
  );
  expect(await read()).toEqual({
    kind: 'read',
    source: join(folder, 'messages'),
    sayings: [{ ...saying, time: Date.parse('2026-01-02T03:12:00') }],
  });
});

test('the journal comes first, by its own program', async () => {
  const { folder, child, places, read } = await site();
  mkdirSync(places.journalFolder);
  writeFileSync(join(folder, 'syslog'), `Jan  2 03:12:00 lb1 Keepalived[${child}]: ${removing}\n`);
  const entry = JSON.stringify({ __REALTIME_TIMESTAMP: '1767323520000000', MESSAGE: removing });
  writeFileSync(
    places.journalctl,
    `#!/bin/sh\ncase "$*" in *_PID=${child}*) echo '${entry}'; echo '{"MESSAGE":[1,2]}';; esac\n`,
  );
  chmodSync(places.journalctl, 0o755);
  expect(await read()).toEqual({
    kind: 'read',
    source: "the system's journal",
    sayings: [{ ...saying, time: 1767323520000 }],
  });
});

test('why there is none is told', async () => {
  const { folder, places, read } = await site();
  expect(await read()).toEqual({ kind: 'unread', reason: 'there is neither a journal nor a file of syslog' });
  mkdirSync(places.journalFolder);
  writeFileSync(places.journalctl, '#!/bin/sh\nexit 1\n');
  writeFileSync(join(folder, 'syslog'), '');
  expect(await read()).toMatchObject({
    kind: 'unread',
    reason: expect.stringMatching(/^the journal is not read: .*; .*syslog has no line of its processes$/),
  });
});
