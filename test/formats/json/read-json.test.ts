import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatJson, formatJsonIndented } from '../../../src/formats/json/json.ts';
import { listingOf } from '../listing-of.ts';
import { anyTable, sortedTable, tableOf } from '../random-table.ts';
import { readJson } from '../reading.ts';

const service = {
  protocol: 'tcp',
  address: '10.0.0.1',
  port: 80,
  fwmark: null,
  family: 'inet',
  scheduler: 'rr',
  flags: [],
  persistence: null,
  engine: null,
  realServers: [{ address: '10.0.0.2', port: 80, forwarding: 'dr', weight: 1 }],
};
const textOf = (...services: unknown[]) => JSON.stringify({ version: 1, services }, null, 1);
const problemsOf = (text: string) =>
  readJson(text).problems.map(({ line, reason, advice }) => `${line}: ${reason}; ${advice}`);

test('any table reads back as it was written', () => {
  fc.assert(
    fc.property(anyTable(), (table) => {
      for (const text of [formatJson(listingOf(table)), formatJsonIndented(listingOf(table))]) {
        const { configuration, problems } = readJson(text);
        expect(problems).toEqual([]);
        expect(sortedTable(tableOf(configuration))).toEqual(sortedTable(table));
      }
    }),
  );
});

test('what it need not say is as ipvsadm has it, and lines are known', () => {
  const { configuration, problems } = readJson(textOf(service));
  expect(problems).toEqual([]);
  expect(configuration.services[0]?.line).toBe(4);
  expect(configuration.services[0]?.realServers[0]).toMatchObject({
    line: 15,
    realServer: { upperThreshold: 0 },
  });
});

describe('what is wrong is named with its line', () => {
  test.each([
    ['{"version":1,\n"services":[', '2: the JSON text ends before it is whole'],
    ['{"version":1,\n"services":x}', '2: this is no JSON'],
    ['', '1: the JSON text ends before it is whole'],
    ['[]', '1: "version" is'],
    ['{"version":3,"services":[]}', '1: "version" is 3; version 1 or 2 is wanted'],
    ['{"version":1}', '1: "services" is missing; give it'],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)[0]).toMatch(problem === '1: "version" is' ? /^1: / : new RegExp(`^${problem}`));
  });

  test.each([
    [{ ...service, port: 70000 }, '4: "port" is 70000; a whole number from 0 to 65535 is wanted'],
    [{ ...service, port: '80' }, '4: "port" is "80"; a whole number from 0 to 65535 is wanted'],
    [{ ...service, protocol: 'icmp' }, '4: "protocol" is "icmp"; tcp, udp or sctp is wanted'],
    [{ ...service, address: '10.0.0' }, '4: "address" is "10.0.0"; an address is wanted'],
    [
      { ...service, fwmark: 7 },
      '4: a service has either protocol, address and port, or fwmark; set the others to null',
    ],
    [{ ...service, family: 'inet6' }, '4: 10.0.0.1 is not of the family inet6; correct one'],
    [
      { ...service, flags: ['sh-port'] },
      '4: "sh-port" is not a flag of the scheduler rr; give flag-1, flag-2, flag-3',
    ],
    [
      { ...service, persistence: { timeout: 60, netmask: '64' } },
      '4: "64" is not a netmask of the family inet; give one like 255.255.255.0 for inet, a prefix length from 1 to 128 for inet6',
    ],
    [
      { ...service, realServers: [{ ...service.realServers[0], weight: 1.5 }] },
      '15: "weight" is 1.5; a whole number from 0 to 4294967295 is wanted',
    ],
    [
      { ...service, realServers: [{ ...service.realServers[0], forwarding: 'ftp' }] },
      '15: "forwarding" is "ftp"; nat, tun or dr is wanted',
    ],
    [{ ...service, realServers: null }, '4: "realServers" is null; a list of real servers is wanted'],
  ])('%#', (entry, problem) => {
    expect(problemsOf(textOf(entry))).toEqual([problem]);
  });

  test('a service that is there twice', () => {
    expect(readJson(textOf(service, service)).configuration.corrected[0]).toEqual({
      line: 23,
      what: 'tcp:10.0.0.1:80',
      reason: 'it is described in line 4 already, which counts',
    });
  });
});
