import { expect, test } from 'vitest';
import type { DirectorChoice } from '../../../src/cli/context/context.ts';
import { createSimulatedDirector } from '../../../src/director/simulated/simulated-director.ts';
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
  const choices: unknown[] = [];
  const onOpen = ({ demo }: DirectorChoice) => choices.push(demo);
  await lvstop(['--demo', 'list'], { director, onOpen });
  await lvstop(['list', '--demo'], { director, onOpen });
  await lvstop(['list'], { director, onOpen });
  expect(choices).toEqual([{ kind: 'usual' }, { kind: 'usual' }, undefined]);
});

const narrow = { columns: 60, rows: 24, colorDepth: 'none' } as const;

test('a terminal gets the columns that it has room for, and is told of the others', async () => {
  const { out, err } = await lvstop(['list'], { director, terminal: narrow });
  for (const line of out.trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  expect(out).toMatch(/^tcp:203\.0\.113\.10:80 +NAT +wrr +5 /m);
  expect(err).toMatch(/^no room for .*IN BYTES.*; --wide shows all$/m);
  const wide = await lvstop(['list', '--wide'], { director, terminal: narrow });
  expect(wide.out).toContain('OUT BYTES');
  expect(wide.err).not.toContain('no room');
});

test('a terminal is printed on in colour, unless it has none or the call says so', async () => {
  const terminal = { ...narrow, columns: 200, colorDepth: 'true' } as const;
  const plain = await lvstop(['list'], { director });
  const coloured = await lvstop(['list'], { director, terminal });
  expect(coloured.out).toContain('\x1b[1mtcp:203.0.113.10:80');
  expect(coloured.out.replaceAll(/\x1b\[[\d;]*m/g, '')).toBe(plain.out);
  const without = await lvstop(['--color', 'none', 'list'], { director, terminal });
  expect(without.out).not.toContain('\x1b');
});

test('rows are chosen and ordered as on the screen, in every format that need not be whole', async () => {
  const names = (out: string) =>
    out
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(' ')[0]);
  const filtered = await lvstop(['list', '--filter', 'mode:nat and weight>2'], { director });
  expect(names(filtered.out)).toEqual(['tcp:203.0.113.10:80', '10.0.0.21:8080']);
  const sorted = await lvstop(['list', '--sort', 'weight'], { director });
  expect(names(sorted.out).slice(0, 3)).toEqual(['tcp:203.0.113.10:80', '10.0.0.21:8080', '10.0.0.22:8080']);
  const json = await lvstop(['list', '--json', '--filter', 'weight=2'], { director });
  const { rateSource, services } = JSON.parse(json.out);
  expect(rateSource).toBe('kernel average');
  expect(
    services.map(({ realServers }: { realServers: { id: string }[] }) => realServers.map(({ id }) => id)),
  ).toEqual([['tcp:203.0.113.10:80 10.0.0.22:8080']]);
});

test('columns are chosen by their titles and in that order', async () => {
  const { out } = await lvstop(['list', '--columns', 'active,weight,sched'], { director });
  expect(out.split('\n')[0]).toMatch(/^SERVICE \/ REAL SERVER +ACTIVE +WEIGHT +SCHED$/);
});

test.each([
  [['--filter', 'mood:dr'], 'there is no "mood" to ask for'],
  [['--sort', 'speed'], 'there is no such column'],
  [['--columns', 'in'], 'it can be several columns'],
  [['--filter', 'nat', '--format', 'ipvsadm'], '--filter and --format ipvsadm exclude each other'],
  [['--columns', 'active', '--json'], '--columns and --format json exclude each other'],
])('%s is refused before anything is read', async (argv, reason) => {
  const { exitCode, err } = await lvstop(['list', ...argv], { director });
  expect(exitCode).toBe(2);
  expect(err).toContain(reason);
});

test('true rates are waited for, with shares', async () => {
  const { out } = await lvstop(['list', '--rates', '--json'], {
    director: createSimulatedDirector({ site: 'demo', seed: 1, now: () => performance.now() }),
  });
  const { rateSource, services } = JSON.parse(out);
  expect(rateSource).toBe('counter steps');
  expect(services[0].rates.connections).toBeGreaterThan(0);
  expect(services[0].realServers[0].due).toBeGreaterThan(0);
});
