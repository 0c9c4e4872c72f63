/** The doctor's command on a site that is well, and on the same table when it is no longer the saved one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Remedy } from '../../../src/forwarding/diagnosis.ts';
import {
  flush,
  inner,
  inner6,
  ipvsadm,
  ipvsadmRestore,
  outer,
  outer6,
  run,
  startLoad,
  startServers,
  vip,
  vip6,
} from '../guest.ts';
import { shell } from './examination.ts';

interface Report {
  readonly findings: readonly { check: string; severity: string; found: string; mend: Remedy[] }[];
  readonly notLookedAt: readonly string[];
}

/** Runs `lvstop doctor --json`: its exit code and what it printed. */
async function doctor(...options: string[]): Promise<{ exitCode: number; report: Report }> {
  const printed = await shell('dir', `lvstop doctor --json ${options.join(' ')}; echo "exit $?"`);
  const [json = '', exitCode] = printed.split('exit ');
  return { exitCode: Number(exitCode), report: JSON.parse(json) as Report };
}

const addresses = [...Object.values(vip), ...Object.values(vip6).map((address) => `[${address}]`)];

beforeAll(async () => {
  await startServers();
  await ipvsadmRestore(`
-A -t ${vip.nat}:80 -s wrr
-a -t ${vip.nat}:80 -r ${inner.rs1}:8080 -m -w 3
-a -t ${vip.nat}:80 -r ${inner.rs2}:8080 -m -w 2
-A -t ${vip.tun}:80 -s rr
-a -t ${vip.tun}:80 -r ${outer.rs1} -i
-a -t ${vip.tun}:80 -r ${outer.rs2} -i
-A -t ${vip.dr}:80 -s wlc
-a -t ${vip.dr}:80 -r ${outer.rs1} -g
-a -t ${vip.dr}:80 -r ${outer.rs3} -g
-A -t [${vip6.nat}]:80 -s rr
-a -t [${vip6.nat}]:80 -r [${inner6.rs1}]:8080 -m
-a -t [${vip6.nat}]:80 -r [${inner6.rs2}]:8080 -m
-A -t [${vip6.tun}]:80 -s rr
-a -t [${vip6.tun}]:80 -r [${outer6.rs2}]:80 -i
-a -t [${vip6.tun}]:80 -r [${outer6.rs3}]:80 -i
-A -t [${vip6.dr}]:80 -s sh -b sh-fallback
-a -t [${vip6.dr}]:80 -r [${outer6.rs1}]:80 -g
-a -t [${vip6.dr}]:80 -r [${outer6.rs3}]:80 -g`);
});
afterAll(async () => {
  await flush();
  await shell('dir', 'rm -f /etc/ipvsadm.rules*');
});

test('the doctor finds nothing where all three modes are well, in IPv4 and IPv6, under a load', async () => {
  await run(['lvstop', 'save']);
  const load = await startLoad({
    rate: 20,
    least: 60,
    targets: addresses.map((address) => `${address}:80`),
  });
  const { exitCode, report } = await doctor('--probe');
  const { opened, answered } = await load.stop();
  expect(report.findings).toEqual([]);
  expect(report.notLookedAt).toEqual([]);
  expect(exitCode).toBe(0);
  expect(answered).toBe(opened);
  expect(opened).toBeGreaterThanOrEqual(60);
  console.log(`six healthy services: ${answered} of ${opened} connections answered, no finding`);
});

test('it finds that the table is no longer the saved one, and its command saves it', async () => {
  await ipvsadm('-e', '-t', `${vip.nat}:80`, '-r', `${inner.rs1}:8080`, '-m', '-w', '4');
  const { exitCode, report } = await doctor();
  expect(report.findings).toMatchObject([
    { check: 'not-saved', severity: 'warning', found: 'one service or real server is otherwise than saved' },
  ]);
  expect(exitCode).toBe(1);
  for (const { kind, text } of report.findings[0]!.mend) if (kind === 'command') await shell('dir', text);
  const after = await doctor();
  expect(after.report.findings).toEqual([]);
  expect(after.exitCode).toBe(0);
});
