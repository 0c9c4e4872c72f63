import { expect, test } from 'vitest';
import { formatJson, formatJsonIndented } from '../../../src/formats/json/json.ts';
import { sample } from '../sample.ts';

test('a listing is one JSON object with everything in it', () => {
  expect(JSON.parse(formatJson(sample))).toEqual({
    version: 2,
    time: '2026-01-02T03:04:05.000Z',
    director: {
      access: 'full',
      hostName: 'lb-01',
      source: 'kernel',
      version: '1.2.1',
      connectionTableSize: 4096,
      state: 'live',
      error: null,
      errorCode: null,
    },
    rateSource: 'kernel average',
    services: [
      {
        id: 'tcp:203.0.113.10:80',
        protocol: 'tcp',
        address: '203.0.113.10',
        port: 80,
        fwmark: null,
        family: 'inet',
        scheduler: 'sh',
        flags: ['sh-fallback', 'sh-port'],
        persistence: { timeout: 300, netmask: '255.255.255.0' },
        engine: null,
        active: 12000,
        inactive: 7,
        persistent: 2,
        share: 0.512,
        stats: {
          connections: 12345678,
          inPackets: 9999,
          outPackets: 10000,
          inBytes: '1152921504606846976',
          outBytes: 0,
        },
        rates: { connections: 12.346, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 },
        realServers: [
          {
            id: 'tcp:203.0.113.10:80 10.0.0.21:8080',
            family: 'inet',
            address: '10.0.0.21',
            port: 8080,
            forwarding: 'nat',
            weight: 3,
            upperThreshold: 100,
            lowerThreshold: 50,
            active: 12000,
            inactive: 7,
            persistent: 2,
            share: 0.51,
            due: 0.5,
            tunnel: null,
            stats: {
              connections: 12345678,
              inPackets: 9999,
              outPackets: 10000,
              inBytes: '1152921504606846976',
              outBytes: 0,
            },
            rates: null,
          },
          {
            id: 'tcp:203.0.113.10:80 [2001:db8::21]:80',
            family: 'inet6',
            address: '2001:db8::21',
            port: 80,
            forwarding: 'tun',
            weight: 1,
            upperThreshold: 0,
            lowerThreshold: 0,
            active: 0,
            inactive: 0,
            persistent: 0,
            share: null,
            due: null,
            tunnel: { type: 'gue', port: 6080, checksum: 'yes' },
            // Under TUN the director sees no response.
            stats: { connections: 0, inPackets: 0, outPackets: null, inBytes: 0, outBytes: null },
            rates: { connections: 0, inPackets: 0, outPackets: null, inBytes: 0, outBytes: null },
          },
        ],
      },
      {
        id: 'fwm6:7',
        protocol: null,
        address: null,
        port: null,
        fwmark: 7,
        family: 'inet6',
        scheduler: 'evil"\x1b[2J,',
        flags: ['one-packet'],
        persistence: null,
        engine: 'sip',
        active: 0,
        inactive: 0,
        persistent: 0,
        share: null,
        stats: { connections: 0, inPackets: 0, outPackets: 0, inBytes: 0, outBytes: 0 },
        rates: null,
        realServers: [],
      },
    ],
  });
});

test('it is one line for machines and indented for people, the same object', () => {
  expect(formatJson(sample)).not.toContain('\n');
  expect(formatJsonIndented(sample).split('\n').length).toBeGreaterThan(10);
  expect(JSON.parse(formatJsonIndented(sample))).toEqual(JSON.parse(formatJson(sample)));
});

test('a lost director says why', () => {
  const { director } = JSON.parse(
    formatJson({ ...sample, director: { ...sample.director, info: null, state: 'lost', error: 'gone' } }),
  );
  expect(director).toMatchObject({ version: null, connectionTableSize: null, state: 'lost', error: 'gone' });
});

test('numbers are strings only where no number holds them', () => {
  const [service] = sample.services;
  const counters = { ...service!.counters!, inPackets: 2 ** 53 - 1, inBytes: 2n ** 64n - 1n };
  const { services } = JSON.parse(formatJson({ ...sample, services: [{ ...service!, counters }] }));
  expect(services[0].stats).toMatchObject({ inPackets: 9007199254740991, inBytes: '18446744073709551615' });
});
