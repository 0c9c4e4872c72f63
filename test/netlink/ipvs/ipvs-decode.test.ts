import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zeroCounters, zeroRates } from '../../../src/ipvs/counters.ts';
import {
  readInfo,
  readRealServer,
  readService,
  readSyncDaemon,
  readTimeouts,
} from '../../../src/netlink/ipvs/ipvs-decode.ts';
import { AttributeReader } from '../../../src/netlink/wire/attribute-reader.ts';
import { readerOf, statistics } from '../kernel-answers.ts';
import { attribute, be16, be32, i32, nest, text, u8, u16, u32, u64 } from '../kernel-bytes.ts';

const inet = attribute(1, u16(2));
const inet6 = attribute(1, u16(10));
const address = (...bytes: number[]) => Buffer.concat([Buffer.from(bytes)], 16);
const tcp80 = [attribute(2, u16(6)), attribute(3, address(203, 0, 113, 10)), attribute(4, be16(80))];

function service(...attributes: Buffer[]) {
  return readService(readerOf(nest(1, ...attributes)));
}

function realServer(...attributes: Buffer[]) {
  return readRealServer(readerOf(nest(2, ...attributes)), 'inet');
}

describe('a service', () => {
  test('is read from the kernel’s attributes', () => {
    const entry = service(
      inet,
      ...tcp80,
      attribute(6, text('wlc')),
      attribute(7, Buffer.concat([u32(0x1 | 0x2 | 0x8), u32(0xffffffff)])),
      attribute(8, u32(300)),
      attribute(9, be32(0xffffff00)),
      attribute(11, text('sip')),
    );
    expect(entry?.service).toEqual({
      identity: { kind: 'address', family: 'inet', protocol: 'tcp', address: '203.0.113.10', port: 80 },
      scheduler: 'wlc',
      schedulerFlags: 1,
      onePacket: false,
      persistence: { timeout: 300, netmask: 0xffffff00 },
      engine: 'sip',
    });
  });

  test('that is as it was is the object that it was, and another one in its place is not', () => {
    const before = service(inet, ...tcp80, attribute(6, text('wlc')));
    const again = (...attributes: Buffer[]) => readService(readerOf(nest(1, ...attributes)), before)?.service;
    const [protocol, host, port] = tcp80 as [Buffer, Buffer, Buffer];
    const rest = attribute(6, text('wlc'));
    expect(again(inet, ...tcp80, rest)).toBe(before?.service);
    for (const other of [
      [attribute(2, u16(17)), host, port],
      [protocol, attribute(3, address(203, 0, 113, 11)), port],
      [protocol, host, attribute(4, be16(81))],
      [attribute(5, u32(7))],
    ]) {
      const found = again(inet, ...other, rest);
      expect(found).not.toBe(before?.service);
      expect(found?.identity).not.toEqual(before?.service.identity);
    }
  });

  test('holds an IPv6 mask as a prefix length in the machine’s own order', () => {
    const entry = service(
      inet6,
      attribute(2, u16(17)),
      attribute(3, address(0x20, 0x01, 0x0d, 0xb8)),
      attribute(4, be16(53)),
      attribute(7, Buffer.concat([u32(1), u32(0xffffffff)])),
      attribute(9, u32(64)),
    );
    expect(entry?.service.identity).toMatchObject({ protocol: 'udp', address: '2001:db8::', port: 53 });
    expect(entry?.service.persistence).toEqual({ timeout: 0, netmask: 64 });
  });

  test('of a firewall mark has neither address nor protocol', () => {
    expect(service(inet6, attribute(5, u32(0xffffffff)))?.service.identity).toEqual({
      kind: 'fwmark',
      family: 'inet6',
      fwmark: 0xffffffff,
    });
  });

  test('without statistics has carried nothing', () => {
    expect(service(inet, ...tcp80)).toMatchObject({ counters: zeroCounters, kernelRates: zeroRates });
  });

  test('shows its statistics of 64 bits, whichever of both kinds comes first', () => {
    const narrow = statistics(10, false, { ...zeroCounters, connections: 1 }, zeroRates);
    const wide = statistics(12, true, { ...zeroCounters, connections: 2 ** 40 }, zeroRates);
    expect(service(inet, ...tcp80, narrow, wide)?.counters.connections).toBe(2 ** 40);
    expect(service(inet, ...tcp80, wide, narrow)?.counters.connections).toBe(2 ** 40);
  });

  test('counts beyond 2^53 without losing one', () => {
    const counted = { ...zeroCounters, inBytes: 2n ** 53n + 1n, outBytes: 2n ** 64n - 1n };
    expect(service(inet, ...tcp80, statistics(12, true, counted, zeroRates))?.counters).toEqual(counted);
    const exact = { ...zeroCounters, inBytes: Number.MAX_SAFE_INTEGER };
    expect(service(inet, ...tcp80, statistics(12, true, exact, zeroRates))?.counters).toEqual(exact);
  });

  test('of a family that is neither IPv4 nor IPv6 is passed over', () => {
    expect(service(attribute(1, u16(3)), ...tcp80)).toBeUndefined();
  });

  test('without address and mark is passed over', () => {
    expect(service(inet, attribute(6, text('rr')))).toBeUndefined();
  });

  test('has the names that the kernel has: what goes back to it must find them', () => {
    const entry = service(
      inet,
      ...tcp80,
      attribute(6, text('\x1b]0;x\x07')),
      attribute(11, Buffer.from([0x9b, 0x41])),
    );
    expect(entry?.service.scheduler).toBe('\x1b]0;x\x07');
    expect(entry?.service.engine).toBe('\udc9bA');
  });
});

describe('a real server', () => {
  const there = [attribute(1, address(10, 0, 0, 21)), attribute(2, be16(8080))];

  test('of a kernel without tunnel settings and family has ipip and its service’s family', () => {
    const entry = realServer(...there, attribute(3, u32(2)), attribute(4, u32(5)));
    expect(entry?.realServer).toEqual({
      identity: { family: 'inet', address: '10.0.0.21', port: 8080 },
      forwarding: 'tun',
      weight: 5,
      upperThreshold: 0,
      lowerThreshold: 0,
      tunnel: { type: 'ipip', port: 0, checksum: 'no' },
    });
  });

  test('behind a GUE tunnel tells its port in network order and its checksum', () => {
    const entry = realServer(
      ...there,
      attribute(3, u32(2)),
      attribute(13, u8(1)),
      attribute(14, be16(6080)),
      attribute(15, u16(2)),
    );
    expect(entry?.realServer.tunnel).toEqual({ type: 'gue', port: 6080, checksum: 'remote' });
  });

  test('keeps the forwarding method apart from the other bits of a connection’s flags', () => {
    expect(realServer(...there, attribute(3, u32(0x100 | 3)))?.realServer.forwarding).toBe('dr');
  });

  test('shows a weight under 0 as such', () => {
    expect(realServer(...there, attribute(4, i32(-1)))?.realServer.weight).toBe(-1);
  });

  test('of another family than its service’s says so itself', () => {
    const entry = realServer(
      attribute(1, address(0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x21)),
      attribute(2, be16(0)),
      attribute(11, u16(10)),
    );
    expect(entry?.realServer.identity).toEqual({ family: 'inet6', address: 'fd00::21', port: 0 });
  });

  test('without an address is passed over', () => {
    expect(realServer(attribute(2, be16(80)))).toBeUndefined();
  });
});

describe('an answer', () => {
  test('of information tells version and connection table', () => {
    expect(readInfo(readerOf(Buffer.concat([attribute(1, u32(0x010201)), attribute(2, u32(4096))])))).toEqual(
      {
        version: '1.2.1',
        connectionTableSize: 4096,
      },
    );
  });

  test('without what was asked for is empty', () => {
    const nothing = Buffer.alloc(0);
    expect(readService(readerOf(nothing))).toBeUndefined();
    expect(readRealServer(readerOf(nothing), 'inet')).toBeUndefined();
    expect(readSyncDaemon(readerOf(nothing))).toBeUndefined();
    expect(readTimeouts(readerOf(nothing))).toEqual({ tcp: 0, tcpFin: 0, udp: 0 });
  });

  test('may hold attributes that lvstop does not know, everywhere', () => {
    const unknown = attribute(999, Buffer.from('from a newer kernel'));
    const known = nest(1, unknown, inet, unknown, ...tcp80, nest(12, unknown, attribute(1, u64(7)), unknown));
    const entry = readService(readerOf(Buffer.concat([unknown, known, unknown])));
    expect(entry?.counters.connections).toBe(7);
    expect(entry?.service.identity).toMatchObject({ address: '203.0.113.10' });
  });

  test.each([
    ['an address too short', [inet, attribute(2, u16(6)), attribute(3, Buffer.alloc(4))]],
    ['a number too short', [inet, ...tcp80, attribute(8, u16(1))]],
    ['a counter too short', [inet, ...tcp80, nest(12, attribute(1, u32(1)))]],
    ['an attribute longer than its nest', [inet, Buffer.concat([u16(400), u16(6), text('rr')])]],
    ['an attribute shorter than its own head', [inet, Buffer.concat([u16(3), u16(6)])]],
  ])('with %s is refused', (_, attributes) => {
    expect(() => service(...attributes)).toThrow(RangeError);
  });
});

describe('whatever bytes come', () => {
  const readers: [string, (reader: AttributeReader) => unknown][] = [
    ['services', (reader) => readService(reader)],
    ['real servers', (reader) => readRealServer(reader, 'inet6')],
    ['sync daemons', readSyncDaemon],
    ['time-outs', readTimeouts],
    ['information', readInfo],
  ];
  /** Random bytes seldom reach the inner readers: well-formed attributes of random kinds and lengths do. */
  const attributes = fc.letrec((tie) => ({
    one: fc.oneof(
      { maxDepth: 4 },
      fc
        .tuple(fc.integer({ min: 0, max: 16 }), fc.uint8Array({ maxLength: 20 }))
        .map(([type, payload]) => attribute(type, payload)),
      fc
        .tuple(
          fc.integer({ min: 0, max: 16 }),
          fc.array(tie('one') as fc.Arbitrary<Buffer>, { maxLength: 12 }),
        )
        .map(([type, inner]) => nest(type, ...inner)),
      fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    ),
  })).one;

  test.each(readers)(
    'reading %s ends, in a value or in a RangeError, and reads nothing beyond',
    (_, read) => {
      fc.assert(
        fc.property(fc.oneof(attributes, fc.uint8Array({ maxLength: 200 })), (bytes) => {
          const buffer = new Uint8Array(bytes.length + 64);
          const attempt = () =>
            outcomeOf(() => read(new AttributeReader(new DataView(buffer.buffer)).enter(0, bytes.length)));
          buffer.set(bytes);
          const outcome = attempt();
          buffer.fill(0x55, bytes.length);
          expect(attempt()).toEqual(outcome);
        }),
        { numRuns: 500 },
      );
    },
  );

  function outcomeOf(run: () => unknown): unknown {
    try {
      return run();
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      return (error as RangeError).message;
    }
  }
});

test('a sync daemon of which the kernel tells little has nothing else', () => {
  expect(readSyncDaemon(readerOf(nest(3, attribute(1, u32(1)))))).toEqual({
    state: 'master',
    interface: '',
    syncId: 0,
    maxLength: 0,
    group: null,
    port: 0,
    ttl: 0,
  });
});
