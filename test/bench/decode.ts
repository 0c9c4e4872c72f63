/**
 * What reading a real server's row costs, without a kernel: one that is as it was in the sweep before, one that has
 * carried something, one whose weight was changed, and one that is seen for the first time.
 *
 *   node test/bench/decode.ts
 */
import { IpvsClient } from '../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkSocket } from '../../src/netlink/wire/netlink-socket.ts';
import { CannedKernel, type Change } from './canned-kernel.ts';
import { formatSpread, spreadOf } from './statistics.ts';

const services = 100;
const realServers = 100;
const runs = { warmUp: 40, counted: 60 };

const kernel = new CannedKernel(services, realServers);
const open = () => new IpvsClient(() => new NetlinkSocket(kernel.open()));
const kept = open();

/** Microseconds a row. */
function sweep(client: IpvsClient): number {
  kernel.tick();
  const start = performance.now();
  let rows = 0;
  for (const batch of client.services())
    for (const { service } of batch)
      for (const { length } of client.realServers(service.identity)) rows += length;
  const time = performance.now() - start;
  if (rows !== services * realServers) throw new Error(`${rows} rows were read`);
  return (time * 1000) / rows;
}

const kinds: readonly { what: string; change: Change; client: () => IpvsClient }[] = [
  { what: 'as it was', change: 'nothing', client: () => kept },
  { what: 'has carried something', change: 'numbers', client: () => kept },
  { what: 'has another weight', change: 'weights', client: () => kept },
  { what: 'seen for the first time', change: 'nothing', client: open },
];
const times = kinds.map((): number[] => []);
for (let run = -runs.warmUp; run < runs.counted; run++)
  for (const [index, { change, client }] of kinds.entries()) {
    kernel.change = change;
    const time = sweep(client());
    if (run >= 0) times[index]?.push(time);
  }
console.log(`microseconds a row: median (lowest…highest) of ${runs.counted}`);
for (const [index, { what }] of kinds.entries())
  console.log(`${what.padEnd(25)} ${formatSpread(spreadOf(times[index] ?? []), 3)}`);
