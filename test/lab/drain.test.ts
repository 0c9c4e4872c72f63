/** Draining on the real kernel, under a load with short and long connections: not one request is lost. */
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { lvstop, words } from '../cli/harness.ts';
import { until } from '../until.ts';
import {
  flush,
  inNamespace,
  inner,
  ipvsadm,
  ipvsadmSave,
  run,
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

/** The file whose coming lets the long connections ask. */
const ask = '/run/lab/ask-under-drain';

/** A connection that is opened now, asks only when it is told to, and gives what it was answered. */
function longRequest(): Promise<string> {
  const script = `exec 3<>/dev/tcp/${vip.nat}/80; until [ -e ${ask} ]; do sleep 0.1; done; printf 'GET /1000 HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`;
  return inNamespace('cl', ['bash', '-c', script]);
}

/** Connections through the table that are open. */
async function established(): Promise<number> {
  return (await ipvsadm('-Lnc')).match(/ ESTABLISHED /g)?.length ?? 0;
}

test('a drain under load loses not one request, ends by itself and deletes at the end', async () => {
  await ipvsadm('-A', '-t', `${vip.nat}:80`, '-s', 'rr');
  for (const name of ['rs1', 'rs2'] as const) {
    await ipvsadm('-a', '-t', `${vip.nat}:80`, '-r', `${inner[name]}:8080`, '-m', '-w', '1');
  }
  // Before all others, so that each real server has two of them.
  rmSync(ask, { force: true });
  const long = [longRequest(), longRequest(), longRequest(), longRequest()];
  await until('the long connections', async () => (await established()) >= long.length);
  const load = await startLoad({ rate: 10, targets: [`${vip.nat}:80`] });

  const draining = call(
    `drain ${service} ${inner.rs1}:8080 --until active --delete --json --timeout 60s --yes`,
  );
  await until('the weight 0', async () => (await ipvsadmSave()).includes(`${inner.rs1}:8080 -m -w 0`));
  await run(['touch', ask]);
  const { exitCode, out, err } = await draining;
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
