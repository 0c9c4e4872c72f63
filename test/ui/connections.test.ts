import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionTable } from '../../src/director/connection-table.ts';
import type { Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import type { Connection } from '../../src/ipvs/connection.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import { directorWith } from '../changes/table.ts';
import { connection } from '../clients/connections.ts';
import { until } from '../until.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

const client = (address: string, port = 40_000) => ({ client: { address, port } });
const some = [
  connection(client('198.18.0.1')),
  connection(client('198.18.0.1', 40_001)),
  connection({ ...client('198.18.0.2'), expires: 100 }),
  connection({ ...client('198.18.9.3'), realServer: { address: '10.0.0.22', port: 8080 } }),
  connection({
    state: 'NONE',
    client: { address: '198.18.0.0', port: 0 },
    realServer: { address: '10.0.0.22', port: 8080 },
    expires: 33,
  }),
];

/** A director with two services, the first of which has these connections, and then as many as are read. */
function directorOf(connections: readonly Connection[], isEndless = false): Director {
  function* readConnections(table: ConnectionTable) {
    for (const each of connections) table.addConnection(each);
    yield;
    while (isEndless) {
      for (let row = 0; row < 512; row++) table.addConnection(connection());
      yield;
    }
  }
  const director = directorWith({
    'tcp:203.0.113.10:80': [
      {},
      ['10.0.0.21:8080', { weight: 1 }, 90_000_000, 10_000_000],
      ['10.0.0.22:8080', { weight: 0 }],
    ],
    'tcp:203.0.113.11:80': [{}, ['10.0.0.31:80', {}]],
  });
  return new Proxy(director, {
    get: (target, key) => (key === 'readConnections' ? readConnections : Reflect.get(target, key)),
  });
}

async function openConnections(keys: readonly string[] = [], draft: ScreenDraft = {}): Promise<void> {
  screen = await openScreen({ director: directorOf(some), rows: 24, ...draft });
  await screen.press('c');
  await until('all are read', () => screen.text().includes('all 5'));
  await screen.press(...keys);
}

/** The lines of the list. */
function listed(): string[] {
  const lines = screen.lines();
  const title = lines.findIndex((line) => /CONNECTIONS +SHARE|CLIENT +SERVICE/.test(line));
  return lines.slice(title + 1).flatMap((line) => {
    const [name, number] = line
      .replace('▌', ' ')
      .trim()
      .split(/\s{2,}/);
    return /^(\d|tcp|[A-Z]+_|ESTAB|under)/.test(name ?? '') ? [`${name} ${number}`] : [];
  });
}

it('that cannot be read say why, whatever is asked of them then', async () => {
  const director = new Proxy(directorOf([]), {
    get: (target, key) =>
      key === 'readConnections'
        ? () => {
            throw new IpvsError({
              code: 'no-ipvs',
              operation: 'read connections',
              object: '',
              reason: 'IPVS is gone',
              advice: '',
            });
          }
        : Reflect.get(target, key),
  });
  screen = await openScreen({ director, rows: 24 });
  await screen.press('c');
  for (const name of ['<', '>', 'I', 'tab', 'down']) {
    await screen.press(name);
    expect(screen.text(), name).toContain('IPVS is gone');
  }
});

describe('connections of a row', () => {
  it('are counted by real server, and say what is worth knowing', async () => {
    await openConnections();
    expect(listed()).toEqual(['10.0.0.21:8080 3', '10.0.0.22:8080 1']);
    expect(screen.text()).toContain('Connections of tcp:203.0.113.10:80');
    expect(screen.text()).toContain('1 idle for longer than 450 s; the time-out of 900 s will cut them');
    expect(screen.text()).toContain('1 persistence template, 1 of a real server at weight 0');
  });

  it.each([
    { key: '1', first: 'tcp:203.0.113.10:80 4' },
    { key: '3', first: '198.18.0.1 2' },
    { key: '4', first: '198.18.0.0/24 3' },
    { key: '5', first: 'ESTABLISHED 4' },
    { key: '6', first: 'under 10 s 3' },
    { key: '7', first: '198.18.0.0 tcp:203.0.113.10:80' },
    { key: '8', first: '198.18.0.1:40000 tcp:203.0.113.10:80' },
  ])('$key shows them another way', async ({ key, first }) => {
    await openConnections([key]);
    await until('it is counted', () => listed()[0] === first);
    expect(listed()[0]).toBe(first);
  });

  it('are narrowed down group by group, and widened again', async () => {
    await openConnections(['enter']);
    await until('clients are counted', () => listed()[0] === '198.18.0.1 2');
    expect(screen.text()).toContain('Connections of tcp:203.0.113.10:80 10.0.0.21:8080');
    await screen.press('enter');
    await until('each is shown', () => listed().length === 2 && screen.text().includes('198.18.0.1:40001'));
    expect(screen.text()).toContain('198.18.0.1/32');
    await screen.press('left', 'left');
    await until('real servers are counted', () => listed()[0] === '10.0.0.21:8080 3');
  });

  it('are filtered as the table is', async () => {
    await openConnections(['3', '/']);
    await screen.type('idle>600');
    await screen.press('enter');
    await until('they are counted', () => listed().length === 1);
    expect(listed()).toEqual(['198.18.0.2 1']);
    await screen.press('\\');
    await until('all are back', () => listed().length === 3);
  });

  it('are sorted by another column, the other way round, too', async () => {
    await openConnections(['3', '<']);
    await until('they are in the order of names', () => listed()[0]?.startsWith('198.18.0.1') === true);
    await screen.press('I');
    await until('and back', () => listed()[0] === '198.18.9.3 1');
  });

  it('have networks of another length', async () => {
    await openConnections(['4', 'L']);
    await until('they are counted', () => listed()[0] === '198.18.0.0/16 4');
  });

  it('cannot be ended one by one, which x says, and with what does end them', async () => {
    await openConnections(['8', 'x']);
    expect(screen.text()).toContain('Nothing ends a single connection');
    expect(screen.controller.getState().dialog).toBeNull();
  });

  it('are of all services after a', async () => {
    await openConnections(['a']);
    expect(screen.text()).toContain('Connections of all services');
    await screen.press('escape');
    expect(screen.text()).not.toContain('Connections of');
  });

  it.each([
    { columns: 60, rows: 16 },
    { columns: 200, rows: 50 },
  ])('fit $columns × $rows', async (size) => {
    await openConnections(['3'], size);
    expect(listed()[0]).toBe('198.18.0.1 2');
    for (const line of screen.lines()) expect(line.length).toBeLessThanOrEqual(size.columns);
  });
});

describe('a table that is too large', () => {
  it('is a sample with errors; reading all asks first, and can be ended', async () => {
    screen = await openScreen({ director: directorOf(some, true), rows: 24 });
    await screen.press('c');
    await until('a sample is read', () => screen.text().includes('sample of'));
    expect(screen.text()).toMatch(/10\.0\.0\.21:8080 +[\d.]+[kM]? ±/);
    await screen.press('A');
    expect(screen.text()).toMatch(/of the director's processor: y reads them/);
    await screen.press('y');
    await until('it is read again', () => screen.text().includes('reading …'));
    await screen.press('A');
    await until('it has ended', () => screen.text().includes('sample of'));
  });
});

describe('clients by rate', () => {
  it('are those that send, with errors, and by network after L', async () => {
    const director = createSimulatedDirector({ now: () => performance.now(), seed: 1 });
    screen = await openScreen({ rows: 30, director });
    await screen.press('c', 'a', '9');
    await until('packets are seen', () => /198\.18\.\d+\.\d+ +[\d.]+k? ±/.test(screen.text()));
    expect(screen.text()).toMatch(/\d+ packets seen in \d+ s, one in \d+/);
    expect(screen.text()).toContain('NEW CONN/s');
    await screen.press('L');
    expect(screen.text()).toMatch(/198\.18\.\d+\.0\/24/);
  });
});
