import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readScene } from '../../../../src/director/simulated/scenes/read-scene.ts';
import { sceneNames, sceneText } from '../../../../src/director/simulated/scenes/shipped-scenes.ts';
import { formatRealServer, formatService } from '../../../../src/ipvs/identity.ts';

const small = `about = "One service"
[[service]]
address = "tcp:203.0.113.10:80"
traffic = "web"
[[service.real]]
address = "10.0.0.21:80"
`;

/** Small, with a line in place of another one. */
const odd = (line: string, instead: string) => {
  expect(small).toContain(line);
  return small.replace(line, instead);
};

describe('the scenes that ship', () => {
  test.each(sceneNames)('%s is one sentence and some services', (name) => {
    const { about, site } = readScene(name, sceneText(name));
    expect(about).toMatch(/^[A-Z].*[^.]$/);
    expect(site.services.length).toBeGreaterThan(1);
  });

  test('the largest has ten thousand services with forty thousand real servers, no two alike', () => {
    const { services } = readScene('ten-thousand', sceneText('ten-thousand')).site;
    expect(new Set(services.map(({ service }) => formatService(service.identity))).size).toBe(10_000);
    expect(services.reduce((sum, { realServers }) => sum + realServers.length, 0)).toBe(40_000);
  });
});

test('the scene of the documentation is one', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/demo.md'), 'utf8');
  const [, text = ''] = /```toml\n([^`]*)```/.exec(page) ?? [];
  expect(readScene('mine.toml', text).site.events).toHaveLength(1);
});

test('what is left out is as usual', () => {
  const { site, seed } = readScene('mine.toml', small);
  expect(seed).toBe(1);
  expect(site.hostName).toBe('lb-01');
  expect(site.services[0]?.service).toMatchObject({ scheduler: 'wlc', persistence: null, onePacket: false });
  expect(site.services[0]?.realServers[0]?.realServer).toMatchObject({ forwarding: 'dr', weight: 1 });
});

test('a count makes services and real servers at the addresses that follow', () => {
  const text = odd('traffic = "web"', 'count = 2').replace('21:80"', '255:80"\ncount = 2');
  const { services } = readScene('mine.toml', text).site;
  expect(
    services.map(({ service, realServers }) => [
      formatService(service.identity),
      ...realServers.map(({ realServer }) => formatRealServer(realServer.identity)),
    ]),
  ).toEqual([
    ['tcp:203.0.113.10:80', '10.0.0.255:80', '10.0.1.0:80'],
    ['tcp:203.0.113.11:80', '10.0.1.1:80', '10.0.1.2:80'],
  ]);
});

test('the director has the virtual addresses, and machines that are down answer no ARP', () => {
  const { network } = readScene('mine.toml', `${small}fault = "down"\n`);
  expect(network.addresses).toContainEqual(
    expect.objectContaining({ address: '203.0.113.10', link: 'eth0' }),
  );
  expect(network.oddNeighbours.get('10.0.0.21')).toBe('failed');
});

describe('an error names the file, the line, the key, and what is allowed', () => {
  test.each([
    [odd('about = "One service"', ''), 'line 1, about: it is missing; give it as docs/demo.md has it'],
    [
      `${small}wieght = 3\n`,
      'line 7, service[1].real[1].wieght: there is no key "wieght" here; leave it out',
    ],
    [`${small}weight = "3"\n`, 'line 7, service[1].real[1].weight: it is "3"; give a whole number from 0 to'],
    [
      `${small}fault = "fire"\n`,
      'line 7, service[1].real[1].fault: it is "fire"; give one of "vip missing", "wrong gateway"',
    ],
    [
      odd('"web"', '{ like = "web", swing = 2 }'),
      'line 4, service[1].traffic.swing: it is 2; give a number from 0 to 1',
    ],
    [odd('"web"', '"webs"'), 'line 4, service[1].traffic: it is "webs"; give one of "web", "https"'],
    [
      odd('"tcp:203.0.113.10:80"', '"203.0.113.10"'),
      'line 3, service[1].address: it is "203.0.113.10"; give one like',
    ],
    [
      `${small}[[service.real]]\naddress = "10.0.0.21:80"\n`,
      'line 8, service[1].real[2].address: 10.0.0.21:80 is there already; leave one out',
    ],
    [
      `${small}[[event]]\nat = "9s"\nservice = "tcp:203.0.113.10:81"\nreal = "10.0.0.21:80"\nweight = 0\n`,
      'line 9, event[1].service: the scene has no tcp:203.0.113.10:81; name one that it has',
    ],
    [
      `${small}[[event]]\nat = "soon"\nservice = "tcp:203.0.113.10:80"\nreal = "10.0.0.21:80"\nweight = 0\n`,
      'line 8, event[1].at: it is "soon"; give a time like "90s", "10m", "6h" or "2d", a year at most',
    ],
    [odd('about =', 'about '), 'line 1: this is no TOML'],
  ])('%#', (text, said) => {
    expect(() => readScene('mine.toml', text)).toThrow(`read the scene mine.toml, ${said}`);
  });
});
