import { describe, expect, test } from 'vitest';
import { ConfigurationDraft, mostRows } from '../../src/formats/configuration.ts';
import { formatIpvsadm } from '../../src/formats/ipvsadm/ipvsadm.ts';
import { deepestJson, mostJsonValues, scanJson } from '../../src/formats/json/json-scan.ts';
import { mostWords } from '../../src/formats/keepalived/statements.ts';
import { formatKeepalived } from '../../src/formats/keepalived/write.ts';
import { noNames } from '../../src/formats/names.ts';
import { recogniseFormat } from '../../src/formats/recognise.ts';
import { parseConfig, updateConfig } from '../../src/formats/settings/config.ts';
import { defaultSettings, type SettingLimits } from '../../src/formats/settings/settings.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../src/ipvs/service.ts';
import { readIpvsadm, readJson, readKeepalived, readListing } from './reading.ts';

/** Milliseconds after which a test is given up; what is not linear takes hours. */
const patience = 300_000;

const problemsOf = ({ problems }: ReturnType<typeof readJson>) =>
  problems.map(({ line, reason }) => `${line}: ${reason}`);

describe('work grows with a text as its length does', () => {
  const limits: SettingLimits = {
    columns: ['name', 'mode'],
    commands: { drain: ['D'], delete: ['x', 'delete'], search: ['f3'] },
    colors: ['ground', 'service'],
    shortestInterval: 0.2,
    longestInterval: 60,
    leastBudget: 0.1,
    greatestBudget: 100,
  };
  const short = 5_000;
  const growth = 16;
  /** Sixteen times the text, up to eighty times the work: what grows with the square of it makes 256 times as much. */
  const allowed = growth * 5;
  /** Milliseconds below which a measurement says nothing. */
  const least = 2;

  /** Milliseconds of the processor. */
  function workOf(read: (text: string) => unknown, text: string): number {
    const began = process.cpuUsage();
    read(text);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  }

  /** How many times the work of the short text the long one takes; the least of three times where it seems to be too much. */
  function growthOf(read: (text: string) => unknown, textOf: (length: number) => string): number {
    let few = workOf(read, textOf(short));
    let many = workOf(read, textOf(short * growth));
    for (let again = 0; again < 2 && many / Math.max(least, few) >= allowed; again++) {
      few = Math.min(few, workOf(read, textOf(short)));
      many = Math.min(many, workOf(read, textOf(short * growth)));
    }
    return many / Math.max(least, few);
  }

  const readers: readonly (readonly [
    name: string,
    read: (text: string) => unknown,
    beginnings: readonly string[],
  ])[] = [
    ['the format of a text', recogniseFormat, ['', '#', '/']],
    ['ipvsadm -S', (text) => readIpvsadm(text, noNames), ['', '-A -t ', '-A -f 1\n']],
    ['a script of ipvsadm lines', readIpvsadm, ['#!/bin/sh\nipvsadm -C\n', '#!/bin/sh\nipvsadm -A -t "']],
    ['a listing', readListing, ['IP Virtual Server version 1\n', 'TCP 0A000001:0050 rr\n']],
    ['JSON', readJson, ['', '"', '{"version":1,"services":[']],
    ['keepalived.conf', readKeepalived, ['', '"', 'virtual_server_group g {\n', '$A=1\n$A ', '~LST(']],
    ['settings', (text) => parseConfig(text, limits), ['', 'a = "', 'columns = [']],
    [
      'an update of settings',
      (text) => updateConfig(text, defaultSettings, ['mouse', 'columns'], limits),
      ['', 'a = """'],
    ],
  ];
  const units = [
    '\r',
    '\n',
    ' ',
    '{',
    '[1,',
    '"',
    '\\"',
    '-',
    '1',
    ',',
    '#',
    '# \r',
    'a=1\n',
    'a = "#"\n',
    '"b",\n',
    'a {\n}\n',
    '-a -f 1 -r h\n',
    '$',
    '$A',
    '$B=$A\\\n',
    '~SEQ(A, 1) x\n',
    '@a b\n',
    '{a,',
    '<<a\n',
    '\\\n',
    "'",
    '-> ',
  ];

  describe.each(readers)('%s', (_, read, beginnings) => {
    test.each(units.map((unit) => [unit]))(
      'of nothing but %j',
      (unit) => {
        for (const beginning of beginnings) {
          const textOf = (length: number) => beginning + unit.repeat(length / unit.length);
          expect(growthOf(read, textOf), beginning).toBeLessThan(allowed);
        }
      },
      patience,
    );
  });
});

describe('a text of more than a table can have is refused with its bound', () => {
  test(
    'services and real servers together',
    () => {
      const draft = new ConfigurationDraft();
      const identity = (fwmark: number) => ({ kind: 'fwmark', family: 'inet', fwmark }) as const;
      const server = {
        ...defaultRealServerSettings,
        identity: { family: 'inet', address: '10.0.0.1', port: 0 },
      } as const;
      const half = mostRows / 2;
      for (let mark = 1; mark <= half; mark++) {
        draft.addService({ ...defaultServiceSettings, identity: identity(mark) }, mark);
        draft.addRealServer(identity(mark), server, mark);
      }
      expect(draft.hasProblems).toBe(false);
      draft.addService({ ...defaultServiceSettings, identity: identity(half + 1) }, half + 1);
      expect(draft.isHopeless).toBe(true);
      const { problems, configuration } = draft.finish();
      expect(problems).toEqual([
        {
          line: half + 1,
          reason: 'there are more than 500000 services and real servers, the most that are read',
          advice: 'give a smaller table, or parts of it one after the other',
        },
      ]);
      expect(configuration.services).toHaveLength(half);
    },
    patience,
  );

  test('what a group of keepalived multiplies to, before it is multiplied', () => {
    const ranges = Array.from({ length: 200 }, (_, index) => `10.0.${index}.0-255 80`);
    const servers = Array.from({ length: 200 }, (_, index) => `real_server 10.1.0.${index} 80 {\n}`);
    const text = [
      'virtual_server_group g {',
      ...ranges,
      '}',
      'virtual_server group g {',
      ...servers,
      '}',
      '',
    ].join('\n');
    const reading = readKeepalived(text);
    expect(problemsOf(reading)).toEqual([
      '203: 51200 addresses with 200 real servers each make 10291200 services and real servers, more than the 500000 that are read',
    ]);
    expect(reading.configuration.services).toEqual([]);
  });

  test('a line of ipvsadm', () => {
    const line = (length: number) => `# x\n#${'x'.repeat(length - 1)}\n`;
    expect(problemsOf(readIpvsadm(line(65_536), noNames))).toEqual([]);
    expect(problemsOf(readIpvsadm(line(65_537), noNames))).toEqual([
      '2: the line has 65537 characters, more than the 65536 that are read',
    ]);
  });

  test(
    'statements that are not applied',
    () => {
      expect(problemsOf(readIpvsadm('-C\n'.repeat(1_000_001), noNames))).toEqual([
        '1000001: there are more than 1000000 statements that are not applied',
      ]);
    },
    patience,
  );

  test(
    'words and blocks of keepalived',
    () => {
      const words = readKeepalived('a\n'.repeat(mostWords + 1));
      expect(problemsOf(words)).toEqual([
        `${mostWords + 1}: there are more than 2000000 words, the most that are read`,
      ]);
      expect(problemsOf(readKeepalived(`${'a {\n'.repeat(32)}${'}\n'.repeat(32)}`))).toEqual([]);
      expect(problemsOf(readKeepalived('a {\n'.repeat(100_000)))).toEqual([
        '33: there are more than 32 blocks within each other, the most that are read',
      ]);
    },
    patience,
  );

  test(
    'values of JSON, and objects and lists within each other',
    () => {
      expect(scanJson(`[\n${'0,'.repeat(mostJsonValues - 1)}0]`)).toEqual({ kind: 'too many', line: 2 });
      expect(scanJson(`[\n${'0,'.repeat(mostJsonValues - 2)}0]`)).toMatchObject({ kind: 'whole' });
      expect(scanJson('['.repeat(deepestJson) + ']'.repeat(deepestJson))).toMatchObject({ kind: 'whole' });
      expect(problemsOf(readJson('[\n'.repeat(1_000_000)))).toEqual([
        '101: there are more than 100 objects and lists within each other, the most that are read',
      ]);
    },
    patience,
  );

  test('flags of a service in JSON', () => {
    const flags = Array.from({ length: 100_000 }, () => 7);
    const service = {
      protocol: null,
      address: null,
      port: null,
      fwmark: 7,
      family: 'inet',
      scheduler: 'rr',
      flags,
    };
    const text = JSON.stringify({
      version: 1,
      services: [{ ...service, persistence: null, engine: null, realServers: [] }],
    });
    expect(readJson(text).problems).toMatchObject([{ advice: 'a list of 16 flags at most is wanted' }]);
  });
});

describe('what is long and right is read', () => {
  const long = 'x'.repeat(9_000_000);

  test('a string of nine megabytes', () => {
    expect(problemsOf(readJson(JSON.stringify({ version: 1, remark: long, services: [] })))).toEqual([]);
    const { problems, configuration } = readKeepalived(`static_routes "${long}"\n`);
    expect([problems, configuration.notApplied.length]).toEqual([[], 1]);
  });

  test('a name of nine megabytes is told by its beginning', () => {
    const [problem] = readIpvsadm(`-A -t ${'x'.repeat(60_000)}:80\n`, noNames).problems;
    expect(problem?.reason).toMatch(/^"x{900,}…$/);
    expect(problem?.reason.length).toBeLessThan(1100);
  });

  test(
    '110,000 lines of ipvsadm, a service of 5,000 real servers, and the same of keepalived',
    () => {
      const realServers = Array.from({ length: 5000 }, (_, index) => ({
        ...defaultRealServerSettings,
        identity: { family: 'inet' as const, address: `10.1.${index >> 8}.${index & 255}`, port: 80 },
      }));
      const services = Array.from({ length: 10_001 }, (_, index) => ({
        service: {
          ...defaultServiceSettings,
          identity: {
            kind: 'address' as const,
            family: 'inet' as const,
            protocol: 'tcp' as const,
            address: `10.2.${index >> 8}.${index & 255}`,
            port: 80,
          },
        },
        realServers: index === 0 ? realServers : realServers.slice(0, 10),
      }));
      const ipvsadm = readIpvsadm(formatIpvsadm(services), noNames);
      expect(problemsOf(ipvsadm)).toEqual([]);
      expect(ipvsadm.configuration.services).toHaveLength(10_001);
      expect(ipvsadm.configuration.services[0]?.realServers).toHaveLength(5000);
      const keepalived = readKeepalived(formatKeepalived(services));
      expect(problemsOf(keepalived)).toEqual([]);
      expect(keepalived.configuration.services).toHaveLength(10_001);
    },
    patience,
  );
});

test('host names of a text are all found at once, and none stands for another meanwhile', () => {
  const lines = Array.from({ length: 1000 }, (_, index) => `-A -t host${index}.example:80\n`);
  const first = readIpvsadm(lines.join(''), noNames);
  expect(first.unknownHosts).toHaveLength(1000);
  expect(first.problems).toHaveLength(20);
  expect(first.problems[0]).toMatchObject({
    line: 1,
    reason: 'the host name "host0.example" is not known here',
  });
  const hosts = new Map(
    first.unknownHosts.map((name, index) => [name, [`10.0.${index >> 8}.${index & 255}`]]),
  );
  const second = readIpvsadm(lines.join(''), { ports: new Map(), hosts });
  expect(second.problems).toEqual([]);
  expect(second.configuration.services).toHaveLength(1000);
});
