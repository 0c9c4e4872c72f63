/** Real servers as they are found, made ready by what `lvstop setup` prints and by nothing else. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { lvstop, words } from '../cli/harness.ts';
import { type BareServerName, flush, inNamespace, run, startBareServers } from './guest.ts';
import { machineState, runScript, type Shell, setupScript } from './setup-scripts.ts';

const director = openKernelDirector();
const dash: Shell = ['dash'];
const busybox: Shell = ['busybox', 'sh'];
let found: string;

beforeAll(async () => {
  // The kernel is one for all machines: what a module brings must be there before it is looked at.
  await run(['modprobe', '-a', 'ip_gre', 'ip6_gre', 'fou', 'fou6']);
  // A device that was up once keeps its folder of IPv6 settings.
  for (const change of ['up', 'down']) {
    for (const device of ['tunl0', 'ip6tnl0', 'sit0', 'gre0', 'ip6gre0']) {
      await inNamespace('rs4', ['ip', 'link', 'set', device, change]);
    }
  }
  await startBareServers();
  found = await machineState('rs4');
});
beforeEach(flush);
afterAll(() => director.close());

async function done(line: string): Promise<void> {
  const { exitCode, err } = await lvstop(words(line), { director });
  expect({ line, exitCode, err: exitCode === 0 ? '' : err }).toEqual({ line, exitCode: 0, err: '' });
}

/** What the client gets: the HTTP status, 000 without an answer. */
async function curl(address: string): Promise<string> {
  const options = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--max-time', '1'];
  return await inNamespace('cl', ['curl', ...options, `http://${address}/`]).catch(() => '000');
}

/** Runs the script of a call on a machine and gives its exit code. */
async function at(
  machine: BareServerName,
  call: string,
  shell: Shell = dash,
): Promise<{ exitCode: number; said: string[] }> {
  const { exitCode, out, err } = await runScript(machine, await setupScript(director, call), shell);
  expect(err, call).toBe('');
  return {
    exitCode,
    said: out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0] ?? ''),
  };
}

const sites = [
  { name: 'NAT', service: 'tcp:10.0.0.100:80', real: '10.1.0.24:8080', mode: 'nat' },
  { name: 'TUN', service: 'tcp:10.0.0.101:80', real: '10.0.0.24:80', mode: 'tun' },
  { name: 'DR', service: 'tcp:10.0.0.102:80', real: '10.0.0.24:80', mode: 'dr' },
  { name: 'DR on the inner link', service: 'tcp:10.0.0.102:80', real: '10.1.0.24:80', mode: 'dr' },
  { name: 'NAT', service: 'tcp:[fd00::100]:80', real: '[fd00:1::24]:8080', mode: 'nat' },
  { name: 'TUN', service: 'tcp:[fd00::101]:80', real: '[fd00::24]:80', mode: 'tun' },
  { name: 'DR', service: 'tcp:[fd00::102]:80', real: '[fd00::24]:80', mode: 'dr' },
  { name: 'GRE', service: 'tcp:10.0.0.103:80', real: '10.0.0.24:80', mode: 'tun --tunnel gre' },
  {
    name: 'GRE with checksum',
    service: 'tcp:10.0.0.103:80',
    real: '10.0.0.24:80',
    mode: 'tun --tunnel gre --tunnel-checksum yes',
  },
  {
    name: 'GRE with checksum',
    service: 'tcp:[fd00::103]:80',
    real: '[fd00::24]:80',
    mode: 'tun --tunnel gre --tunnel-checksum yes',
  },
  {
    name: 'GUE',
    service: 'tcp:10.0.0.104:80',
    real: '10.0.0.24:80',
    mode: 'tun --tunnel gue --tunnel-port 6080',
  },
  {
    name: 'GUE with remote checksum',
    service: 'tcp:[fd00::104]:80',
    real: '[fd00::24]:80',
    mode: 'tun --tunnel gue --tunnel-port 6080 --tunnel-checksum remote',
  },
  { name: 'IPv4 in IPv6', service: 'tcp:10.0.0.105:80', real: '[fd00::24]:80', mode: 'tun' },
  { name: 'IPv6 in IPv4', service: 'tcp:[fd00::105]:80', real: '10.0.0.24:80', mode: 'tun' },
] as const;

describe('a real server that only its set-up script was run on', () => {
  test.each(sites)('answers curl under $name for $service, and is as it was after --undo', async (site) => {
    const { service, real, mode } = site;
    const address = service.slice('tcp:'.length);
    await done(`add service ${service} --scheduler rr`);
    await done(`add real ${service} ${real} --forwarding ${mode}`);

    expect(await curl(address)).toBe('000');
    const before = await at('rs4', `${service} ${real} --check`);
    expect(before.exitCode).toBe(1);
    expect(before.said).toContain('MISSING');

    const first = await at('rs4', `${service} ${real}`, busybox);
    expect(first.exitCode).toBe(0);
    expect(first.said).toContain('done');
    expect(await curl(address)).toBe('200');
    const after = await at('rs4', `${service} ${real} --check`, busybox);
    expect(after.exitCode).toBe(0);
    expect(new Set(after.said)).toEqual(new Set(['ok']));

    const second = await at('rs4', `${service} ${real}`);
    expect({ ...second, said: new Set(second.said) }).toEqual({ exitCode: 0, said: new Set(['already']) });

    expect(await at('rs4', `${service} ${real} --undo`)).toMatchObject({ exitCode: 0 });
    expect(await machineState('rs4')).toBe(found);
    await expect(run(['ls', '-A', '/run/lvstop-setup'])).resolves.toBe('');
  });
});
