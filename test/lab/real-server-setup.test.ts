/** Real servers as they are found, made ready by what `lvstop setup` prints and by nothing else. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { lvstop, words } from '../cli/harness.ts';
import { type BareServerName, flush, inNamespace, run, startBareServers } from './guest.ts';
import { machineState, primeDevices, runScript, type Shell, setupScript } from './setup-scripts.ts';

const director = openKernelDirector();
const dash: Shell = ['dash'];
const busybox: Shell = ['busybox', 'sh'];
let found: string;

beforeAll(async () => {
  // The kernel is one for all machines: what a module brings must be there before it is looked at.
  await run(['modprobe', '-a', 'ip_gre', 'ip6_gre', 'fou', 'fou6']);
  await primeDevices('rs4');
  // Commands of the doctor that other tests have tried leave notes of theirs.
  await run(['rm', '-rf', '/run/lvstop-setup']);
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

  test('keeps what another service of the machine still needs, and what was there before', async () => {
    const call = (service: string, options = '') => `tcp:10.0.0.${service} 10.0.0.25 --mode dr${options}`;
    const addresses = async () =>
      (await inNamespace('rs5', ['ip', '-4', '-o', 'address', 'show', 'dev', 'lo', 'label', 'lo*']))
        .match(/inet \S+/g)
        ?.map((text) => text.replace('inet ', ''));
    const answersArp = async () =>
      (await inNamespace('rs5', ['cat', '/proc/sys/net/ipv4/conf/all/arp_ignore'])).trim();
    const undone = async (service: string) => (await at('rs5', call(service, ' --undo'))).said;

    await inNamespace('rs5', ['ip', 'address', 'add', '10.0.0.108/32', 'dev', 'lo']);
    await Promise.all(['107:80', '107:443', '108:80'].map((service) => at('rs5', call(service))));
    expect(await addresses()).toEqual(['127.0.0.1/8', '10.0.0.108/32', '10.0.0.107/32']);

    expect(await undone('107:80')).toContain('needed');
    expect(await addresses()).toContain('10.0.0.107/32');
    expect(await undone('107:80')).not.toContain('undone');
    expect(await undone('108:80')).toContain('stays');
    expect(await answersArp()).toBe('1');
    expect(await undone('107:443')).toContain('undone');
    expect(await addresses()).toEqual(['127.0.0.1/8', '10.0.0.108/32']);
    expect(await answersArp()).toBe('0');
    await inNamespace('rs5', ['ip', 'address', 'del', '10.0.0.108/32', 'dev', 'lo']);
  });

  test('says why it cannot run, and changes nothing', async () => {
    const script = await setupScript(director, 'tcp:10.0.0.107:80 10.0.0.25 --mode dr');
    const before = await machineState('rs5');
    const asUser = await runScript('rs5', script, ['setpriv', '--reuid=65534', '--clear-groups', 'dash']);
    expect(asUser).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining('only root') });
    const withoutIp = script.replace(/^for ip in .*$/m, 'for ip in none; do');
    expect(await runScript('rs5', withoutIp)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('it needs ip from iproute2'),
    });
    // No gateway on any link of the machine.
    const farDirector = await setupScript(
      director,
      'tcp:10.0.0.107:80 10.0.0.25 --mode nat --director 198.51.100.1',
    );
    const failed = await runScript('rs5', farDirector);
    expect(failed).toMatchObject({ exitCode: 1, err: expect.stringContaining('nothing more was done') });
    expect(failed.out).toContain('FAILED');
    const undo = await setupScript(
      director,
      'tcp:10.0.0.107:80 10.0.0.25 --mode nat --director 198.51.100.1 --undo',
    );
    expect(await runScript('rs5', undo)).toMatchObject({ exitCode: 0 });
    expect(await machineState('rs5')).toBe(before);
  });

  test('has a lasting form, which is written, found and removed', async () => {
    const call = 'tcp:10.0.0.107:80 10.0.0.25 --mode dr --lasting';
    const files = () =>
      run(['sh', '-c', 'find /etc -newer /run/lab/mark -type f -o -newer /run/lab/mark -type l | sort']);
    await run(['touch', '/run/lab/mark']);
    for (const kind of ['networkd', 'ip']) {
      expect(await at('rs5', `${call} ${kind} --check`)).toMatchObject({ exitCode: 1 });
      expect(await at('rs5', `${call} ${kind}`)).toMatchObject({ exitCode: 0 });
      expect(await at('rs5', `${call} ${kind} --check`)).toMatchObject({ exitCode: 0 });
      if (kind === 'networkd') {
        expect((await files()).trim().split('\n')).toEqual([
          '/etc/sysctl.d/60-lvstop-dr-tcp-10-0-0-107-80-10-0-0-25-80.conf',
          '/etc/systemd/network/10-lvstop-lo.network',
          '/etc/systemd/network/10-lvstop-lo.network.d/lvstop-dr-tcp-10-0-0-107-80-10-0-0-25-80-10-0-0-107-32.conf',
        ]);
      }
      expect(await at('rs5', `${call} ${kind} --undo`)).toMatchObject({ exitCode: 0 });
      expect(await files()).toBe('');
    }
  });

  test('is mended by the same script when a link was down', async () => {
    const call = 'tcp:10.0.0.109:80 10.1.0.25:8080';
    await done('add service tcp:10.0.0.109:80');
    await done(`add real ${call} --forwarding nat`);
    expect(await at('rs5', call)).toMatchObject({ exitCode: 0 });
    await inNamespace('rs5', ['ip', 'link', 'set', 'eth1', 'down']);
    await inNamespace('rs5', ['ip', 'link', 'set', 'eth1', 'up']);
    await inNamespace('rs5', ['ip', 'address', 'add', 'fd00:1::25/64', 'dev', 'eth1', 'nodad']);
    expect(await at('rs5', `${call} --check`)).toMatchObject({ exitCode: 1 });
    expect(await at('rs5', call)).toMatchObject({ exitCode: 0 });
    expect(await curl('10.0.0.109:80')).toBe('200');
    expect(await at('rs5', `${call} --undo`)).toMatchObject({ exitCode: 0 });
    expect(await inNamespace('rs5', ['ip', '-4', 'rule'])).not.toContain('10.1.0.25');
  });
});
