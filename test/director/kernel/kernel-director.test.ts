import { beforeEach, describe, expect, test } from 'vitest';
import { allRealServers, allServices, type Director } from '../../../src/director/director.ts';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { IpvsError } from '../../../src/ipvs/error.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { IpvsClient } from '../../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkError } from '../../../src/netlink/wire/netlink-error.ts';
import { NetlinkSocket } from '../../../src/netlink/wire/netlink-socket.ts';
import { FakeKernel } from '../../netlink/fake-kernel.ts';
import {
  addRealServer,
  addService,
  deleteAllServices,
  deleteRealServer,
  deleteService,
  setRealServer,
  setService,
} from '../table-edits.ts';

let kernel: FakeKernel;
let director: Director;

beforeEach(() => {
  kernel = new FakeKernel();
  director = openKernelDirector(new IpvsClient(() => new NetlinkSocket(kernel.open())));
});

const web = parseService('tcp:203.0.113.10:80');
const service = { ...defaultServiceSettings, identity: web };
const realServer = { ...defaultRealServerSettings, identity: parseRealServer('10.0.0.21:8080') };

function errorOf(run: () => unknown): IpvsError {
  try {
    run();
  } catch (error) {
    if (error instanceof IpvsError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

const calls: [string, (own: Director) => unknown][] = [
  ['info', (own) => own.info()],
  ['serviceBatches', (own) => allServices(own)],
  ['realServerBatches', (own) => allRealServers(own, web)],
  ['findService', (own) => own.findService(web)],
  ['addService', (own) => addService(own, service)],
  ['setService', (own) => setService(own, service)],
  ['deleteService', (own) => deleteService(own, web)],
  ['addRealServer', (own) => addRealServer(own, web, realServer)],
  ['setRealServer', (own) => setRealServer(own, web, realServer)],
  ['deleteRealServer', (own) => deleteRealServer(own, web, realServer.identity)],
  ['zero', (own) => own.zero()],
  ['flush', (own) => deleteAllServices(own)],
  ['timeouts', (own) => own.timeouts()],
  ['setTimeouts', (own) => own.setTimeouts({ tcp: 900, tcpFin: 120, udp: 300 })],
  ['syncDaemons', (own) => own.syncDaemons()],
  ['startSyncDaemon', (own) => own.startSyncDaemon(daemon)],
  ['stopSyncDaemon', (own) => own.stopSyncDaemon('master', 0)],
];
const daemon = {
  state: 'master',
  interface: 'eth0',
  syncId: 0,
  maxLength: 0,
  group: null,
  port: 0,
  ttl: 0,
} as const;

describe.each(calls)('%s', (_, call) => {
  test('without IPVS in the kernel says so and how to load it', () => {
    const error = errorOf(() => call(director));
    expect(error).toMatchObject({ kind: 'unreachable', errno: 'ENOENT' });
    expect(error.message).toContain('modprobe ip_vs');
  });

  test('without the right says which one is missing', () => {
    kernel.register('IPVS', 33, (_request, answer) => [answer.error('EPERM')]);
    const error = errorOf(() => call(director));
    expect(error).toMatchObject({ kind: 'unreachable', errno: 'EPERM' });
    expect(error.message).toContain('CAP_NET_ADMIN');
  });

  test('is unreachable when the kernel’s answer makes no sense', () => {
    kernel.register('IPVS', 33, () => []);
    expect(errorOf(() => call(director))).toMatchObject({
      kind: 'unreachable',
      reason: 'the kernel gave no answer',
    });
  });
});

describe('what the kernel refuses', () => {
  test.each([
    ['add service tcp:203.0.113.10:80: the service is there already', 'EEXIST', 'addService'],
    ['edit service tcp:203.0.113.10:80: there is no such service', 'ESRCH', 'setService'],
    [
      'delete real server 10.0.0.21:8080 of tcp:203.0.113.10:80: the service has no such real server',
      'ENOENT',
      'deleteRealServer',
    ],
    ['start sync daemon master on eth0: there is no network interface "eth0"', 'ENODEV', 'startSyncDaemon'],
  ] as const)('reads: %s', (sentence, errno, name) => {
    kernel.register('IPVS', 33, (_, answer) => [answer.error(errno)]);
    const [, call] = calls.find(([known]) => known === name)!;
    const error = errorOf(() => call(director));
    expect(error).toMatchObject({ kind: 'refused', errno });
    expect(error.message).toContain(sentence);
  });
});

test('a service that is not there is not found, which is no error', () => {
  kernel.register('IPVS', 33, (_, answer) => [answer.error('ESRCH')]);
  expect(director.findService(web)).toBeUndefined();
});

test('a socket that cannot be opened makes the director unreachable', () => {
  const failure = new NetlinkError({ kind: 'system', operation: 'open socket', errno: 'EMFILE' });
  const without = openKernelDirector(
    new IpvsClient(() => {
      throw failure;
    }),
  );
  const error = errorOf(() => without.info());
  expect(error).toMatchObject({ kind: 'unreachable', errno: 'EMFILE' });
  expect(error.message).toContain(
    'the netlink socket failed at "open socket": this process may not open more files',
  );
  expect(error.cause).toBe(failure);
});

test('a setting is asked for by its name, and by nothing else', () => {
  expect(director.setting('../../../../../etc/passwd')).toBeUndefined();
  expect(director.setting('no_such_setting')).toBeUndefined();
});

test('nothing is asked of the kernel before the first call, and nothing stays open after the last', () => {
  kernel.register('IPVS', 33, (_, answer) => [answer.acknowledgement()]);
  expect(kernel.sockets).toHaveLength(0);
  deleteAllServices(director);
  director.close();
  expect(kernel.openSockets).toBe(0);
});
