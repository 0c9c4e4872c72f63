import fc from 'fast-check';
import { formatInet6 } from '../../src/ipvs/address.ts';
import type { Counter, Counters, Rates } from '../../src/ipvs/counters.ts';
import type { Family } from '../../src/ipvs/family.ts';
import { forwardingMethodOfNumber } from '../../src/ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../src/ipvs/identity.ts';
import { protocolOfNumber } from '../../src/ipvs/protocol.ts';
import type { RealServer } from '../../src/ipvs/real-server.ts';
import type { Service } from '../../src/ipvs/service.ts';
import type { SyncDaemon } from '../../src/ipvs/sync-daemon.ts';
import { type Tunnel, tunnelChecksums, tunnelTypeOfNumber } from '../../src/ipvs/tunnel.ts';

/* Everything that the kernel can hold, sensible or not. */

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
/** Names of schedulers, engines and interfaces: at most 15 bytes, none of which would have to be made visible. */
const name = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789_-'),
  minLength: 1,
  maxLength: 15,
});

export const family: fc.Arbitrary<Family> = fc.constantFrom('inet', 'inet6');

export function address(of: Family): fc.Arbitrary<string> {
  return of === 'inet'
    ? fc.ipV4()
    : fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatInet6(bytes));
}

export const serviceIdentity: fc.Arbitrary<ServiceIdentity> = family.chain((of) =>
  fc.oneof(
    fc.record({
      kind: fc.constant('address' as const),
      family: fc.constant(of),
      protocol: fc
        .oneof(fc.constantFrom(6, 17, 132), fc.integer({ min: 0, max: 0xffff }))
        .map(protocolOfNumber),
      address: address(of),
      port: u16,
    }),
    fc.record({
      kind: fc.constant('fwmark' as const),
      family: fc.constant(of),
      fwmark: fc.integer({ min: 1, max: 0xffffffff }),
    }),
  ),
);

export const service: fc.Arbitrary<Service> = serviceIdentity.chain((identity) =>
  fc.record({
    identity: fc.constant(identity),
    scheduler: name,
    schedulerFlags: fc.integer({ min: 0, max: 7 }),
    onePacket: fc.boolean(),
    persistence: fc.option(
      fc.record({
        timeout: u32,
        netmask: identity.family === 'inet' ? u32 : fc.integer({ min: 1, max: 128 }),
      }),
    ),
    engine: fc.option(name),
  }),
);

export const realServerIdentity: fc.Arbitrary<RealServerIdentity> = family.chain((of) =>
  fc.record({ family: fc.constant(of), address: address(of), port: u16 }),
);

const tunnel: fc.Arbitrary<Tunnel> = fc.record({
  type: fc.integer({ min: 0, max: 255 }).map(tunnelTypeOfNumber),
  port: u16,
  checksum: fc.constantFrom(...tunnelChecksums),
});

export const realServer: fc.Arbitrary<RealServer> = fc.record({
  identity: realServerIdentity,
  forwarding: fc.integer({ min: 0, max: 7 }).map(forwardingMethodOfNumber),
  weight: fc.integer({ min: 0, max: 0x7fffffff }),
  upperThreshold: u32,
  lowerThreshold: u32,
  tunnel,
});

export const syncDaemon: fc.Arbitrary<SyncDaemon> = fc.record({
  state: fc.constantFrom('master', 'backup'),
  interface: name,
  syncId: u32,
  maxLength: fc.integer({ min: 1, max: 0xffff }),
  group: fc.option(family.chain(address)),
  port: fc.integer({ min: 1, max: 0xffff }),
  ttl: fc.integer({ min: 1, max: 255 }),
});

/** 64 bits as lvstop carries them: a number where it is exact. */
export const counter64: fc.Arbitrary<Counter> = fc
  .oneof(
    fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
    fc.bigInt({ min: (1n << 53n) - 3n, max: (1n << 53n) + 3n }),
    u32.map(BigInt),
  )
  .map((value) => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value));

function five<Value>(value: fc.Arbitrary<Value>) {
  return fc.record({
    connections: value,
    inPackets: value,
    outPackets: value,
    inBytes: value,
    outBytes: value,
  });
}

export const counters: fc.Arbitrary<Counters> = five(counter64);

export const rates: fc.Arbitrary<Rates> = five(fc.maxSafeNat());

/** What fits into the older kind of statistics: bytes are 64 bits, all else 32. */
export const narrowCounters: fc.Arbitrary<Counters> = fc.record({
  connections: u32,
  inPackets: u32,
  outPackets: u32,
  inBytes: counter64,
  outBytes: counter64,
});

export const narrowRates: fc.Arbitrary<Rates> = five(u32);
