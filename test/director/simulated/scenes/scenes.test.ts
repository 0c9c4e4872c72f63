/** What the scenes show, on a clock that the test turns. */
import { describe, expect, test } from 'vitest';
import { ConnectionTable } from '../../../../src/director/connection-table.ts';
import { allRealServers, allServices, type Director } from '../../../../src/director/director.ts';
import { readScene } from '../../../../src/director/simulated/scenes/read-scene.ts';
import { type SceneName, sceneText } from '../../../../src/director/simulated/scenes/shipped-scenes.ts';
import { createSimulatedDirector } from '../../../../src/director/simulated/simulated-director.ts';
import { formatRealServer, parseService } from '../../../../src/ipvs/identity.ts';

/** A scene that goes on when the test says so. */
function play(name: SceneName, seed?: number) {
  let now = 1000;
  // Of ten thousand services fifteen hundred are still so many that a step of time is longer.
  const scene = readScene(name, sceneText(name).replace('count = 9000', 'count = 1500'));
  const director = createSimulatedDirector({ now: () => now, seed: seed ?? scene.seed, site: scene.site });
  return {
    director,
    /** Lets time pass, and has somebody look at the table every so many seconds. */
    pass(seconds: number, every = 1) {
      const end = now + seconds * 1000;
      while (now < end) {
        now = Math.min(end, now + every * 1000);
        allServices(director);
      }
    },
    server: (service: string, name: string) => {
      const found = allRealServers(director, parseService(service)).find(
        ({ realServer }) => formatRealServer(realServer.identity) === name,
      );
      if (found === undefined) throw new Error(`no ${name}`);
      return found;
    },
  };
}

const tableOf = (director: Director) =>
  allServices(director).map((entry) => [entry, allRealServers(director, entry.service.identity)]);

describe('the same seed gives the same run', () => {
  test.each(['day', 'surge', 'draining', 'dr-without-vip', 'nat-wrong-gateway'] as const)(
    '%s, however often somebody looks at it',
    (name) => {
      const often = play(name);
      const seldom = play(name);
      often.pass(90, 0.3);
      seldom.pass(90, 5);
      expect(tableOf(often.director)).toEqual(tableOf(seldom.director));
    },
  );

  test('many services too', () => {
    const often = play('ten-thousand');
    const seldom = play('ten-thousand');
    often.pass(10, 0.7);
    seldom.pass(10, 5);
    expect(allServices(often.director)).toEqual(allServices(seldom.director));
  });

  test('and another seed another one', () => {
    const one = play('day', 1);
    const other = play('day', 2);
    one.pass(10);
    other.pass(10);
    expect(tableOf(one.director)).not.toEqual(tableOf(other.director));
  });
});

test('the surge fills a service until it rejects, and passes', () => {
  const { director, pass } = play('surge');
  const connections = () => Number(allServices(director).map(({ counters }) => counters.connections)[0]);
  const during = (seconds: number) => {
    const before = connections();
    pass(seconds);
    return (connections() - before) / seconds;
  };
  const usual = during(18);
  pass(30);
  expect(during(20)).toBeGreaterThan(4 * usual);
});

test('the drained server of the persistent service keeps getting clients', () => {
  const { pass, server } = play('draining');
  const drained = () => server('tcp:203.0.113.30:3389', '10.0.4.12:3389');
  expect(drained().realServer.weight).toBe(0);
  const before = drained().counters.connections;
  pass(30);
  expect(drained().counters.connections).toBeGreaterThan(before);
});

test('another hand drains a second server after a minute, and brings it back', () => {
  const { pass, server } = play('draining');
  const weight = () => server('tcp:203.0.113.10:443', '10.0.1.32:443').realServer.weight;
  pass(59);
  expect(weight()).toBe(3);
  pass(2);
  expect(weight()).toBe(0);
  pass(250, 4);
  expect(weight()).toBe(3);
});

test('the DR server without the VIP establishes nothing, and gets what least connections give to the idle', () => {
  const { director, pass, server } = play('dr-without-vip');
  const blind = () => server('tcp:203.0.113.10:443', '10.0.1.33:443');
  const well = () => server('tcp:203.0.113.10:443', '10.0.1.31:443');
  const arrived = (row: { counters: { connections: number | bigint } }) => Number(row.counters.connections);
  const [fromBlind = 0, fromWell = 0] = [arrived(blind()), arrived(well())];
  pass(30);
  expect(blind().active).toBe(0);
  expect(arrived(blind()) - fromBlind).toBeGreaterThan(5 * (arrived(well()) - fromWell));
  const table = new ConnectionTable();
  for (const _ of director.readConnections(table));
  const states = new Set<string>();
  for (let row = 0; row < table.length; row++) {
    const { realServer, state } = table.connection(row);
    if (realServer.address === '10.0.1.33') states.add(state);
  }
  expect([...states]).toEqual(['SYN_RECV']);
});

test('nothing comes back from the NAT server with the wrong gateway, until it is asked under DR', () => {
  const { director, pass, server } = play('nat-wrong-gateway');
  const astray = () => server('tcp:203.0.113.10:80', '10.0.0.23:8080');
  expect(astray().counters.outPackets).toBe(0);
  expect(astray().active).toBe(0);
  const { realServer } = astray();
  director.write([
    {
      operation: 'edit real server',
      identity: parseService('tcp:203.0.113.10:80'),
      realServer: { ...realServer, forwarding: 'dr' },
    },
  ]);
  pass(5);
  expect(astray().active).toBeGreaterThan(0);
});

test.each([
  ['surge', 6],
  ['draining', 6],
  ['day', 25],
  ['ten-thousand', 2],
] as const)('%s: its connection table is large enough, since that is not what it shows', (name, minutes) => {
  const { director, pass } = play(name);
  let most = 0;
  for (let minute = 0; minute < minutes; minute++) {
    const connections = allServices(director)
      .flatMap(({ service }) => allRealServers(director, service.identity))
      .reduce((sum, { active, inactive, persistent }) => sum + active + inactive + persistent, 0);
    most = Math.max(most, connections);
    pass(60, 60);
  }
  expect(most).toBeGreaterThan(0);
  // From eight to a place on, the doctor would speak of it.
  expect(most / director.info().connectionTableSize).toBeLessThan(4);
});
