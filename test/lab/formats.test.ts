/** The real keepalived and the real ipvsadm beside lvstop: what each makes of a text is what lvstop reads in it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readTable } from '../../src/changes/steps/table-state.ts';
import { systemPorts } from '../../src/cli/files/name-tables.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import type { ConfigurationReading } from '../../src/formats/configuration.ts';
import { formatIpvsadm } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { deleteAllServices } from '../director/table-edits.ts';
import { tableOf } from '../formats/random-table.ts';
import { anyIpvsadmText, anyKeepalivedText } from '../formats/random-texts.ts';
import { readIpvsadm, readKeepalived } from '../formats/reading.ts';
import { isGuest, run } from './guest.ts';

/** Texts of each kind that are made up; more by `LVSTOP_TEXTS`. */
const texts = Number(process.env.LVSTOP_TEXTS ?? 20);
/** Virtual servers that keepalived is started with at once. */
const atOnce = 20;
const inputs = resolve(import.meta.dirname, '../formats/programs');
/** Milliseconds that keepalived has to make its table. */
const patience = 30_000;

const director = openKernelDirector();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-programs-'));
  cpSync(inputs, folder, { recursive: true });
});
afterAll(() => {
  director.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(empty);

/** Takes away what a program has left: beside a sync daemon the kernel takes no real server of another family. */
function empty(): void {
  deleteAllServices(director);
  for (const { state, syncId } of director.syncDaemons()) director.stopSyncDaemon(state, syncId);
}

const sorted = (text: string): string[] => text.trim().split('\n').sort();

/** The kernel's table with every field that a line has. */
const present = (): string[] =>
  sorted(
    formatIpvsadm(
      readTable(director).map(({ service, realServers }) => ({
        service,
        realServers: realServers.map(({ realServer }) => realServer),
      })),
    ),
  );

/** Starts keepalived without VRRP, waits until it has made its table, and ends it such that the table stays. */
async function keepalivedMakes(file: string): Promise<string[]> {
  if (!isGuest()) throw new Error('this runs inside the lab only');
  const pids = ['-p', join(folder, 'all.pid'), '-c', join(folder, 'checkers.pid')];
  const child = spawn('keepalived', ['-n', '-l', '-C', '-f', file, '-i', 'director', ...pids], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const { promise: ready, resolve: isReady } = Promise.withResolvers<string>();
  const listen = (text: Buffer) => {
    said += text;
    if (/Startup complete|no configuration to run/.test(said)) isReady('ready');
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const closed = once(child, 'close');
  const late = once(AbortSignal.timeout(patience), 'abort');
  const outcome = await Promise.race([ready, closed.then(() => 'ended'), late.then(() => 'late')]);
  const table = present();
  if (outcome !== 'ended' && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await closed;
  empty();
  if (outcome !== 'ready') throw new Error(`keepalived is ${outcome}: ${said}`);
  return table;
}

const readLikeKeepalived = (file: string): ConfigurationReading =>
  readKeepalived(readFileSync(file, 'utf8'), {
    id: 'director',
    include: (pattern) => {
      const path = join(dirname(file), pattern);
      return [{ title: path, folder: dirname(path), text: readFileSync(path, 'utf8') }];
    },
  });

/** What lvstop reads, whose lines are sorted. */
const linesOf = ({ configuration, problems }: ConfigurationReading): string[] => {
  expect(problems).toEqual([]);
  return sorted(formatIpvsadm(tableOf(configuration)));
};

test('keepalived makes of texts that people wrote what lvstop reads in them', async () => {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.conf'))) {
    const file = join(folder, name);
    expect([name, linesOf(readLikeKeepalived(file))]).toEqual([name, await keepalivedMakes(file)]);
  }
});

test('keepalived makes of texts that are made up what lvstop reads in them', async () => {
  const differing: object[] = [];
  for (let first = 0; first < texts; first += atOnce) {
    const count = Math.min(atOnce, texts - first);
    const [text = ''] = fc.sample(anyKeepalivedText(first, count), { numRuns: 1, seed: 2207 + first });
    const file = join(folder, 'made-up.txt');
    writeFileSync(file, text);
    const made = await keepalivedMakes(file);
    const read = linesOf(readLikeKeepalived(file));
    const only = (some: readonly string[], others: readonly string[]) => {
      const known = new Set(others);
      return some.filter((line) => !known.has(line));
    };
    const [onlyMade, onlyRead] = [only(made, read), only(read, made)];
    if (onlyMade.length + onlyRead.length > 0) differing.push({ first, onlyMade, onlyRead });
  }
  console.log(`${texts} virtual servers of keepalived, ${differing.length} texts of them differ`);
  expect(differing).toEqual([]);
}, 1_100_000);

/** What is above the first line that ipvsadm stops at. */
function aboveFirstProblem(text: string): { readonly text: string; readonly stops: boolean } {
  const names = { ports: systemPorts(), hosts: new Map() };
  const [problem] = readIpvsadm(text, names).problems;
  if (problem === undefined) return { text, stops: false };
  return {
    text: text
      .split('\n')
      .slice(0, problem.line - 1)
      .map((line) => `${line}\n`)
      .join(''),
    stops: true,
  };
}

/** The table that `ipvsadm -R` makes of a text, whether it takes all of it or not, with what it says. */
async function ipvsadmMakes(text: string): Promise<{ readonly table: string[]; readonly said: string }> {
  const file = join(folder, 'text.rules');
  writeFileSync(file, text);
  const said = await run(['sh', '-c', 'ipvsadm -R <"$0" 2>&1; true', file]);
  const table = present();
  empty();
  return { table, said };
}

test('ipvsadm makes of texts what lvstop reads in them', async () => {
  const names = { ports: systemPorts(), hosts: new Map() };
  const written = readdirSync(folder).filter((each) => each.endsWith('.rules'));
  const all = [
    ...written.map((name) => readFileSync(join(folder, name), 'utf8')),
    ...fc.sample(anyIpvsadmText(), { numRuns: texts, seed: 131 }),
  ];
  const differing: object[] = [];
  let stopped = 0;
  let undefinedServices = 0;
  for (const text of all) {
    const { text: taken, stops } = aboveFirstProblem(text);
    if (stops) stopped++;
    const { table, said } = await ipvsadmMakes(text);
    // A real server without its service ends reading here, and not ipvsadm: what was cut off shall not be taken away.
    if (said.includes('Service not defined')) {
      undefinedServices++;
      continue;
    }
    const read = linesOf(readIpvsadm(taken, names));
    if (table.join('\n') !== read.join('\n')) differing.push({ text, said, table, read });
  }
  console.log(
    `${all.length} texts of ipvsadm, it stops in ${stopped}, ${undefinedServices} with undefined services, ${differing.length} differ`,
  );
  expect(differing).toEqual([]);
}, 1_100_000);
