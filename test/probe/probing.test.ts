import { describe, expect, test } from 'vitest';
import { allRealServers, allServices } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { formatRealServer, parseRealServer, parseService, realServerKey } from '../../src/ipvs/identity.ts';
import { Probing } from '../../src/probe/probing.ts';
import { chosenServices } from '../../src/probe/questions.ts';
import { readOnce } from '../../src/sampling/sample-once.ts';
import { until } from '../until.ts';

const service = parseService('tcp:203.0.113.10:443');

function draft() {
  const director = createSimulatedDirector({ now: () => 0, seed: 1 });
  let time = 1000;
  let news = 0;
  const sources = { director, network: createSimulatedNetwork(), machine: createSimulatedMachine() };
  const probing = new Probing(
    sources,
    () => news++,
    () => time,
  );
  const services = allServices(director).map((entry) => entry.service.identity);
  const servers = allRealServers(director, service).map((entry) => entry.realServer);
  return {
    probing,
    services,
    asked: () => chosenServices(director, services, { service }),
    servers,
    view: () => readOnce(director),
    get news() {
      return news;
    },
    pass(milliseconds: number) {
      time += milliseconds;
    },
    wordOf(address: string) {
      const found = servers.find(({ identity }) => formatRealServer(identity) === address);
      return found && probing.known.of(realServerKey(service, found.identity), found);
    },
  };
}

describe('what was asked', () => {
  test('is known of each real server as it is forwarded to, and how long it counts', async () => {
    const { probing, asked, services, wordOf, servers } = draft();
    const rows = await probing.rowsOf(asked(), services);
    await probing.ask(rows, services, { signal: new AbortController().signal });
    expect(wordOf('10.0.1.34:443')).toMatchObject({ word: 'gone', time: 1000, countsUntil: 121_000 });
    const first = servers.find(({ identity }) => formatRealServer(identity) === '10.0.1.31:443');
    if (first === undefined) throw new Error('the demo has that real server');
    const key = realServerKey(service, first.identity);
    expect(probing.known.of(key, first)?.word).toBe('answers');
    expect(probing.known.of(key, { ...first, forwarding: 'nat' })).toBeUndefined();
  });

  test('for another mode leaves alone what is known of the present one', async () => {
    const { probing, services, servers, asked } = draft();
    const { signal } = new AbortController();
    await probing.ask(await probing.rowsOf(asked(), services), services, { signal });
    const [first] = servers;
    if (first === undefined) throw new Error('the demo has real servers');
    const wrapped = { ...first, forwarding: 'tun' } as const;
    const rows = await probing.rowsOf([{ service, realServers: [wrapped] }], services);
    await probing.ask(rows, services, { signal });
    const key = realServerKey(service, first.identity);
    expect(probing.known.of(key, wrapped)).toBeDefined();
    expect(probing.known.of(key, first)).toBeDefined();
  });

  test('is news once', async () => {
    const desk = draft();
    const ask = async () => {
      const rows = await desk.probing.rowsOf(desk.asked(), desk.services);
      await desk.probing.ask(rows, desk.services, { signal: new AbortController().signal });
    };
    await ask();
    const { news } = desk;
    // One of the four is gone.
    expect(news).toBe(1);
    await ask();
    expect(desk.news).toBe(news);
  });
});

test('of very many in the demo is asked for in turns', async () => {
  const { probing, services, servers } = draft();
  const many = Array.from({ length: 20_000 }, (_, place) => ({
    ...(servers[0] ?? expect.unreachable()),
    identity: parseRealServer(`10.9.${place >> 8}.${place & 255}:443`),
  }));
  const rows = await probing.rowsOf([{ service, realServers: many }], services);
  let asked = 0;
  const afterTurn = new Promise<number>((done) => setImmediate(() => done(asked)));
  await probing.ask(rows, services, { signal: new AbortController().signal, onVerdict: () => asked++ });
  expect(asked).toBe(many.length);
  expect(await afterTurn).toBeLessThan(many.length);
});

describe('at an interval', () => {
  test('all real servers of a view are asked once in that time', async () => {
    const desk = draft();
    desk.probing.take(await desk.view());
    expect(desk.probing.standing).toEqual({ kind: 'off' });
    desk.probing.interval = 30_000;
    desk.probing.take(await desk.view());
    await until('all are asked', () => desk.wordOf('10.0.1.34:443') !== undefined);
    expect(desk.probing.standing).toEqual({ kind: 'on', realServers: 27, round: 30_000 });
    desk.pass(29_000);
    desk.probing.take(await desk.view());
    expect(desk.wordOf('10.0.1.34:443')?.time).toBe(1000);
    desk.pass(2000);
    await until('the round before has ended', async () => {
      desk.probing.take(await desk.view());
      return desk.wordOf('10.0.1.34:443')?.time === 32_000;
    });
  });
});
