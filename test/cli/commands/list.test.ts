import { expect, test } from 'vitest';
import { directorWith } from '../../changes/table.ts';
import { lvstop } from '../harness.ts';

const director = directorWith(
  {
    'udp:203.0.113.10:53': [{ scheduler: 'rr', onePacket: true }, ['10.0.0.53:53', {}]],
    'tcp:203.0.113.10:80': [
      { scheduler: 'wrr' },
      ['10.0.0.22:8080', { forwarding: 'nat', weight: 2, upperThreshold: 100, lowerThreshold: 50 }],
      ['10.0.0.21:8080', { forwarding: 'nat', weight: 3 }, 5, 6],
    ],
    'fwm6:7': [{}, ['[2001:db8::21]:0', { forwarding: 'tun' }]],
  },
  { run_estimation: '1' },
);

test('the table is the default, ordered by address', async () => {
  const { exitCode, out, err } = await lvstop(['list'], { director });
  expect(exitCode).toBe(0);
  expect(out.split('\n').map((line) => line.trim().split(' ')[0])).toEqual([
    'SERVICE',
    'udp:203.0.113.10:53',
    '10.0.0.53:53',
    'tcp:203.0.113.10:80',
    '10.0.0.21:8080',
    '10.0.0.22:8080',
    'fwm6:7',
    '[2001:db8::21]:0',
    '',
  ]);
  expect(err).toBe('SIMULATED: this director exists in the demo only\n');
});

test('one service can be chosen', async () => {
  const { out } = await lvstop(['list', 'fwm6:7', '--format', 'ipvsadm'], { director });
  expect(out).toBe('-A -f 7 -6 -s wlc\n-a -f 7 -6 -r [2001:db8::21]:0 -i -w 1 --tun-type ipip\n');
});

test('a service that is not there is refused', async () => {
  const ended = await lvstop(['list', 'fwm:9'], { director });
  expect(ended).toEqual({
    exitCode: 4,
    out: '',
    err: 'lvstop: list service fwm:9: there is no such service (ESRCH); look at the services with "lvstop list"; it may have been deleted meanwhile\n',
  });
});

test('JSON has the live connections and says where its rates come from', async () => {
  for (const argv of [
    ['list', '--json'],
    ['list', '--format', 'json'],
    ['list', '--json', '--format', 'json'],
  ]) {
    const { out, err } = await lvstop(argv, { director });
    expect(err).toBe('');
    const listing = JSON.parse(out);
    expect(listing).toMatchObject({
      version: 2,
      rateSource: 'kernel average',
      director: { source: 'simulated', state: 'live' },
    });
    expect(listing.services[1].realServers[0]).toMatchObject({
      address: '10.0.0.21',
      active: 5,
      inactive: 6,
    });
  }
});

test('CSV has a row for everything', async () => {
  const { out } = await lvstop(['list', '--format', 'csv'], { director });
  expect(out.split('\r\n')).toHaveLength(1 + 3 + 4 + 1);
});

test('frozen counters are told', async () => {
  const frozen = directorWith({}, { run_estimation: '0' });
  const { out } = await lvstop(['list', '--json'], { director: frozen });
  expect(JSON.parse(out).director.state).toBe('frozen-counters');
});

test('what ipvsadm cannot make again is warned of', async () => {
  const odd = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', { forwarding: 'dr' }]] });
  const { out, err } = await lvstop(['list', '--format', 'ipvsadm'], { director: odd });
  expect(out).toContain('-r 10.0.0.21:8080 -g');
  expect(err).toBe(
    "warning: 10.0.0.21:8080 of tcp:203.0.113.10:80: ipvsadm would write port 80, the service's, for dr\n",
  );
});

test('--demo is taken before and after the command', async () => {
  const choices: boolean[] = [];
  const onOpen = ({ demo }: { demo: boolean }) => choices.push(demo);
  await lvstop(['--demo', 'list'], { director, onOpen });
  await lvstop(['list', '--demo'], { director, onOpen });
  await lvstop(['list'], { director, onOpen });
  expect(choices).toEqual([true, true, false]);
});
