import { describe, expect, test } from 'vitest';
import { checks } from '../../../src/doctor/rounds/checks.ts';
import { createSimulatedMachine } from '../../../src/host/machine/simulated-machine.ts';
import { IpvsError } from '../../../src/ipvs/error.ts';
import { directorWith } from '../../changes/table.ts';
import { lvstop, words } from '../harness.ts';

const healthy = { 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', { forwarding: 'nat' }]] } as const;

describe('lvstop doctor', () => {
  test('ends with 0 and says so when nothing is found', async () => {
    const { exitCode, out, err } = await lvstop(['doctor'], { director: directorWith(healthy) });
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '' });
    expect(err.split('\n')[0]).toBe('nothing found');
  });

  test('tells a finding with what it looked at, why it matters and the command, and ends with 1', async () => {
    const director = directorWith({
      ...healthy,
      'tcp:203.0.113.10:81': [{}, ['10.0.0.21:8080', { forwarding: 'nat', weight: 0 }]],
    });
    const { exitCode, out, err } = await lvstop(['doctor'], { director });
    expect(exitCode).toBe(1);
    expect(out).toBe(
      [
        '✗ error: tcp:203.0.113.10:81',
        '  what       a service has real servers, and each of them has weight 0 (no-weight)',
        '  looked at  weights of its real servers',
        '  found      the weight is 0',
        '  matters    every new connection is rejected; established ones go on',
        '  to mend    type on the director:',
        '               lvstop weight tcp:203.0.113.10:81 10.0.0.21:8080 1',
        '             whether it answers was not looked at',
        '',
      ].join('\n'),
    );
    expect(err).toContain('1 error\n');
  });

  test('tells what is the same of several once, with all of them', async () => {
    const director = directorWith({
      'tcp:198.51.100.9:80': [{}, ['10.0.0.21:8080', { forwarding: 'nat' }]],
      'udp:198.51.100.9:53': [{}, ['10.0.0.21:53', { forwarding: 'nat' }]],
    });
    const { out, err } = await lvstop(['doctor'], { director });
    expect(out).toMatch(
      /^✗ error: udp:198\.51\.100\.9:53\n {9}tcp:198\.51\.100\.9:80\n {2}what {7}a virtual address is none of/m,
    );
    expect(out.match(/what {7}/g)).toHaveLength(1);
    expect(err).toContain('2 errors');
  });

  test('ends with 0 when there are hints only', async () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [
        {},
        ['10.0.0.21:8080', { forwarding: 'nat' }],
        ['10.0.0.22:8080', { forwarding: 'nat', weight: 0 }],
      ],
    });
    const { exitCode, out } = await lvstop(['doctor'], { director });
    expect(exitCode).toBe(0);
    expect(out).toContain('· hint: 10.0.0.22:8080 of tcp:203.0.113.10:80');
  });

  test('looks at the services named only', async () => {
    const director = directorWith({ ...healthy, 'fwm:7': [{}] });
    expect((await lvstop(words('doctor tcp:203.0.113.10:80'), { director })).exitCode).toBe(0);
    expect((await lvstop(words('doctor fwm:7'), { director })).exitCode).toBe(1);
    expect((await lvstop(words('doctor fwm:9'), { director })).exitCode).toBe(4);
  });

  test('goes by all services where one is named', async () => {
    const director = directorWith({
      'tcp:198.51.100.9:80': [{}, ['10.0.0.21:8080', { forwarding: 'nat' }]],
      ...healthy,
    });
    const machine = await createSimulatedMachine().sample();
    const moved = { ...machine, running: () => [{ name: 'keepalived', pid: 7 }] };
    const { out } = await lvstop(words('doctor tcp:198.51.100.9:80'), {
      director,
      machine: { sample: async () => moved, sysctl: moved.sysctl },
    });
    // A director that stands by has none of all the addresses.
    expect(out).toContain('✗ error: tcp:198.51.100.9:80');
    expect(out).not.toContain('none of the virtual addresses');
  });

  test('prints findings as data', async () => {
    const director = directorWith({ 'fwm:7': [{ scheduler: 'wrr' }] });
    const { exitCode, out } = await lvstop(words('doctor --json'), { director });
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      director: { source: 'simulated' },
      findings: [
        {
          check: 'no-real-server',
          severity: 'warning',
          subject: 'service',
          service: 'fwm:7',
          realServer: null,
          found: 'there is none',
        },
      ],
      notLookedAt: [],
    });
  });

  test('says what it could not look at, and goes on', async () => {
    const network = {
      picture: () =>
        Promise.reject(
          new IpvsError({
            code: 'network-unreadable',
            operation: 'read the network',
            object: '',
            reason: 'no rtnetlink here',
            advice: 'none',
          }),
        ),
      watch: () => () => undefined,
      close() {},
    };
    const { exitCode, err } = await lvstop(['doctor'], { director: directorWith(healthy), network });
    expect(exitCode).toBe(0);
    expect(err).toContain('not looked at: the network: no rtnetlink here');
  });

  test('prints its checks and what they rest on', async () => {
    const { exitCode, out } = await lvstop(words('doctor --checks'));
    expect(exitCode).toBe(0);
    for (const { id, title, restsOn } of checks) {
      expect(out).toContain(`${id}: ${title}\n    ${restsOn[0]}`);
    }
    const { out: json } = await lvstop(words('doctor --checks --json'));
    expect(JSON.parse(json).checks).toHaveLength(checks.length);
  });
});
