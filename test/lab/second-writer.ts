/**
 * Another hand at the table: edits real servers and services at random, as fast as it can, until its standard input
 * ends: `node second-writer.ts SEED SERVICE…`. Upper thresholds and persistence belong to it alone, so it sees when
 * an edit of its own is not in force any more. Says `begun`, and at the end what it did, as JSON.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { allRealServers } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { createRandom } from '../../src/director/simulated/random.ts';
import { formatRealServer, parseService } from '../../src/ipvs/identity.ts';
import { fullNetmask } from '../../src/ipvs/netmask.ts';
import { setRealServer, setService } from '../director/table-edits.ts';

/** What the other hand prints at its end. */
export interface SecondWriterReport {
  readonly edits: number;
  /** Edits that were not in force any more, though nobody but this hand edits these fields. */
  readonly lost: readonly string[];
}

/** Milliseconds in which what was written over must have been put back. */
const patience = 100;

const [seed = '1', ...names] = process.argv.slice(2);
const random = createRandom(Number(seed)).uniform;
const services = names.map(parseService);
const director = openKernelDirector();
const written = new Map<string, number>();
const lost: string[] = [];
let edits = 0;
let value = 0;
let isOver = false;
process.stdin.resume().on('end', () => {
  isOver = true;
});

/** One field of one object that only this hand edits. */
interface Field {
  readonly name: string;
  /** `null` when the object is not there. */
  read(): number | null;
  write(value: number): void;
}

const fields: Field[] = services.flatMap((identity, place): Field[] => {
  const realServers = allRealServers(director, identity).map(({ realServer }) => realServer.identity);
  return [
    {
      name: `persistence of ${names[place]}`,
      read: () => director.findService(identity)?.service.persistence?.timeout ?? null,
      write(timeout) {
        const service = director.findService(identity)?.service;
        if (service === undefined) return;
        setService(director, { ...service, persistence: { timeout, netmask: fullNetmask(identity.family) } });
      },
    },
    ...realServers.map((wanted): Field => {
      const find = () =>
        allRealServers(director, identity).find(
          ({ realServer }) => formatRealServer(realServer.identity) === formatRealServer(wanted),
        )?.realServer;
      return {
        name: `upper threshold of ${formatRealServer(wanted)} of ${names[place]}`,
        read: () => find()?.upperThreshold ?? null,
        write(upperThreshold) {
          const realServer = find();
          if (realServer !== undefined) setRealServer(director, identity, { ...realServer, upperThreshold });
        },
      };
    }),
  ];
});

async function check(field: Field): Promise<void> {
  const own = written.get(field.name);
  if (own === undefined || field.read() === own) return;
  // It may be put back this moment.
  await sleep(patience);
  const found = field.read();
  if (found !== own) lost.push(`${field.name}: ${own} became ${found}`);
}

process.stdout.write('begun\n');
while (!isOver) {
  const field = fields[Math.floor(random() * fields.length)] as Field;
  await check(field);
  field.write(++value);
  written.set(field.name, value);
  edits++;
  // Now at once, now a little later.
  if (random() < 0.7) await sleep(random() * 3);
}
for (const field of fields) await check(field);
const report: SecondWriterReport = { edits, lost };
process.stdout.write(`${JSON.stringify(report)}\n`);
director.close();
