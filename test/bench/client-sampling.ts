/**
 * How many packets go through the lab's director in a second with clients sampled and without, in turn:
 *
 *   npm run lab -- --bare node test/bench/client-sampling.ts
 *
 * The director, the client that sends as fast as it can, and the program that samples share one processor, so what
 * sampling costs is missing in the packets. Prints, as the last line, everything as JSON.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openKernelPackets } from '../../src/clients/kernel-packets.ts';
import { inNamespace, ipvsadm, ipvsadmRestore, isGuest, outer, vip } from '../lab/guest.ts';
import { formatSpread, spreadOf } from './statistics.ts';

const seconds = 3;
const runs = 7;
const port = 5000;

if (!isGuest()) throw new Error('this fills a table of IPVS: run it in the lab');

await ipvsadmRestore(`
-A -u ${vip.dr}:${port} -s rr
-a -u ${vip.dr}:${port} -r ${outer.rs1}:${port} -g`);
await inNamespace('rs1', ['iptables', '-A', 'INPUT', '-p', 'udp', '--dport', String(port), '-j', 'DROP']);
const [, mac = ''] = /link\/ether (\S+)/.exec(execFileSync('ip', ['link', 'show', 'eth0']).toString()) ?? [];

/** Packets a second that the client gets through. */
async function flood(): Promise<number> {
  const child = spawn(
    'ip',
    [
      'netns',
      'exec',
      'cl',
      process.execPath,
      'test/bench/programs/flood.ts',
      mac,
      vip.dr,
      String(port),
      '--seconds',
      String(seconds),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let printed = '';
  child.stdout.on('data', (text) => {
    printed += text;
  });
  await once(child, 'close');
  return Number(printed) / seconds;
}

async function sampled(): Promise<number> {
  const packets = openKernelPackets([vip.dr]);
  let seen = 0;
  const timer = setInterval(() => {
    seen += packets.take(performance.now()).length;
  }, 100);
  try {
    return await flood();
  } finally {
    clearInterval(timer);
    packets.close();
    console.log(`  ${seen} packets seen, one in ${packets.oneIn} at the end`);
  }
}

const off: number[] = [];
const on: number[] = [];
await flood();
for (let run = 0; run < runs; run++) {
  off.push(await flood());
  on.push(await sampled());
}
await ipvsadm('-C');
console.log(`packets a second: median (lowest…highest) of ${runs}`);
console.log(`  without sampling  ${formatSpread(spreadOf(off), 0)}`);
console.log(`  with it           ${formatSpread(spreadOf(on), 0)}`);
console.log(JSON.stringify({ off: spreadOf(off), on: spreadOf(on) }));
