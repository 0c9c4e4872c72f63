/** Drains whose lvstop was killed: what the next screen makes of them, with ipvsadm as the other hand. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lvstop, openLvstop } from '../e2e/lvstop.ts';
import { closeTerminals } from '../e2e/terminal.ts';
import { until } from '../until.ts';
import {
  countersSettled,
  estimatorPeriod,
  flush,
  inNamespace,
  inner,
  ipvsadm,
  ipvsadmSave,
  vip,
} from './guest.ts';
import type { Machine } from './site.ts';

const state = '/var/lib/lvstop';
const address = `${vip.nat}:80`;
const real = `${inner.rs1}:8080`;

let server: ChildProcess;
beforeAll(async () => {
  server = await talker(
    'rs1',
    `require('node:net').createServer((connection) => connection.on('error', () => {})).listen(8080, () => console.log('open'));`,
  );
});
beforeEach(async () => {
  rmSync(state, { recursive: true, force: true });
  await flush();
  await ipvsadm('-A', '-t', address, '-s', 'rr');
  await weigh(real, 1, '-a');
  await weigh(`${inner.rs2}:8080`, 0, '-a');
});
// The guest's one processor is for one screen at a time.
afterEach(closeTerminals);
afterAll(() => void server.kill());

function weigh(realServer: string, weight: number, option = '-e'): Promise<string> {
  return ipvsadm(option, '-t', address, '-r', realServer, '-m', '-w', String(weight));
}

/** A program on a machine of the site, once it has said something. */
async function talker(machine: Machine, script: string): Promise<ChildProcess> {
  const child = spawn('ip', ['netns', 'exec', machine, process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  return child;
}

/** A connection that a client opens and keeps. */
const heldConnection = () =>
  talker('cl', `require('node:net').connect(80, '${vip.nat}').on('connect', () => console.log('open'));`);

/** A client that opens so many connections, one after the other, and closes them. */
async function connect(times: number): Promise<void> {
  const script = `
    const { once } = require('node:events');
    (async () => {
      for (let time = 0; time < ${times}; time++) {
        const connection = require('node:net').connect(80, '${vip.nat}');
        await once(connection, 'connect');
        connection.destroy();
      }
    })();`;
  await inNamespace('cl', [process.execPath, '-e', script]);
}

const drainFiles = () => readdirSync(state).filter((name) => name.startsWith('drains.'));

/** Begins a drain that deletes, and kills its lvstop once it has noted the connections; the client's ends then, too. */
async function killedDrain(): Promise<void> {
  const client = await heldConnection();
  const command = ['drain', `tcp:${address}`, real, '--until', 'active', '--delete', '--yes'];
  const lvstop = spawn('lvstop', command, { stdio: 'ignore' });
  const isNoted = (name: string) => /"connections": "\d+"/.test(readFileSync(join(state, name), 'utf8'));
  const closed = once(lvstop, 'close');
  await until(
    'its note of the connections',
    () => {
      try {
        return drainFiles().some(isNoted);
      } catch {
        // Nothing is kept yet.
        return false;
      }
    },
    90_000,
  );
  expect(await ipvsadmSave()).toContain(`-r ${real} -m -w 0`);
  lvstop.kill('SIGKILL');
  await closed;
  client.kill();
  await until('the end of the connection', async () =>
    /:8080\s+Masq\s+0\s+0\s/.test(await ipvsadm('-Ln', '-t', address)),
  );
}

const openScreen = (): Promise<Lvstop> => openLvstop({ args: ['-d', '1'], columns: 140, patience: 90_000 });

test('one whose real server had a weight in between is told and dropped, and nothing is deleted', async () => {
  await killedDrain();
  await weigh(real, 3);
  await connect(5);
  await weigh(real, 0);
  await countersSettled(address, 6);
  const lvstop = await openScreen();
  await lvstop.waitForDialog(/is not continued: it was given 5 connections since/);
  expect(drainFiles()).toEqual([]);
  lvstop.press('enter');
  await lvstop.waitUntilClosed();
  expect(lvstop.terminal.text()).not.toContain('▽');
  expect(await ipvsadmSave()).toContain(`-r ${real} -m -w 0`);
});

test('one that nobody has touched is told with its age, and deletes after y only', async () => {
  await killedDrain();
  const lvstop = await openScreen();
  await lvstop.waitForDialog(/begun \d+ s ago, deleted when empty/);
  await lvstop.terminal.waitFor('ends only after D (deleted when empty), 0 active');
  await estimatorPeriod();
  expect(await ipvsadmSave()).toContain(`-r ${real} -m -w 0`);
  lvstop.press('y');
  await lvstop.waitUntilSaid('and deleted');
  expect(await ipvsadmSave()).not.toContain(real);
  expect(drainFiles()).toEqual([]);
});

test('one that is called off stays at weight 0', async () => {
  await killedDrain();
  const lvstop = await openScreen();
  await lvstop.waitForDialog('Drains of a former lvstop: go on?');
  lvstop.press('n');
  await lvstop.waitUntilSaid('stopped, the weight stays 0');
  expect(drainFiles()).toEqual([]);
  await estimatorPeriod();
  expect(await ipvsadmSave()).toContain(`-r ${real} -m -w 0`);
});
