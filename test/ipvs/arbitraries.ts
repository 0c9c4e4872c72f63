import fc from 'fast-check';
import { formatInet, formatInet6 } from '../../src/ipvs/address.ts';
import type { Family } from '../../src/ipvs/family.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../src/ipvs/identity.ts';
import type { RealServer } from '../../src/ipvs/real-server.ts';
import { schedulers } from '../../src/ipvs/scheduler.ts';
import { usableSchedulerFlags } from '../../src/ipvs/scheduler-flags.ts';
import type { Persistence, Service } from '../../src/ipvs/service.ts';
import { defaultTunnel, type Tunnel } from '../../src/ipvs/tunnel.ts';

/** Either family. */
export const anyFamily = fc.constantFrom<Family>('inet', 'inet6');

/** A canonical address of any kind, of the family. */
export function anyAddress(family: Family): fc.Arbitrary<string> {
  return family === 'inet'
    ? fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => formatInet(bytes))
    : fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => formatInet6(bytes));
}

/** A canonical address that a host can have, of the family. */
export function unicastAddress(family: Family): fc.Arbitrary<string> {
  return family === 'inet'
    ? fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map(([a, b, c]) => `10.${a}.${b}.${c}`)
    : fc
        .uint8Array({ minLength: 12, maxLength: 12 })
        .map((bytes) => formatInet6([0x20, 0x01, 0x0d, 0xb8, ...bytes]));
}

/** Any port but 0. */
export const anyPort = fc.integer({ min: 1, max: 65535 });

/** Any service identity that an operator can write. */
export const anyServiceIdentity: fc.Arbitrary<ServiceIdentity> = anyFamily.chain((family) =>
  fc.oneof(
    fc.record({
      kind: fc.constant('address' as const),
      family: fc.constant(family),
      protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
      address: unicastAddress(family),
      port: fc.integer({ min: 0, max: 65535 }),
    }),
    fc.record({
      kind: fc.constant('fwmark' as const),
      family: fc.constant(family),
      fwmark: fc.integer({ min: 1, max: 0xffffffff }),
    }),
  ),
);

/** Any real server identity. */
export const anyRealServerIdentity: fc.Arbitrary<RealServerIdentity> = anyFamily.chain((family) =>
  fc.record({ family: fc.constant(family), address: unicastAddress(family), port: anyPort }),
);

function anyPersistence(family: Family): fc.Arbitrary<Persistence> {
  const netmask =
    family === 'inet'
      ? fc.oneof(
          fc.integer({ min: 0, max: 32 }).map((length) => 2 ** 32 - 2 ** (32 - length)),
          fc.integer({ min: 0, max: 0xffffffff }),
        )
      : fc.integer({ min: 1, max: 128 });
  return fc.record({ timeout: fc.integer({ min: 1, max: 2678400 }), netmask });
}

/** Any service that lvstop would make. */
export const anyService: fc.Arbitrary<Service> = anyServiceIdentity.chain((identity) =>
  fc
    .record({
      scheduler: fc.constantFrom(...schedulers.map(({ name }) => name), 'custom'),
      flags: fc.nat(7),
      onePacket: fc.boolean(),
      persistence: fc.option(anyPersistence(identity.family)),
      engine: fc.constantFrom(null, 'sip'),
    })
    .map(({ scheduler, flags, onePacket, persistence, engine }) => ({
      identity,
      scheduler,
      schedulerFlags: flags & usableSchedulerFlags(scheduler),
      onePacket: onePacket && (identity.kind === 'fwmark' || identity.protocol === 'udp'),
      persistence:
        identity.kind === 'address' && identity.port === 0 && persistence === null
          ? { timeout: 300, netmask: identity.family === 'inet' ? 0xffffffff : 128 }
          : persistence,
      engine,
    })),
);

const anyTunnel: fc.Arbitrary<Tunnel> = fc.oneof(
  fc.constant(defaultTunnel),
  fc.record({
    type: fc.constant('gue' as const),
    port: anyPort,
    checksum: fc.constantFrom('no' as const, 'yes' as const, 'remote' as const),
  }),
  fc.record({
    type: fc.constant('gre' as const),
    port: fc.constant(0),
    checksum: fc.constantFrom('no' as const, 'yes' as const),
  }),
);

/** Any real server that lvstop would add to the service. */
export function anyRealServerOf(service: ServiceIdentity): fc.Arbitrary<RealServer> {
  return fc
    .record({
      forwarding: fc.constantFrom('nat' as const, 'tun' as const, 'dr' as const),
      family: anyFamily,
      port: anyPort,
      weight: fc.oneof(fc.nat(100), fc.integer({ min: 0, max: 0x7fffffff })),
      upperThreshold: fc.integer({ min: 0, max: 0x7fffffff }),
      lower: fc.double({ min: 0, max: 1, noNaN: true }),
      tunnel: anyTunnel,
    })
    .chain(({ forwarding, family, port, lower, tunnel, ...rest }) => {
      const ownFamily = forwarding === 'tun' ? family : service.family;
      const servicePort = service.kind === 'address' ? service.port : port;
      return unicastAddress(ownFamily).map((address) => ({
        ...rest,
        identity: {
          family: ownFamily,
          address,
          port: forwarding === 'nat' && servicePort !== 0 ? port : servicePort,
        },
        forwarding,
        lowerThreshold: Math.floor(rest.upperThreshold * lower),
        tunnel: forwarding === 'tun' ? tunnel : defaultTunnel,
      }));
    });
}

/** Any service that the kernel takes of whoever asks it, odd ones too. */
export const anyKernelService: fc.Arbitrary<Service> = anyService.chain((service) =>
  fc.record({
    identity: fc.constant(service.identity),
    scheduler: fc.constant(service.scheduler),
    schedulerFlags: fc.nat(7),
    onePacket: fc.boolean(),
    persistence: fc.option(
      fc.record({
        timeout: fc.oneof(fc.integer({ min: 1, max: 2678400 }), fc.integer({ min: 0, max: 0xffffffff })),
        netmask: anyPersistence(service.identity.family).map(({ netmask }) => netmask),
      }),
    ),
    engine: fc.constantFrom(null, 'sip'),
  }),
);

const anyKernelTunnel: fc.Arbitrary<Tunnel> = fc.oneof(
  anyTunnel,
  fc.record({
    type: fc.constantFrom('ipip' as const, 'gue' as const, 'gre' as const, 'type-9' as const),
    port: fc.integer({ min: 0, max: 65535 }),
    checksum: fc.constantFrom('no' as const, 'yes' as const, 'remote' as const),
  }),
);

/** Any real server that the kernel takes, likewise. */
export function anyKernelRealServerOf(service: ServiceIdentity): fc.Arbitrary<RealServer> {
  return fc.oneof(
    anyRealServerOf(service),
    anyRealServerOf(service).chain((realServer) =>
      fc.record({
        identity: fc.integer({ min: 0, max: 65535 }).map((port) => ({ ...realServer.identity, port })),
        forwarding:
          realServer.identity.family === service.family
            ? fc.constantFrom('nat' as const, 'tun' as const, 'dr' as const, 'local' as const)
            : fc.constant('tun' as const),
        weight: fc.integer({ min: 0, max: 0x7fffffff }),
        upperThreshold: fc.integer({ min: 0x7fffffff, max: 0xffffffff }),
        lowerThreshold: fc.integer({ min: 0, max: 0x7fffffff }),
        tunnel: anyKernelTunnel,
      }),
    ),
  );
}
