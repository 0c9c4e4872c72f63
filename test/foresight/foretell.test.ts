import { describe, expect, test } from 'vitest';
import type { Step } from '../../src/changes/steps/step.ts';
import { addressWords } from '../../src/director/connection-table.ts';
import { foldedAddress } from '../../src/director/simulated/kernel/hash.ts';
import { SimulatedRealServer } from '../../src/director/simulated/kernel/simulated-real-server.ts';
import { maglevHashing } from '../../src/director/simulated/scheduling/maglev-hashing.ts';
import { assumedClients, ClientSpread } from '../../src/foresight/client-spread.ts';
import type { Course } from '../../src/foresight/course.ts';
import { serverName } from '../../src/foresight/forecast-table.ts';
import { foretell } from '../../src/foresight/foretell.ts';
import { statementsOf } from '../../src/foresight/statements.ts';
import { formatService, parseRealServer } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { change, courseOf, loadOf, web } from './courses.ts';

const [first, second, third] = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'];

function forecastOf(course: Course, ...steps: Step[]) {
  const forecast = allAtOnce(foretell(course, steps));
  if (forecast === null) throw new Error('nothing was foretold');
  const server = (name: string) => {
    const found = forecast.servers.find((each) => serverName(each) === name);
    if (found === undefined) throw new Error(`nothing was foretold of ${name}`);
    return found;
  };
  return { forecast, server, kinds: statementsOf(forecast).map(({ kind }) => kind) };
}

function textOf(course: Course, kind: string, ...steps: Step[]): string {
  const { forecast } = forecastOf(course, ...steps);
  return statementsOf(forecast).find((statement) => statement.kind === kind)?.text ?? '';
}

describe('a foretold edit', () => {
  test('shares follow the weights under wrr, and active connections what comes times how long it lasts', () => {
    const course = courseOf(
      { scheduler: 'wrr' },
      { [first]: { active: 500 }, [second]: { active: 500 } },
      loadOf(100, 10),
    );
    const { server } = forecastOf(course, change(course, second, { weight: 3 }));
    expect(server(first).without?.share?.mean).toBeCloseTo(0.5, 2);
    expect(server(first).with?.share?.mean).toBeCloseTo(0.25, 2);
    expect(server(second).with?.connectionsPerSecond.mean).toBeCloseTo(75, 0);
    expect(server(second).with?.active.mean).toBeGreaterThan(750 * 0.95);
    expect(server(second).with?.active.mean).toBeLessThan(750 * 1.05);
    expect(server(second).with?.inactive.mean).toBeGreaterThan(750 * 0.95);
    expect(server(second).with?.inactive.mean).toBeLessThan(750 * 1.05);
  });

  test('the same question has the same answer, and the runs differ', () => {
    const course = courseOf({ scheduler: 'wlc' }, { [first]: { active: 50 }, [second]: {} }, loadOf(20, 5));
    const once = forecastOf(course, change(course, second, { weight: 2 })).forecast;
    expect(forecastOf(course, change(course, second, { weight: 2 })).forecast).toEqual(once);
    const spread = once.servers[0]?.with?.active;
    expect(spread?.high).toBeGreaterThan(spread?.low ?? 0);
  });

  test('each answer standing for many connections changes no mean', () => {
    const course = courseOf({ scheduler: 'wrr' }, { [first]: {}, [second]: {} }, loadOf(20_000, 10));
    const { server } = forecastOf(course, change(course, second, { weight: 4 }));
    expect(server(second).with?.share?.mean).toBeCloseTo(0.8, 2);
    expect(server(second).with?.active.mean).toBeGreaterThan(160_000 * 0.97);
    expect(server(second).with?.active.mean).toBeLessThan(160_000 * 1.03);
  });

  test('a cold server under wlc gets everything until it has as many as the others', () => {
    const course = courseOf(
      { scheduler: 'wlc' },
      { [first]: { active: 3000 }, [second]: { active: 3000 }, [third]: { weight: 0 } },
      loadOf(100, 60),
    );
    const { server } = forecastOf(course, change(course, third, { weight: 1 }));
    expect(server(third).with?.shares[0]).toBe(1);
    expect(textOf(course, 'cold server', change(course, third, { weight: 1 }))).toMatch(
      /^10\.0\.0\.3:80 has fewer .* wlc gives it 100 % of the new ones at first, 100 a second, 3\.0 times its due, for \d+ s; a weight raised in steps/,
    );
  });

  test('under wrr a cold server gets its due, and nothing is said', () => {
    const course = courseOf(
      { scheduler: 'wrr' },
      { [first]: { active: 3000 }, [second]: { weight: 0 } },
      loadOf(100, 30),
    );
    expect(forecastOf(course, change(course, second, { weight: 1 })).kinds).not.toContain('cold server');
  });

  test('weight 0 under sh without fallback rejects the clients of that server', () => {
    const five = Object.fromEntries(
      [1, 2, 3, 4, 5].map((number) => [`10.0.0.${number}:80`, { active: 100 }]),
    );
    const course = courseOf({ scheduler: 'sh' }, five, loadOf(100, 5));
    expect(textOf(course, 'rejected', change(course, first, { weight: 0 }))).toMatch(
      /^(1[5-9]|2[0-5]) % of the new connections are rejected, \d+ a second: sh goes on choosing 10\.0\.0\.1:80, which takes none; its flag sh-fallback sends them to another$/,
    );
    const fallback = courseOf({ scheduler: 'sh', schedulerFlags: 1 }, five, loadOf(100, 5));
    expect(forecastOf(fallback, change(fallback, first, { weight: 0 })).kinds).not.toContain('rejected');
  });

  test('a threshold of 100 is full after four seconds', () => {
    const course = courseOf({ scheduler: 'rr' }, { [first]: {}, [second]: {} }, loadOf(50, 300));
    const text = textOf(course, 'full', change(course, first, { upperThreshold: 100 }));
    expect(text).toMatch(
      /^10\.0\.0\.1:80 is full, at 100 connections, after [3-5] s( \([3-5] s to [3-5] s\))?; then its new connections go to the others$/,
    );
  });

  test('a full server stays full until those of its connections are forgotten that are known to be over', () => {
    const course = courseOf(
      { scheduler: 'rr' },
      { [first]: { active: 10, inactive: 400 }, [second]: { active: 10, inactive: 400 } },
      loadOf(2, 10),
      60,
    );
    const limit = change(course, first, { upperThreshold: 300 });
    expect(forecastOf(course, limit).server(first).with?.share?.mean).toBeGreaterThan(0.4);
    const young = {
      ...course,
      servers: course.servers.map((start) => ({ ...start, inactiveLeft: [70, 120] })),
    };
    // It is told to be full by the first one that comes.
    expect(forecastOf(young, limit).server(first).with?.share?.mean).toBeLessThan(0.02);
    expect(forecastOf(young, limit).server(first).with?.inactive.mean).toBeGreaterThan(400);
  });

  test('persistence keeps clients on the drained one, and is no reason where the kernel frees them', () => {
    const clients = assumedClients(1000, 'inet');
    const held = clients.map(({ words }, client) => ({ words, server: client % 2, secondsLeft: 300 }));
    const persistence = { timeout: 300, netmask: 0xffffffff };
    const course: Course = {
      ...courseOf(
        { scheduler: 'wrr', persistence },
        { [first]: { active: 500 }, [second]: { active: 500 } },
        loadOf(100, 10),
      ),
      held,
    };
    const drain = change(course, first, { weight: 0 });
    expect(textOf(course, 'held', drain)).toMatch(
      /^persistence keeps clients on 10\.0\.0\.1:80: at weight 0 it still gets (9\d|100) % of its new connections, \d+ of \d+ a second; expire_quiescent_template=1 frees them$/,
    );
    expect(forecastOf(course, drain).kinds).toContain('not empty');
    const freed = { ...course, expireQuiescentTemplate: true };
    expect(forecastOf(freed, drain).kinds).not.toContain('held');
  });

  test('where a few clients make many of the connections, which real server persistence holds them to is told as a matter of chance', () => {
    const of = (share: number) => {
      const clients = assumedClients(1000, 'inet');
      const weight = (share * clients.length) / (1 - share) / 2;
      return courseOf(
        { scheduler: 'rr', persistence: { timeout: 300, netmask: 0xffffffff } },
        { [first]: { active: 500 }, [second]: { active: 500 } },
        loadOf(100, 10, {
          clients: new ClientSpread(
            clients.map((client, place) => (place < 2 ? { ...client, weight } : client)),
          ),
        }),
      );
    };
    // Both of the two to one server, or one to each.
    expect(textOf(of(0.5), 'busy clients')).toMatch(
      /^a few clients make many .* who comes first: 10\.0\.0\.\d:80 may get 2\d % to 7\d %$/,
    );
    expect(forecastOf(of(0.002)).kinds).not.toContain('busy clients');
  });

  test('a drained server is empty when the longest of its sessions has ended', () => {
    const course = courseOf(
      { scheduler: 'wlc' },
      { [first]: { active: 1000 }, [second]: { active: 1000 } },
      loadOf(100, 20),
    );
    const { server } = forecastOf(course, change(course, first, { weight: 0 }));
    const after = server(first).with?.emptyAfter;
    // The last of a thousand exponential lengths is the mean times ln 1000 + 0.58 on average.
    const expected = 20 * (Math.log(1000) + 0.58);
    expect(after?.active.mean).toBeGreaterThan(expected * 0.75);
    expect(after?.active.mean).toBeLessThan(expected * 1.35);
    expect(after?.all.mean).toBeCloseTo((after?.active.mean ?? 0) + 10, 0);
    expect(server(first).with?.active.mean).toBe(0);
  });

  test('what is deleted has no future, its connections are cut off, and what is added begins with none', () => {
    const course = courseOf(
      { scheduler: 'wrr' },
      { [first]: { active: 420 }, [second]: { active: 400 } },
      loadOf(50, 10),
    );
    const before = course.servers[0]?.realServer;
    if (before === undefined) throw new Error('no real server');
    const after = { ...before, identity: { ...before.identity, address: '10.0.0.9' } };
    const { server, forecast } = forecastOf(
      course,
      { kind: 'delete real server', service: web, before, connections: { active: 420, inactive: 0 } },
      { kind: 'add real server', service: web, after },
    );
    expect(server(first).with).toBeNull();
    expect(server('10.0.0.9:80').without).toBeNull();
    expect(server('10.0.0.9:80').with?.share?.mean).toBeCloseTo(0.5, 1);
    expect(statementsOf(forecast).map(({ text }) => text)).toContain(
      'the 420 active connections of 10.0.0.1:80 are cut off at once',
    );
  });

  test('without a real server that takes any, all are rejected', () => {
    const course = courseOf({ scheduler: 'wlc' }, { [first]: { active: 100 } }, loadOf(50, 10));
    expect(textOf(course, 'rejected', change(course, first, { weight: 0 }))).toBe(
      '100 % of the new connections are rejected, 50 a second: all real servers are at weight 0',
    );
  });

  test('under mh a client goes where the simulated director, which places it as the kernel does, has it go', () => {
    const addresses = [first, second, third];
    const servers = addresses.map(
      (name) =>
        new SimulatedRealServer(
          { ...defaultRealServerSettings, identity: parseRealServer(name) },
          formatService(web),
        ),
    );
    for (let host = 1; host <= 8; host++) {
      const words = addressWords(`198.51.100.${host}`);
      const course = courseOf(
        { scheduler: 'mh' },
        { [first]: {}, [second]: {}, [third]: {} },
        loadOf(1, 10, { clients: new ClientSpread([{ words, weight: 1 }]) }),
      );
      const { forecast } = forecastOf(course);
      const chosen = forecast.servers.find(({ without }) => without?.share?.mean === 1);
      const arrival = {
        source: foldedAddress(`198.51.100.${host}`),
        sourcePort: 0,
        destination: 0,
        flags: 0,
      };
      expect(chosen && serverName(chosen)).toBe(maglevHashing(servers).pick(servers, arrival)?.key);
    }
  });

  test('where nobody comes, nothing is foretold of who would', () => {
    const course = courseOf({ scheduler: 'wlc' }, { [first]: { active: 100 }, [second]: {} }, loadOf(0, 10));
    expect(forecastOf(course, change(course, first, { weight: 0 })).kinds).toEqual(['no load']);
  });

  test('UDP flows are inactive all the time, and one-packet connections are never there', () => {
    const flows = courseOf(
      { scheduler: 'rr' },
      { [first]: {}, [second]: {} },
      loadOf(100, 5, { kind: 'inactive' }),
    );
    const { server } = forecastOf(flows, change(flows, second, { weight: 0 }));
    expect(server(first).with?.active.mean).toBe(0);
    expect(server(first).with?.inactive.mean).toBeGreaterThan(1500 * 0.95);
    const single = courseOf(
      { scheduler: 'rr' },
      { [first]: {}, [second]: {} },
      loadOf(100, 5, { kind: 'one-packet' }),
    );
    expect(forecastOf(single).server(first).with?.inactive.mean).toBe(0);
  });
});
