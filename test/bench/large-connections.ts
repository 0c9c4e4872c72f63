/**
 * A connection table as large as the lab's memory allows, on its kernel, which reads it in the square of its size:
 *
 *   npm run lab -- --bare --memory 2048 node test/bench/large-connections.ts [CONNECTIONS]
 *
 * Tells what a look at it costs and how near its estimates are: of each connection it is known whose it is.
 */
import { execFileSync } from 'node:child_process';
import { ConnectionCount } from '../../src/clients/connection-count.ts';
import { ConnectionReading } from '../../src/clients/connection-reading.ts';
import { RouteOwners } from '../../src/clients/route-owners.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { allAtOnce, inTurns, Turns } from '../../src/system/turns.ts';
import { inNamespace, ipvsadm, ipvsadmRestore, isGuest, outer, vip } from '../lab/guest.ts';
import { noHolds, watched } from './held-loop.ts';

const wanted = Number(process.argv[2] ?? 1_000_000);
const port = 5000;

if (!isGuest()) throw new Error('this fills a table of IPVS: run it in the lab');

await ipvsadm('--set', '900', '120', '3600');
await ipvsadmRestore(`
-A -u ${vip.dr}:${port} -s rr
-a -u ${vip.dr}:${port} -r ${outer.rs1}:${port} -g`);
await inNamespace('rs1', ['iptables', '-A', 'INPUT', '-p', 'udp', '--dport', String(port), '-j', 'DROP']);
const [, mac = ''] = /link\/ether (\S+)/.exec(execFileSync('ip', ['link', 'show', 'eth0']).toString()) ?? [];
const began = performance.now();
execFileSync(
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
    '--connections',
    String(wanted),
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
console.log(`${wanted} connections begun in ${Math.round((performance.now() - began) / 1000)} s`);

const director = openKernelDirector();
const [inactive = 0] = [...director.serviceBatches()]
  .flat()
  .flatMap(({ service }) => [...director.realServerBatches(service.identity)].flat())
  .map((entry) => entry.inactive);
console.log(`${inactive} in the table`);
const reading = new ConnectionReading(director, inactive);
const holds = noHolds();
const [, milliseconds] = await watched(holds, async (pace) =>
  inTurns(reading.read('within a second'), new Turns(pace)),
);
console.log(
  `${reading.table.length} read in ${Math.round(milliseconds)} ms, as a ${reading.state}; longest hold ${holds.held[0]?.toFixed(1)} ms; all would take ${Math.round(reading.costOfAll / 1000)} s`,
);
const context = { table: reading.table, owners: new RouteOwners([]), timeouts: director.timeouts() };
const count = new ConnectionCount(context, 'network');
allAtOnce(count.take());
const groups = allAtOnce(count.ranked('connections', false, 1000));
// Networks are alike, but for the one that the client of every fiftieth is in.
const truth = (inactive * 0.98) / 512;
const others = groups.filter(({ name }) => name !== '198.18.0.0/24');
const held = others.filter((group) => {
  const { value, error } = reading.estimate(group.connections);
  return Math.abs(value - truth) <= error;
});
console.log(
  `${held.length} of ${others.length} networks within their errors, ${((held.length / others.length) * 100).toFixed(1)}%`,
);
const byClient = new ConnectionCount(context, 'client');
allAtOnce(byClient.take());
const [most] = allAtOnce(byClient.ranked('connections', false, 1));
const { value, error } = reading.estimate(most?.connections ?? 0);
console.log(`most: ${most?.name} with ${value} ±${error}; it has ${Math.round(inactive / 50)}`);
director.close();
