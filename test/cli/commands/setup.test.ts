import { describe, expect, test } from 'vitest';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
import { lvstop, words } from '../harness.ts';

const director = createSimulatedDirector({ now: () => 0, seed: 1 });
const setup = (line: string) => lvstop(words(`setup ${line} --demo`), { director });

describe('lvstop setup', () => {
  test('prints the script for the present mode, with what the network tells of the director', async () => {
    const { exitCode, out, err } = await setup('tcp:203.0.113.10:80 10.0.0.21:8080');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out.replaceAll('\n# ', ' ')).toContain(
      'Sets up 10.0.0.21:8080 as a real server of tcp:203.0.113.10:80 under NAT.',
    );
    expect(out).toContain('via 10.0.0.2 ');
  });

  test('prints it for another mode, on the port that the service has', async () => {
    const { out } = await setup('tcp:203.0.113.10:80 10.0.0.21:8080 --mode dr');
    expect(out).toContain('Sets up 10.0.0.21:80 ');
    expect(out).toContain('203.0.113.10/32 dev lo');
  });

  test('takes the tunnel of the table, and one that is named', async () => {
    expect((await setup('tcp:198.51.100.20:8443 10.30.0.11')).out).toContain('port 6080 gue');
    expect((await setup('tcp:198.51.100.20:8443 10.30.0.11 --tunnel gre')).out).toContain('dev gre0');
  });

  test('works for a real server that is yet to be added', async () => {
    const line = 'tcp:203.0.113.10:80 10.0.0.99';
    expect((await setup(`${line} --mode dr`)).exitCode).toBe(0);
    expect(await setup(line)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('--mode nat|tun|dr'),
    });
  });

  test('asks for the addresses of a firewall mark', async () => {
    expect(await setup('fwm:7 10.0.5.41')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('--address ADDRESS'),
    });
    const { out } = await setup('fwm:7 10.0.5.41 --address 203.0.113.70 203.0.113.71');
    expect(out).toContain('203.0.113.70/32 dev lo');
    expect(out).toContain('203.0.113.71/32 dev lo');
  });

  test.each([
    ['tcp:203.0.113.10:80 10.0.0.21;reboot', 'read real server'],
    ['tcp:203.0.113.10:80 10.0.0.21:8080 --director $(reboot)', 'read --director'],
    ['tcp:203.0.113.10:80 10.0.0.21:8080 --director fd00::1', 'it is not an IPv4 address'],
    ["fwm:7 10.0.5.41 --address 203.0.113.70'`reboot`'", 'read --address'],
    ['tcp:203.0.113.10:443 10.0.1.31 --address 203.0.113.11', 'it is for firewall marks'],
    ['tcp:203.0.113.10:80 10.0.0.21:8080 --check --undo', 'give one of them'],
    ['tcp:203.0.113.10:80 [fd00::21]:80 --mode dr', 'DR cannot reach'],
    ['tcp:198.51.100.20:8443 10.20.0.11 --tunnel gue', '--tunnel-port PORT'],
    ['tcp:198.51.100.20:8443 10.30.0.11 --lasting networkd', 'give --lasting ip'],
    ['tcp:203.0.113.10:80 203.0.113.2 --mode dr', 'is this director itself'],
  ])('refuses %s', async (line, reason) => {
    const { exitCode, out, err } = await setup(line);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(reason);
  });
});
