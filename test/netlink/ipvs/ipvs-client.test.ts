import { beforeEach, describe, expect, test } from 'vitest';
import { defaultRealServerSettings, type RealServer } from '../../../src/ipvs/real-server.ts';
import { defaultServiceSettings, type Service } from '../../../src/ipvs/service.ts';
import { FamilyMissingError, IpvsClient } from '../../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkError } from '../../../src/netlink/wire/netlink-error.ts';
import { NetlinkSocket } from '../../../src/netlink/wire/netlink-socket.ts';
import { writeOne } from '../client-writes.ts';
import { type Behaviour, FakeKernel } from '../fake-kernel.ts';
import { attribute, be16, generic, nest, text, u16, u32 } from '../kernel-bytes.ts';

let kernel: FakeKernel;
let client: IpvsClient;

beforeEach(() => {
  kernel = new FakeKernel();
  client = new IpvsClient(() => new NetlinkSocket(kernel.open()));
});

const identity = { kind: 'fwmark', family: 'inet', fwmark: 7 } as const;
const service: Service = { ...defaultServiceSettings, identity };
const realServer: RealServer = {
  ...defaultRealServerSettings,
  identity: { family: 'inet', address: '10.0.0.21', port: 0 },
};

const serviceRow = (fwmark: number) =>
  generic(1, nest(1, attribute(1, u16(2)), attribute(5, u32(fwmark)), attribute(6, text('wlc'))));
const realServerRow = (last: number) =>
  generic(5, nest(2, attribute(1, Buffer.concat([Buffer.of(10, 0, 0, last)], 16)), attribute(2, be16(0))));

const acknowledging: Behaviour = (_, answer) => [answer.acknowledgement()];
/** Three services in three datagrams, two real servers in two; every write succeeds. */
const table: Behaviour = ({ command, flags }, answer) => {
  if ((flags & 0x300) === 0) return [answer.acknowledgement()];
  return command === 4
    ? [...[1, 2, 3].map((mark) => answer.message(serviceRow(mark))), answer.done()]
    : [...[21, 22].map((last) => answer.message(realServerRow(last))), answer.done()];
};

const marks = (batch: Iterable<{ service: Service }>) =>
  [...batch].map((entry) => (entry.service.identity.kind === 'fwmark' ? entry.service.identity.fwmark : 0));
const allMarks = () => [...client.services()].flatMap(marks);

describe('every call', () => {
  const calls: [string, number, (client: IpvsClient) => unknown][] = [
    ['info', 15, (own) => own.info()],
    ['service', 4, (own) => own.service(identity)],
    ['newService', 1, (own) => writeOne(own, { operation: 'add service', service: service })],
    ['setService', 2, (own) => writeOne(own, { operation: 'edit service', service: service })],
    ['deleteService', 3, (own) => writeOne(own, { operation: 'delete service', identity: identity })],
    [
      'newRealServer',
      5,
      (own) => writeOne(own, { operation: 'add real server', identity: identity, realServer: realServer }),
    ],
    [
      'setRealServer',
      6,
      (own) => writeOne(own, { operation: 'edit real server', identity: identity, realServer: realServer }),
    ],
    [
      'deleteRealServer',
      7,
      (own) =>
        writeOne(own, {
          operation: 'delete real server',
          identity: identity,
          realServer: { identity: realServer.identity },
        }),
    ],
    ['zero', 16, (own) => own.zero(identity)],
    ['zero of all', 16, (own) => own.zero()],
    ['timeouts', 13, (own) => own.timeouts()],
    ['setTimeouts', 12, (own) => own.setTimeouts({ tcp: 900, tcpFin: 0, udp: 0 })],
    ['deleteSyncDaemon', 10, (own) => own.deleteSyncDaemon('master', 0)],
  ];

  test.each(calls)('%s is command %i of version 1 of the family, acknowledged', (_, command, call) => {
    kernel.register('IPVS', 33, acknowledging);
    call(client);
    expect(kernel.requests).toMatchObject([{ family: 33, command, version: 1, flags: 1 | 4 }]);
  });

  test.each(calls)('%s hands on what the kernel says against it', (_, __, call) => {
    kernel.register('IPVS', 33, (_request, answer) => [answer.error('EPERM')]);
    expect(() => call(client)).toThrow(NetlinkError);
    expect(() => call(client)).toThrow('EPERM');
  });

  test('asks for the family’s id only once', () => {
    kernel.register('IPVS', 33, acknowledging);
    client.zero();
    client.zero();
    expect(kernel.lookUps).toBe(1);
  });
});

describe('a dump', () => {
  beforeEach(() => kernel.register('IPVS', 33, table));

  test('gives all rows of all datagrams, and its socket serves the next one', () => {
    expect(allMarks()).toEqual([1, 2, 3]);
    expect(allMarks()).toEqual([1, 2, 3]);
    expect(kernel.openSockets).toBe(2);
  });

  test('left early is over: the next one is whole', () => {
    for (const batch of client.services()) {
      expect(marks(batch)).toEqual([1]);
      break;
    }
    expect(allMarks()).toEqual([1, 2, 3]);
    expect(kernel.openSockets).toBe(2);
  });

  test('goes on after a write between two of its slices', () => {
    const seen: number[] = [];
    for (const batch of client.services()) {
      seen.push(...marks(batch));
      writeOne(client, { operation: 'add service', service: service });
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  test('goes on while others are read between two of its slices', () => {
    const seen: number[] = [];
    for (const batch of client.services()) {
      seen.push(...marks(batch));
      expect([...client.realServers(identity)].flat()).toHaveLength(2);
      expect(allMarks()).toEqual([1, 2, 3]);
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(kernel.openSockets).toBe(3);
  });

  test('that fails leaves nothing behind for the next one', () => {
    kernel.register('IPVS', 33, (_, answer) => [
      answer.message(serviceRow(9)),
      { bytes: Buffer.alloc(70_000) },
    ]);
    expect(allMarks).toThrow('cut off');
    kernel.register('IPVS', 33, table);
    expect(allMarks()).toEqual([1, 2, 3]);
  });

  test('with a row that cannot be read is a failed exchange, told as such', () => {
    kernel.register('IPVS', 33, (_, answer) => [
      answer.message(generic(1, nest(1, attribute(1, Buffer.of(2))))),
      answer.done(),
    ]);
    expect(allMarks).toThrow(NetlinkError);
    expect(allMarks).toThrow('read services: attribute 1 has 1 bytes, 2 needed');
  });
});

describe('writes together', () => {
  test('whose answer is lost leave nothing behind for the next call', () => {
    kernel.register('IPVS', 33, (_, answer) => [answer.message(serviceRow(9))]);
    const write = { operation: 'add service', service } as const;
    expect(() => client.write([write], identity)).toThrow('the kernel gave no answer');
    kernel.register('IPVS', 33, table);
    expect(client.write([write], identity).look).toMatchObject({ realServers: [{}] });
    expect(kernel.openSockets).toBe(1);
  });
});

describe('when the module is unloaded and loaded', () => {
  test('the family’s new id is found, and the call repeated once', () => {
    kernel.register('IPVS', 33, table);
    client.zero();
    kernel.register('IPVS', 34, table);
    client.zero();
    expect(kernel.requests.map(({ family }) => family)).toEqual([33, 33, 34]);
    expect(kernel.lookUps).toBe(2);
  });

  test('so it is for a dump', () => {
    kernel.register('IPVS', 33, table);
    expect(allMarks()).toEqual([1, 2, 3]);
    kernel.register('IPVS', 34, table);
    expect(allMarks()).toEqual([1, 2, 3]);
  });

  test('and another family got the old id, the call is repeated with the new one', () => {
    kernel.register('IPVS', 33, table);
    client.zero();
    kernel.register('OTHER', 33, (_, answer) => [answer.error('EOPNOTSUPP')]);
    kernel.register('IPVS', 34, table);
    expect(allMarks()).toEqual([1, 2, 3]);
  });

  test('writes that were refused for the old id are repeated with the new one, and with the same one not', () => {
    const writes = [
      { operation: 'add service', service },
      { operation: 'add real server', identity, realServer },
    ] as const;
    kernel.register('IPVS', 33, table);
    expect(client.write(writes, identity)).toMatchObject({ errnos: [null, null], look: { isWhole: true } });
    kernel.register('IPVS', 34, table);
    expect(client.write(writes, undefined)).toEqual({ errnos: [null, null], look: null });
    expect(kernel.requests.map(({ family }) => family)).toEqual([33, 33, 33, 33, 33, 33, 34, 34]);
    kernel.register('IPVS', 34, (_, answer) => [answer.error('ENOENT')]);
    expect(client.write(writes, undefined)).toEqual({ errnos: ['ENOENT', 'ENOENT'], look: null });
    expect(kernel.requests).toHaveLength(10);
  });

  test('ENOENT under the same id is the answer to the request, and not repeated', () => {
    kernel.register('IPVS', 33, (_, answer) => [answer.error('ENOENT')]);
    expect(() => writeOne(client, { operation: 'add service', service: service })).toThrow(
      'add service: ENOENT',
    );
    expect(kernel.requests).toHaveLength(1);
    expect(() => client.zero()).toThrow('ENOENT');
    expect(kernel.requests).toHaveLength(2);
  });

  test('while it is gone every call says so, and the first one after works', () => {
    expect(() => client.info()).toThrow(FamilyMissingError);
    kernel.register('IPVS', 33, table);
    client.zero();
    kernel.unregister('IPVS');
    expect(() => client.zero()).toThrow(FamilyMissingError);
    expect(allMarks).toThrow(FamilyMissingError);
    kernel.register('IPVS', 35, table);
    expect(allMarks()).toEqual([1, 2, 3]);
    client.zero();
    expect(kernel.openSockets).toBe(2);
  });
});

describe('stopping a sync daemon that has not run yet, which the kernel does not acknowledge,', () => {
  const listing = (...states: number[]): Behaviour => {
    return ({ command }, answer) =>
      command === 11
        ? [
            ...states.map((state) => answer.message(generic(9, nest(3, attribute(1, u32(state)))))),
            answer.done(),
          ]
        : [];
  };

  test('is done when it is gone', () => {
    kernel.register('IPVS', 33, listing(2));
    expect(() => client.deleteSyncDaemon('master', 0)).not.toThrow();
  });

  test('is not when it is still there', () => {
    kernel.register('IPVS', 33, listing(1, 2));
    expect(() => client.deleteSyncDaemon('master', 0)).toThrow('the kernel gave no answer');
  });
});

test('closing lets go of every socket, and ends a dump that is being read', () => {
  kernel.register('IPVS', 33, table);
  allMarks();
  const slices = client.services();
  slices.next();
  client.close();
  expect(kernel.openSockets).toBe(0);
  expect(() => slices.next()).toThrow();
});
