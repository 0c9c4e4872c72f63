import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allRealServers, allServices } from '../../../src/director/director.ts';
import { openProcDirector } from '../../../src/director/procfs/proc-director.ts';
import { formatRealServer, formatService, parseService } from '../../../src/ipvs/identity.ts';
import { errorOf } from '../../changes/table.ts';
import { procStatistics, procTable } from './proc-table.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lvstop-proc-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const open = () => openProcDirector({ folder, ticksPerSecond: () => 100 });

describe('what everybody may read', () => {
  test('has version and size of the connection table', () => {
    write('ip_vs', procTable);
    expect(open().info()).toEqual({ version: '1.2.1', connectionTableSize: 4096 });
  });

  test('has every service with scheduler and persistence in seconds', () => {
    write('ip_vs', procTable);
    const services = allServices(open());
    expect(
      services.map(({ service: { identity, scheduler, onePacket, persistence } }) => [
        formatService(identity),
        scheduler,
        onePacket,
        persistence?.timeout,
        persistence?.netmask,
      ]),
    ).toEqual([
      ['udp:203.0.113.53:53', 'rr', true, 60, 0xffffff00],
      ['tcp:[2001:db8::10]:443', 'sh', null, 300, 64],
      ['tcp:203.0.113.10:80', 'wrr', false, 360, 0xffffffff],
      ['sctp:203.0.113.99:99', 'lc', false, undefined, undefined],
      ['fwm6:7', 'mh', false, 100, 128],
      ['fwm:7', 'wlc', false, 100, 0xffffffff],
      ['fwm6:8', 'wlc', true, undefined, undefined],
      ['fwm:9', 'wlc', false, undefined, undefined],
      ['fwm6:9', 'wlc', false, undefined, undefined],
      ['fwm6:10', 'wlc', false, 50, 56],
    ]);
  });

  test('has real servers with mode, weight and connections, and nothing else of them', () => {
    write('ip_vs', procTable);
    const director = open();
    expect(allRealServers(director, parseService('tcp:203.0.113.10:80'))).toEqual([
      {
        realServer: {
          identity: { family: 'inet', address: '10.0.0.22', port: 80 },
          forwarding: 'tun',
          weight: 0,
        },
        active: 12_345_678,
        inactive: 7,
        persistent: null,
        counters: null,
        kernelRates: null,
      },
      expect.objectContaining({
        realServer: {
          identity: { family: 'inet', address: '10.0.0.21', port: 8080 },
          forwarding: 'nat',
          weight: 3,
        },
      }),
    ]);
    const local = allRealServers(director, parseService('sctp:203.0.113.99:99'));
    expect(local.map(({ realServer }) => realServer.forwarding)).toEqual(['local']);
    expect(allServices(director).every(({ counters }) => counters === null)).toBe(true);
  });

  test('has exact counters of all services together', () => {
    write('ip_vs_stats', procStatistics);
    expect(open().totals()).toEqual({
      counters: { connections: 31, inPackets: 4095, outPackets: 0, inBytes: 2n ** 63n, outBytes: 2571 },
      kernelRates: { connections: 2, inPackets: 26, outPackets: 0, inBytes: 65_535, outBytes: 0 },
    });
  });

  test('keeps the objects of what has not changed', () => {
    write('ip_vs', procTable);
    const director = open();
    const web = parseService('tcp:203.0.113.10:80');
    const before = { service: director.findService(web), servers: allRealServers(director, web) };
    write('ip_vs', procTable.replace('12345678', '12345679'));
    const after = { service: director.findService(web), servers: allRealServers(director, web) };
    expect(after.service).toBe(before.service);
    expect(after.servers[1]).toBe(before.servers[1]);
    expect(after.servers[0]).not.toBe(before.servers[0]);
    expect(after.servers[0]?.active).toBe(12_345_679);
    expect(after.servers[0]?.realServer).toBe(before.servers[0]?.realServer);
  });

  test('is whole where it takes many reads', () => {
    const servers = Array.from(
      { length: 5000 },
      (_, at) =>
        `  -> 0A0${at.toString(16).padStart(5, '0')}:0050      Masq    1      0          0         \n`,
    );
    write('ip_vs', `${procTable}TCP  CB00710B:0050 rr  \n${servers.join('')}`);
    const director = open();
    expect(allServices(director)).toHaveLength(11);
    const read = allRealServers(director, parseService('tcp:203.0.113.11:80'));
    expect(new Set(read.map(({ realServer }) => formatRealServer(realServer.identity))).size).toBe(5000);
  });
});

test('without the file IPVS is not loaded', () => {
  expect(errorOf(() => open().info())).toMatchObject({
    kind: 'unreachable',
    reason: 'this kernel has no IPVS loaded',
  });
});

test('control characters in a scheduler are made visible', () => {
  write('ip_vs', 'FWM  00000007 \x1b[2J \n');
  expect(allServices(open())[0]?.service.scheduler).not.toContain('\x1b');
});
