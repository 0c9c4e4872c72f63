/** Draining on the real kernel, under a load with short and long connections: not one request is lost. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { lvstop, words } from '../cli/harness.ts';
import {
  flush,
  inNamespace,
  inner,
  ipvsadm,
  ipvsadmSave,
  startLoad,
  startServers,
  stopLoads,
  vip,
} from './guest.ts';

const director = openKernelDirector();
beforeAll(startServers);
beforeEach(flush);
afterEach(stopLoads);
afterAll(() => director.close());

const service = `tcp:${vip.nat}:80`;
const call = (line: string) => lvstop(words(line), { director });

/** Milliseconds for which a long connection stays open before it asks. */
const longTime = 8000;

/** A connection that is opened now, asks only after some seconds, and gives what it was answered. */
function longRequest(): Promise<string> {
  const script = `
    const connection = require('node:net').connect(80, '${vip.nat}');
    connection.on('connect', () => setTimeout(() => connection.write('GET /1000 HTTP/1.0\\r\\n\\r\\n'), ${longTime}));
    connection.pipe(process.stdout);`;
  return inNamespace('cl', [process.execPath, '-e', script]);
}

test('a drain under load loses not one request, ends by itself and deletes at the end', async () => {
  await ipvsadm('-A', '-t', `${vip.nat}:80`, '-s', 'rr');
  for (const name of ['rs1', 'rs2'] as const) {
    await ipvsadm('-a', '-t', `${vip.nat}:80`, '-r', `${inner[name]}:8080`, '-m', '-w', '1');
  }
  const load = await startLoad({ rate: 10, targets: [`${vip.nat}:80`] });
  const long = [longRequest(), longRequest(), longRequest(), longRequest()];
  await new Promise((resolve) => setTimeout(resolve, 5000));

  const { exitCode, out, err } = await call(
    `drain ${service} ${inner.rs1}:8080 --until active --delete --json --timeout 60s --yes`,
  );
  expect(err.match(/^lvstop: .*/m)).toBeNull();
  expect(exitCode).toBe(0);
  expect(await ipvsadmSave()).not.toContain(inner.rs1);

  const counted = await load.stop();
  expect(counted.failed, counted.error).toBe(0);
  expect(counted.answered).toBe(counted.opened);
  for (const answer of await Promise.all(long)) expect(answer).toMatch(/^HTTP\/1\.\d 200 [\s\S]{1000}/);

  const readings = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(readings[0].active).toBeGreaterThan(0);
  expect(readings.at(-1)).toMatchObject({ state: 'empty', active: 0, progress: 1 });
  console.log(
    `drain: ${counted.opened} requests, ${counted.failed} failed, ${long.length} long ones answered; ` +
      `active ${readings.map(({ active }) => active).join(' ')}; ${readings.at(-1).elapsedSeconds} s`,
  );
});

test('a weight that is raised in steps is what ipvsadm shows', async () => {
  await ipvsadm('-A', '-t', `${vip.nat}:80`, '-s', 'wlc');
  await ipvsadm('-a', '-t', `${vip.nat}:80`, '-r', `${inner.rs1}:8080`, '-m', '-w', '0');
  const { exitCode, out } = await call(`weight ${service} ${inner.rs1}:8080 9 --over 2s --steps 3`);
  expect(exitCode).toBe(0);
  expect(out).toContain('weight 3 → 6\nweight 6 → 9\n');
  expect(await ipvsadmSave()).toContain(`-r ${inner.rs1}:8080 -m -w 9`);
});
