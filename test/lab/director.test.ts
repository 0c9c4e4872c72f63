/** The director behind the real kernel: as the port says, as ipvsadm sees it, and when IPVS goes away. */

import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { allRealServers, allServices, type Director } from '../../src/director/director.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import { formatService, parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import type { RealServer } from '../../src/ipvs/real-server.ts';
import type { Service } from '../../src/ipvs/service.ts';
import type { SyncDaemon } from '../../src/ipvs/sync-daemon.ts';
import { IpvsClient } from '../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkSocket } from '../../src/netlink/wire/netlink-socket.ts';
import { aRealServer, aService, directorBehaviour } from '../director/behaviour.ts';
import { addRealServer, addService, deleteAllServices } from '../director/table-edits.ts';
import { checkout } from './boot.ts';
import { flush, ipvsadm, ipvsadmRestore, ipvsadmSave, run } from './guest.ts';

directorBehaviour('the kernel', openKernelDirector);

const director = openKernelDirector();
afterAll(() => director.close());

function errorOf(call: () => unknown): IpvsError {
  try {
    call();
  } catch (error) {
    if (error instanceof IpvsError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** A table as lvstop has it and as `ipvsadm -Sn` prints it. */
interface Sample {
  readonly service: Service;
  readonly realServers?: readonly RealServer[];
  readonly saved: string;
  /** What ipvsadm must be told for it, where its own saving loses something. */
  readonly restored?: string;
}

const web = parseService('tcp:203.0.113.10:80');
const samples: Readonly<Record<string, Sample>> = {
  'a TCP service': {
    service: aService('tcp:203.0.113.10:80', { scheduler: 'wrr' }),
    saved: '-A -t 203.0.113.10:80 -s wrr',
  },
  'a UDP service of single packets': {
    service: aService('udp:203.0.113.10:53', { scheduler: 'rr', onePacket: true }),
    saved: '-A -u 203.0.113.10:53 -s rr -o',
  },
  'an SCTP service': {
    service: aService('sctp:203.0.113.10:9899', { scheduler: 'sed' }),
    saved: '-A --sctp-service 203.0.113.10:9899 -s sed',
  },
  'an IPv6 service': {
    service: aService('tcp:[2001:db8::1]:443', { scheduler: 'lc' }),
    saved: '-A -t [2001:db8::1]:443 -s lc',
  },
  'a firewall mark': { service: aService('fwm:7', { scheduler: 'dh' }), saved: '-A -f 7 -s dh' },
  'a firewall mark in IPv6': { service: aService('fwm6:7', { scheduler: 'nq' }), saved: '-A -f 7 -6 -s nq' },
  'persistence by network': {
    service: aService('tcp:203.0.113.10:80', { persistence: { timeout: 300, netmask: 0xffffff00 } }),
    saved: '-A -t 203.0.113.10:80 -s wlc -p 300 -M 255.255.255.0',
  },
  'persistence of every port': {
    service: aService('tcp:203.0.113.10:0', { persistence: { timeout: 360, netmask: 0xffffffff } }),
    saved: '-A -t 203.0.113.10:0 -s wlc -p 360',
  },
  'persistence by IPv6 prefix': {
    service: aService('tcp:[2001:db8::1]:443', { persistence: { timeout: 60, netmask: 64 } }),
    saved: '-A -t [2001:db8::1]:443 -s wlc -p 60 -M 64',
  },
  'a persistence engine': {
    service: aService('udp:203.0.113.10:5060', {
      persistence: { timeout: 60, netmask: 0xffffffff },
      engine: 'sip',
    }),
    saved: '-A -u 203.0.113.10:5060 -s wlc -p 60 --pe sip',
  },
  'flags of sh': {
    service: aService('tcp:203.0.113.10:80', { scheduler: 'sh', schedulerFlags: 3 }),
    saved: '-A -t 203.0.113.10:80 -s sh -b sh-fallback,sh-port',
  },
  'the third flag': {
    service: aService('tcp:203.0.113.10:80', { scheduler: 'rr', schedulerFlags: 4 }),
    saved: '-A -t 203.0.113.10:80 -s rr -b flag-3',
  },
  'real servers under NAT, weight 0 and thresholds included': {
    service: aService(web),
    realServers: [
      aRealServer('10.1.0.21:8080', { forwarding: 'nat', weight: 65535 }),
      aRealServer('10.1.0.22:8081', {
        forwarding: 'nat',
        weight: 0,
        upperThreshold: 100,
        lowerThreshold: 50,
      }),
    ],
    saved: `-A -t 203.0.113.10:80 -s wlc
-a -t 203.0.113.10:80 -r 10.1.0.21:8080 -m -w 65535
-a -t 203.0.113.10:80 -r 10.1.0.22:8081 -m -w 0`,
    restored: `-A -t 203.0.113.10:80 -s wlc
-a -t 203.0.113.10:80 -r 10.1.0.21:8080 -m -w 65535
-a -t 203.0.113.10:80 -r 10.1.0.22:8081 -m -w 0 -x 100 -y 50`,
  },
  'real servers under DR and TUN': {
    service: aService(web),
    realServers: [
      aRealServer('10.1.0.21:80', { forwarding: 'dr' }),
      aRealServer('10.1.0.22:80', { forwarding: 'tun' }),
      aRealServer('10.1.0.23:80', {
        forwarding: 'tun',
        tunnel: { type: 'gue', port: 6080, checksum: 'no' },
      }),
      aRealServer('10.1.0.24:80', {
        forwarding: 'tun',
        tunnel: { type: 'gue', port: 6081, checksum: 'yes' },
      }),
      aRealServer('10.1.0.25:80', {
        forwarding: 'tun',
        tunnel: { type: 'gue', port: 6082, checksum: 'remote' },
      }),
      aRealServer('10.1.0.26:80', { forwarding: 'tun', tunnel: { type: 'gre', port: 0, checksum: 'yes' } }),
    ],
    saved: `-A -t 203.0.113.10:80 -s wlc
-a -t 203.0.113.10:80 -r 10.1.0.21:80 -g -w 1
-a -t 203.0.113.10:80 -r 10.1.0.22:80 -i -w 1 --tun-type ipip
-a -t 203.0.113.10:80 -r 10.1.0.23:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum
-a -t 203.0.113.10:80 -r 10.1.0.24:80 -i -w 1 --tun-type gue --tun-port 6081 --tun-csum
-a -t 203.0.113.10:80 -r 10.1.0.25:80 -i -w 1 --tun-type gue --tun-port 6082 --tun-remcsum
-a -t 203.0.113.10:80 -r 10.1.0.26:80 -i -w 1 --tun-type gre --tun-csum`,
  },
  'IPv6 real servers, of an IPv4 service too': {
    service: aService(web),
    realServers: [aRealServer('[2001:db8:1::21]:80', { forwarding: 'tun' })],
    saved: `-A -t 203.0.113.10:80 -s wlc
-a -t 203.0.113.10:80 -r [2001:db8:1::21]:80 -i -w 1 --tun-type ipip`,
  },
  'real servers of a firewall mark': {
    service: aService('fwm6:7', { scheduler: 'rr' }),
    realServers: [aRealServer('[2001:db8:1::21]:0', { forwarding: 'dr' })],
    saved: `-A -f 7 -6 -s rr
-a -f 7 -6 -r [2001:db8:1::21]:0 -g -w 1`,
  },
};

describe('ipvsadm and lvstop see the same', () => {
  beforeEach(flush);

  test.each(Object.entries(samples))('when lvstop writes %s', async (_, { service, realServers, saved }) => {
    addService(director, service);
    for (const realServer of realServers ?? []) addRealServer(director, service.identity, realServer);
    expect(await ipvsadmSave()).toBe(saved.split('\n').sort().join('\n'));
  });

  test.each(Object.entries(samples))('when ipvsadm writes %s', async (_, sample) => {
    const { service, realServers, saved, restored = saved } = sample;
    await ipvsadmRestore(restored);
    expect(allServices(director).map((entry) => entry.service)).toEqual([service]);
    const read = allRealServers(director, service.identity).map((entry) => entry.realServer);
    // Newest first is the kernel's order.
    expect(read.reverse()).toEqual(realServers ?? []);
  });

  test('thresholds, which ipvsadm lists but does not save', async () => {
    addService(director, aService(web));
    addRealServer(
      director,
      web,
      aRealServer('10.1.0.22:80', { upperThreshold: 4_000_000_000, lowerThreshold: 50 }),
    );
    expect(await ipvsadm('-Ln', '--thresholds')).toMatch(/10\.1\.0\.22:80 +4000000000 +50 /);
  });

  test('time-outs', async () => {
    const before = director.timeouts();
    director.setTimeouts({ tcp: 901, tcpFin: 121, udp: 301 });
    expect(await ipvsadm('-L', '--timeout')).toContain('901 121 301');
    director.setTimeouts(before);
  });

  test('a thousand services', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `${10_000 + index}`);
    await ipvsadmRestore(names.map((port) => `-A -t 203.0.113.10:${port} -s wlc`).join('\n'));
    const read = allServices(director).map(({ service }) => formatService(service.identity));
    expect(read.sort()).toEqual(names.map((port) => `tcp:203.0.113.10:${port}`).sort());
  });

  test('a thousand real servers of one service', async () => {
    const ports = Array.from({ length: 1000 }, (_, index) => 10_000 + index);
    const lines = ports.map((port) => `-a -t 203.0.113.10:80 -r 10.1.0.21:${port} -m`);
    await ipvsadmRestore(['-A -t 203.0.113.10:80 -s wlc', ...lines].join('\n'));
    const read = allRealServers(director, web).map(({ realServer }) => realServer.identity.port);
    expect(read).toEqual(ports.reverse());
  });
});

describe('sync daemons', () => {
  const daemon: SyncDaemon = {
    ...{ state: 'master', interface: 'eth0', syncId: 42, maxLength: 0, group: null, port: 0, ttl: 0 },
  };

  beforeEach(flush);

  test('are started with the kernel’s own choice of what was left open, seen by ipvsadm, and stopped', async () => {
    director.startSyncDaemon(daemon);
    expect(director.syncDaemons()).toEqual([
      { ...daemon, maxLength: 1472, group: '224.0.0.81', port: 8848, ttl: 1 },
    ]);
    expect(await ipvsadm('-L', '--daemon')).toMatch(/^master sync daemon \(mcast=eth0, syncid=42/m);
    expect(errorOf(() => director.startSyncDaemon(daemon))).toMatchObject({
      kind: 'refused',
      errno: 'EEXIST',
    });
    director.stopSyncDaemon('master', 42);
    expect(director.syncDaemons()).toEqual([]);
  });

  test('run in both states at once, each with its own settings', () => {
    const backup: SyncDaemon = {
      ...{ state: 'backup', interface: 'eth1', syncId: 7, maxLength: 1400, port: 8850, ttl: 5 },
      group: 'ff02::81',
    };
    director.startSyncDaemon({ ...daemon, group: '224.0.0.90' });
    director.startSyncDaemon(backup);
    expect(director.syncDaemons()).toEqual([
      { ...daemon, maxLength: 1472, group: '224.0.0.90', port: 8848, ttl: 1 },
      backup,
    ]);
    director.stopSyncDaemon('master', 42);
    director.stopSyncDaemon('backup', 7);
    expect(director.syncDaemons()).toEqual([]);
  });

  test('keep real servers of another family out', () => {
    addService(director, aService(web));
    director.startSyncDaemon(daemon);
    const other = aRealServer('[2001:db8:1::21]:80', { forwarding: 'tun' });
    expect(errorOf(() => addRealServer(director, web, other))).toMatchObject({ errno: 'EINVAL' });
    director.stopSyncDaemon('master', 42);
    addRealServer(director, web, other);
  });
});

describe('without the right to it', () => {
  const script = `
    import { openKernelDirector } from ${JSON.stringify(join(checkout, 'src/director/kernel/kernel-director.ts'))};
    import { deleteAllServices } from ${JSON.stringify(join(checkout, 'test/director/table-edits.ts'))};
    const director = openKernelDirector();
    for (const call of [() => director.info(), () => [...director.serviceBatches()], () => deleteAllServices(director)]) {
      try { call(); console.log('done'); } catch (error) { console.log(error.kind, error.errno); }
    }`;

  test('the kernel can neither be read nor written, and the error says which right is missing', async () => {
    const printed = await run([
      ...['setpriv', '--bounding-set', '-all', '--inh-caps', '-all'],
      ...['node', '--input-type=module', '-e', script],
    ]);
    expect(printed.trim().split('\n')).toEqual(Array(3).fill('unreachable EPERM'));
  });
});

describe('on one socket', () => {
  test('a second dump is refused while the first is being read', async () => {
    await flush();
    // More than one call of the system receives.
    await ipvsadmRestore(
      Array.from({ length: 1000 }, (_, index) => `-A -t 203.0.113.10:${1000 + index}`).join('\n'),
    );
    const socket = new NetlinkSocket();
    const client = new IpvsClient(() => socket);
    const reading = client.services();
    reading.next();
    expect(() => client.services().next()).toThrow('EBUSY');
    socket.close();
    await flush();
  });
});

describe('when the module is unloaded under an open director', () => {
  const loaded = /^ip_vs\w*(?= )/gm;

  async function unload(): Promise<readonly string[]> {
    await flush();
    const modules = (await run(['cat', '/proc/modules'])).match(loaded) ?? [];
    const rest = modules.filter((name) => name !== 'ip_vs');
    await run(['rmmod', ...rest, 'ip_vs']);
    return modules;
  }

  test('every call says so until it is loaded again, and then works as before', async () => {
    const own: Director = openKernelDirector();
    addService(own, aService(web));
    addRealServer(own, web, aRealServer('10.1.0.21:80'));
    expect(allServices(own)).toHaveLength(1);

    const modules = await unload();
    for (const call of [
      () => own.info(),
      () => allServices(own),
      () => allRealServers(own, web),
      () => own.findService(web),
      () => addService(own, aService(web)),
    ]) {
      expect(errorOf(call)).toMatchObject({ kind: 'unreachable', errno: 'ENOENT' });
    }
    expect(own.setting('run_estimation')).toBeUndefined();

    await run(['modprobe', '-a', ...modules]);
    expect(allServices(own)).toEqual([]);
    addService(own, aService(web));
    addRealServer(own, web, aRealServer('10.1.0.21:80'));
    expect(allRealServers(own, web).map((entry) => entry.realServer.identity)).toEqual([
      parseRealServer('10.1.0.21:80'),
    ]);
    deleteAllServices(own);
    own.close();
  });

  test('the family’s new id is found by the first call, whichever it is', async () => {
    for (const call of [
      (own: Director) => own.info(),
      (own: Director) => allServices(own),
      (own: Director) => addService(own, aService(web)),
    ]) {
      const own = openKernelDirector();
      own.info();
      const modules = await unload();
      await run(['modprobe', '-a', ...modules]);
      expect(() => call(own)).not.toThrow();
      own.close();
    }
    await flush();
  });
});
