/** How soon the doctor's rounds beside a sampler tell of what others change. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { DoctorRounds, type Examination } from '../../../src/doctor/rounds/rounds.ts';
import { createMachineSampler } from '../../../src/host/machine/kernel-machine.ts';
import { createKernelNetwork } from '../../../src/host/network/kernel-network.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';
import { until } from '../../until.ts';
import {
  estimatorPeriod,
  flush,
  inner,
  ipvsadm,
  ipvsadmRestore,
  outer,
  startLoad,
  startServers,
  stopLoads,
} from '../guest.ts';
import { freshVips, shell, summary } from './examination.ts';
import { tables } from './tables.ts';

const director = openKernelDirector();
const network = createKernelNetwork();
const sampler = createSampler({ director, interval: 1 });
let newest: Examination | undefined;
const rounds = new DoctorRounds(
  { director, network, machine: createMachineSampler(), saved: () => ({ kind: 'unknown' }) },
  (examination) => {
    newest = examination;
  },
);

/** Seconds that a look may be late on a processor that others use, too. */
const soon = 8;

beforeAll(async () => {
  await startServers();
  sampler.start((view) => void rounds.take(view));
});
beforeEach(flush);
afterAll(async () => {
  await stopLoads();
  sampler.stop();
  network.close();
  director.close();
  await flush();
});

/** Seconds until the doctor tells exactly that. */
async function secondsUntil(expected: readonly string[]): Promise<number> {
  const began = performance.now();
  const found = () => (newest === undefined ? [] : summary(newest.findings));
  await until('the findings', async () => found().join() === expected.join(), 60_000).catch(() => undefined);
  expect(found()).toEqual(expected);
  return (performance.now() - began) / 1000;
}

test('a setting, a route, an address and the table that others change are told within seconds', async () => {
  const { inet: vip } = await freshVips();
  await ipvsadmRestore(tables.nat.replaceAll('VIP', vip));
  await until('a first look', async () => newest !== undefined);
  await secondsUntil([]);
  const steps = [
    ['sysctl -w net.ipv4.ip_forward=0', 'error forwarding-off'],
    ['sysctl -w net.ipv4.ip_forward=1', ''],
    [`ip route add unreachable ${inner.rs1}/32`, 'error no-route'],
    [`ip route del unreachable ${inner.rs1}/32`, ''],
    [`ip address del ${vip}/32 dev eth0`, 'error vip-missing'],
    [`ip address add ${vip}/32 dev eth0`, ''],
    [`ipvsadm -e -t ${vip}:80 -r ${inner.rs1}:8080 -m -w 0`, 'hint weight-zero'],
    [`ipvsadm -d -t ${vip}:80 -r ${inner.rs1}:8080`, ''],
    ['sysctl -w net.ipv4.vs.run_estimation=0', 'hint estimation-off'],
    ['sysctl -w net.ipv4.vs.run_estimation=1', ''],
  ] as const;
  for (const [change, finding] of steps) {
    await shell('dir', change);
    const seconds = await secondsUntil(finding === '' ? [] : [finding]);
    console.log(`${change}: told after ${seconds.toFixed(1)} s`);
    expect(seconds, change).toBeLessThan(soon);
  }
});

test('a machine that is switched off under load is told in every look', async () => {
  const { inet: vip } = await freshVips();
  await ipvsadm('--set', '0', '20', '0');
  await ipvsadmRestore(tables.dr.replaceAll('VIP', vip));
  const load = await startLoad({ rate: 5, targets: [`${vip}:80`] });
  await shell('dir', 'ip -n rs1 link set eth0 down');
  try {
    const isTold = () =>
      newest?.findings.some(
        ({ check, severity, subject }) =>
          check === 'neighbour-failed' &&
          severity === 'error' &&
          subject.kind === 'real server' &&
          subject.realServer.address === outer.rs1,
      ) === true;
    await until('the machine to be missed', async () => isTold(), 60_000);
    const looks: boolean[] = [];
    for (let look = 0; look < 12; look++) {
      await rounds.lookNow();
      looks.push(isTold());
      await estimatorPeriod();
    }
    const told = looks.filter((each) => each).length;
    console.log(`a machine that is switched off: told in ${told} of ${looks.length} looks`);
    expect(told).toBe(looks.length);
  } finally {
    await load.stop();
    await shell('dir', 'ip -n rs1 link set eth0 up; ip -n rs1 address add fd00::21/64 dev eth0 nodad');
    await ipvsadm('--set', '0', '120', '0');
  }
});
