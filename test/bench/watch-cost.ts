/**
 * What the watch costs a large `ipvsadm -R`, in turns within one guest of the lab:
 *
 *   npm run lab -- --bare node test/bench/watch-cost.ts
 *
 * The guest has one processor, so whatever the watch does meanwhile is missing for ipvsadm. Prints the milliseconds, and
 * as the last line everything as JSON.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createKernelWatch } from '../../src/director/kernel/kernel-watch.ts';
import { ipvsFamily } from '../../src/netlink/ipvs/ipvs-constants.ts';
import { makeMonitor, removeMonitor } from '../../src/netlink/monitor/monitor-device.ts';
import { openMonitorSocket } from '../../src/netlink/monitor/monitor-socket.ts';
import { findFamily } from '../../src/netlink/wire/generic-family.ts';
import { NetlinkSocket } from '../../src/netlink/wire/netlink-socket.ts';
import { isGuest } from '../lab/guest.ts';
import { until } from '../until.ts';
import { formatSpread, spreadOf } from './statistics.ts';

const rounds = Number(process.argv[2] ?? 10);

if (!isGuest()) throw new Error('this fills a table of IPVS: run it in the lab');

const folder = mkdtempSync(join(tmpdir(), 'lvstop-watch-cost-'));
const rules = join(folder, 'rules');
writeFileSync(
  rules,
  Array.from({ length: 100 }, (_, service) =>
    [
      `-A -t 10.9.0.${service}:80 -s rr`,
      ...[1, 2, 3, 4].map((n) => `-a -t 10.9.0.${service}:80 -r 10.1.1.${n}:80 -g`),
    ].join('\n'),
  ).join('\n'),
);

/** Milliseconds by a clock outside of this process. */
function restored(): number {
  execFileSync('ipvsadm', ['-C']);
  const timing = `from=$EPOCHREALTIME; ipvsadm -R < ${rules}; to=$EPOCHREALTIME; echo $(( \${to/./} - \${from/./} ))`;
  return Number(execFileSync('bash', ['-c', timing])) / 1000;
}

const requests = new NetlinkSocket();
const family = findFamily(requests, ipvsFamily.name) ?? 0;
requests.close();

/** Each way, and what ends it. */
const ways: Readonly<Record<string, () => Promise<() => void>>> = {
  nothing: async () => () => undefined,
  'the device': async () => {
    makeMonitor();
    return removeMonitor;
  },
  'the device and its socket, unread': async () => {
    const socket = openMonitorSocket(makeMonitor(), family);
    return () => {
      socket.close();
      removeMonitor();
    };
  },
  'the watch': async () => {
    const watch = createKernelWatch();
    let hasBegun = false;
    watch.start(({ kind }) => {
      hasBegun ||= kind === 'begun';
    });
    await until('the watch', () => hasBegun);
    await watch.settled();
    return () => watch.stop();
  },
};

const taken: Record<string, number[]> = {};
for (let round = 0; round < rounds; round++)
  for (const [name, begin] of Object.entries(ways)) {
    const end = await begin();
    // The first one runs code that is not compiled yet; what it is told of is worked out afterwards.
    restored();
    await pause(1500);
    taken[name] = [...(taken[name] ?? []), restored()];
    await pause(500);
    end();
    await pause(500);
  }
rmSync(folder, { recursive: true });
for (const [name, times] of Object.entries(taken))
  console.log(`${name}: ${formatSpread(spreadOf(times), 1)} ms, least ${Math.min(...times).toFixed(1)}`);
console.log(JSON.stringify(taken));
