import { afterEach, describe, expect, it } from 'vitest';
import { allRealServers, allServices, type Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { formatRealServer, formatService, parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings, type RealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type ServiceSettings } from '../../src/ipvs/service.ts';
import { addRealServer, addService, deleteRealServer, setRealServer } from '../director/table-edits.ts';
import { rowKey } from '../ipvs/keys.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

const web = parseService('tcp:203.0.113.10:80');
const dns = parseService('udp:203.0.113.53:53');
const sticky = parseService('tcp:203.0.113.30:3389');

let screen: OpenScreen;

afterEach(() => screen.close());

/** A quiet director: no traffic, its clock stands still. */
function quietDirector(): Director {
  const director = createSimulatedDirector({ now: () => 0, seed: 1, site: 'empty' });
  const service = (identity: typeof web, settings: Partial<ServiceSettings>) =>
    addService(director, { ...defaultServiceSettings, ...settings, identity });
  const real = (identity: typeof web, address: string, settings: Partial<RealServerSettings>) =>
    addRealServer(director, identity, {
      ...defaultRealServerSettings,
      ...settings,
      identity: parseRealServer(address),
    });
  service(web, { scheduler: 'wrr' });
  real(web, '10.0.0.21:80', { weight: 3, upperThreshold: 100, lowerThreshold: 50 });
  real(web, '10.0.0.22:80', {
    weight: 2,
    forwarding: 'tun',
    tunnel: { type: 'gue', port: 6080, checksum: 'remote' },
  });
  service(dns, { scheduler: 'rr', onePacket: true });
  real(dns, '10.0.2.11:53', {});
  real(dns, '10.0.2.12:53', {});
  service(sticky, { scheduler: 'lc', persistence: { timeout: 300, netmask: 0xffffff00 }, engine: 'sip' });
  return director;
}

/** Every object of the director with all of its settings. */
function tableOf(director: Director): Record<string, unknown> {
  return Object.fromEntries(
    allServices(director).flatMap(({ service }) => {
      const { identity, ...settings } = service;
      return [
        [formatService(identity), settings] as const,
        ...allRealServers(director, identity).map(({ realServer: { identity: own, ...rest } }) => {
          return [`${formatService(identity)} ${formatRealServer(own)}`, rest] as const;
        }),
      ];
    }),
  );
}

async function open(columns = 120): Promise<Director> {
  const director = quietDirector();
  screen = await openScreen({ director, columns });
  return director;
}

/** Puts the cursor on a row. */
async function select(key: string): Promise<void> {
  screen.controller.update({ cursorKey: rowKey(key) });
  await screen.press();
}

/** Text of the screen, its line breaks and dialog frames undone. */
function shown(): string {
  return screen.text().replace(/[│\s]+/g, ' ');
}

describe('an edit writes what was changed and keeps all else', () => {
  it.each([
    ['+ in a tunnel', 'tcp:203.0.113.10:80 10.0.0.22:80', ['+', 'enter'], { weight: 3 }],
    [
      'w beside thresholds',
      'tcp:203.0.113.10:80 10.0.0.21:80',
      ['w', 'backspace', '9', 'enter'],
      { weight: 9 },
    ],
    [
      'e of a threshold',
      'tcp:203.0.113.10:80 10.0.0.21:80',
      ['e', 'down', 'down', 'ctrl+u', '7', '0', 'enter'],
      { upperThreshold: 70 },
    ],
    [
      'e of the tunnel’s port',
      'tcp:203.0.113.10:80 10.0.0.22:80',
      ['e', ...Array<string>(5).fill('down'), 'ctrl+u', '9', '9', 'enter'],
      { tunnel: { type: 'gue', port: 99, checksum: 'remote' } },
    ],
    ['s beside persistence', 'tcp:203.0.113.30:3389', ['s', 'down', 'enter'], { scheduler: 'wlc' }],
    [
      'e of the time-out',
      'tcp:203.0.113.30:3389',
      ['e', 'down', 'ctrl+u', '6', '0', 'enter'],
      { persistence: { timeout: 60, netmask: 0xffffff00 } },
    ],
    [
      'e to no persistence, and so to no engine',
      'tcp:203.0.113.30:3389',
      ['e', 'down', 'ctrl+u', 'down', 'down', 'ctrl+u', 'enter'],
      { persistence: null, engine: null },
    ],
    ['e of one-packet', 'udp:203.0.113.53:53', ['e', 'up', 'up', 'left', 'enter'], { onePacket: false }],
  ])('%s', async (_what, row, names, change) => {
    const director = await open();
    const before = tableOf(director);
    await select(row);
    await screen.press(...names);
    expect(tableOf(director), screen.text()).toEqual({
      ...before,
      [row]: { ...(before[row] as object), ...change },
    });
    expect(screen.text()).toContain('✓ edit');
  });

  it('w proposes the present weight: a digit replaces it, other keys go on from it', async () => {
    await open();
    await select('tcp:203.0.113.10:80 10.0.0.21:80');
    for (const [names, weight] of [
      [['0'], 'new 0'],
      [['1', '5'], 'new 15'],
      [['backspace', '4'], 'new 4'],
      [['end', '0'], 'new 30'],
      [['+'], 'new 4'],
    ] as const) {
      await screen.press('w', ...names);
      expect(shown(), names.join(' ')).toContain(`now 3 ${weight} `);
      await screen.press('escape');
    }
  });

  it('w takes a weight of more than five digits, which the kernel takes too', async () => {
    const director = await open();
    await select('tcp:203.0.113.10:80 10.0.0.21:80');
    await screen.press('w', ...'100000', 'enter');
    expect(tableOf(director)['tcp:203.0.113.10:80 10.0.0.21:80']).toMatchObject({ weight: 100_000 });
  });

  it('leaving a tunnel takes its settings along', async () => {
    const director = await open();
    await select('tcp:203.0.113.10:80 10.0.0.22:80');
    await screen.press('m', 'down', 'enter', 'y');
    expect(tableOf(director)['tcp:203.0.113.10:80 10.0.0.22:80']).toEqual({
      ...defaultRealServerSettings,
      weight: 2,
      forwarding: 'dr',
    });
  });
});

describe('several at once', () => {
  it('are judged together: the last two weights of a service', async () => {
    const director = await open();
    await select('udp:203.0.113.53:53 10.0.2.11:53');
    await screen.press('space', 'space', 'w', '0');
    expect(shown()).toContain('no real server of udp:203.0.113.53:53 is left with a weight');
    await screen.press('enter', 'enter');
    expect(shown()).toContain('y do it');
    expect(tableOf(director)['udp:203.0.113.53:53 10.0.2.11:53']).toMatchObject({ weight: 1 });
    await screen.press('y');
    expect(tableOf(director)['udp:203.0.113.53:53 10.0.2.11:53']).toMatchObject({ weight: 0 });
    expect(tableOf(director)['udp:203.0.113.53:53 10.0.2.12:53']).toMatchObject({ weight: 0 });
  });

  it('are stepped from what each of them has', async () => {
    const director = await open();
    await select('tcp:203.0.113.10:80 10.0.0.21:80');
    await screen.press('space', 'space', '-', '-');
    expect(shown()).toContain('-2 each');
    await screen.press('enter', 'y');
    expect(tableOf(director)['tcp:203.0.113.10:80 10.0.0.21:80']).toMatchObject({ weight: 1 });
    expect(tableOf(director)['tcp:203.0.113.10:80 10.0.0.22:80']).toMatchObject({ weight: 0 });
  });

  it('deleted with their service go with it, once', async () => {
    const director = await open();
    await select('udp:203.0.113.53:53');
    await screen.press('space', 'space', 'x');
    expect(shown()).toContain('Delete these 2?');
    await screen.press('y');
    expect(Object.keys(tableOf(director)).filter((row) => row.startsWith('udp'))).toEqual([]);
    expect(screen.text()).toContain('✓ delete service udp:203.0.113.53:53 with 2 real servers');
  });
});

describe('what is refused is said where it is typed', () => {
  const form = 'tcp:203.0.113.10:80 10.0.0.21:80';

  it.each([
    ['a weight that is none', form, ['e', 'down', 'ctrl+u', 'x'], /"x" is not allowed/],
    ['a weight that is too great', form, ['w', ...'9999999999'], /2147483647/],
    [
      'a lower threshold over the upper one',
      form,
      ['e', 'down', 'down', 'down', 'ctrl+u', ...'999'],
      /lower/,
    ],
    ['a service without address', 'tcp:203.0.113.10:80', ['a', ...'tcp:'], /✗/],
    [
      'a service with a port that is none',
      'tcp:203.0.113.10:80',
      ['a', ...'tcp:192.0.2.1:http'],
      /"http" is not a port/,
    ],
    ['a service that is there', 'tcp:203.0.113.10:80', ['a', ...'tcp:203.0.113.10:80'], /already/],
    ['one-packet scheduling for TCP', 'tcp:203.0.113.10:80', ['e', 'up', 'up', 'right'], /UDP/],
    [
      'flags of another scheduler',
      'tcp:203.0.113.10:80',
      ['e', 'up', ...'sh-port'],
      /it is a flag of the scheduler sh, not of wrr/,
    ],
    [
      'an IPv6 real server by DR',
      'tcp:203.0.113.10:80',
      ['r', ...'[2001:db8::1]:80'],
      /DR cannot reach an IPv6 real server/,
    ],
    ['another port by DR', 'tcp:203.0.113.10:80', ['r', ...'10.0.0.9:81'], /DR does not map ports/],
  ])('%s', async (_what, row, names, reason) => {
    const director = await open();
    const before = tableOf(director);
    await select(row);
    await screen.press(...names);
    expect(shown()).toMatch(reason);
    expect(shown()).toContain('✗');
    await screen.press('enter', 'enter', 'y');
    expect(screen.controller.getState().dialog).not.toBeNull();
    expect(tableOf(director)).toEqual(before);
  });

  it('a form that is still empty says what it wants, not what is wrong', async () => {
    await open();
    await select('tcp:203.0.113.10:80');
    for (const name of ['a', 'r']) {
      await screen.press(name);
      expect(shown()).toContain('type one like');
      await screen.press('escape');
    }
  });
});

describe('what another hand does meanwhile', () => {
  const row = 'tcp:203.0.113.10:80 10.0.0.21:80';
  const otherHand = (director: Director, change: Partial<RealServerSettings>) =>
    setRealServer(director, web, {
      ...defaultRealServerSettings,
      weight: 3,
      upperThreshold: 100,
      lowerThreshold: 50,
      ...change,
      identity: parseRealServer('10.0.0.21:80'),
    });

  it('is the start for + and -', async () => {
    const director = await open();
    await select(row);
    await screen.press('+');
    otherHand(director, { weight: 30 });
    await screen.read();
    expect(shown()).toContain('now 30 new 31');
    await screen.press('enter');
    expect(tableOf(director)[row]).toMatchObject({ weight: 31 });
  });

  it('is the start for + and - on a frozen screen, too', async () => {
    const director = await open();
    await select(row);
    await screen.press('p');
    otherHand(director, { weight: 30 });
    await screen.press('+');
    expect(shown()).toContain('now 30 new 31');
  });

  it('stops an edit that was shown otherwise', async () => {
    const director = await open();
    await select(row);
    await screen.press('+');
    otherHand(director, { weight: 30, upperThreshold: 7, lowerThreshold: 0 });
    await screen.press('enter');
    expect(shown()).toContain('it was changed meanwhile');
    expect(tableOf(director)[row]).toMatchObject({ weight: 30, upperThreshold: 7, lowerThreshold: 0 });
  });

  it('is taken over by a form where it was not typed into, and told where it was', async () => {
    const director = await open();
    await select(row);
    await screen.press('e', 'down', 'ctrl+u', '5');
    otherHand(director, { weight: 30, upperThreshold: 7, lowerThreshold: 0 });
    await screen.read();
    expect(shown()).toContain('▲ changed meanwhile from 3 to 30');
    expect(shown()).toContain('-w 5 -x 7');
    await screen.press('enter');
    expect(tableOf(director)[row]).toMatchObject({ weight: 5, upperThreshold: 7, lowerThreshold: 0 });
  });

  it('to delete it is told in the dialog, and nothing is made anew', async () => {
    const director = await open();
    for (const name of ['+', 'w', 'm', 'e']) {
      await select(row);
      await screen.press(name);
      deleteRealServer(director, web, parseRealServer('10.0.0.21:80'));
      await screen.read();
      await screen.press('enter', 'y');
      expect(Object.keys(tableOf(director)), name).not.toContain(row);
      await screen.press('escape');
      addRealServer(director, web, {
        ...defaultRealServerSettings,
        identity: parseRealServer('10.0.0.21:80'),
      });
      await screen.read();
    }
  });
});

describe('a low screen', () => {
  it.each([
    [80, 16],
    [60, 12],
    [40, 12],
  ])(
    'of %i by %i shows in every dialog its title, what would be done first, and the way out',
    async (columns, rows) => {
      screen = await openScreen({ director: quietDirector(), columns, rows });
      await select('tcp:203.0.113.10:80 10.0.0.22:80');
      for (const [names, title, first] of [
        [['+'], 'Weight of', 'ipvsadm -e'],
        [['m', 'end'], 'Mode of', 'ipvsadm -e'],
        [['s', 'down'], 'Scheduler of', 'ipvsadm -E'],
        [['e', 'down', '1'], 'Edit 10.0.0.22:80', 'ipvsadm -e'],
        [['x'], 'Delete this real server?', 'ipvsadm -d'],
      ] as const) {
        await screen.press(...names);
        expect(shown(), names.join(' ')).toContain(title);
        expect(shown(), names.join(' ')).toContain(first);
        expect(shown(), names.join(' ')).toContain('Esc');
        await screen.press('escape');
      }
    },
  );
});

describe('a narrow screen', () => {
  it.each([40, 60, 80])('of %i columns shows what would be done, and the keys', async (columns) => {
    await open(columns);
    await select('tcp:203.0.113.10:80 10.0.0.22:80');
    for (const name of ['+', 'e', 'm', 'x']) {
      await screen.press(name);
      expect(screen.lines().every((line) => line.length <= columns)).toBe(true);
      expect(shown(), name).toMatch(/Esc/);
      await screen.press('escape');
    }
  });
});
