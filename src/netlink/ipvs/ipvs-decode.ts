import { formatInet, formatInet6 } from '../../ipvs/address.ts';
import { type Counter, type Counters, type Rates, zeroCounters, zeroRates } from '../../ipvs/counters.ts';
import type { DirectorInfo, Timeouts } from '../../ipvs/director-info.ts';
import { type Family, familyOfNumber } from '../../ipvs/family.ts';
import { type ForwardingMethod, forwardingMethodOfNumber } from '../../ipvs/forwarding-method.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import { protocolOfNumber } from '../../ipvs/protocol.ts';
import type { RealServer, RealServerEntry } from '../../ipvs/real-server.ts';
import type { Service, ServiceEntry } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import {
  defaultTunnel,
  sameTunnel,
  type Tunnel,
  tunnelChecksumOfNumber,
  tunnelTypeOfNumber,
} from '../../ipvs/tunnel.ts';
import type { AttributeReader } from '../wire/attribute-reader.ts';
import {
  daemonAttributes,
  daemonStates,
  destinationAttributes,
  forwardingMask,
  infoAttributes,
  serviceAttributes,
  serviceFlags,
  statsAttributes,
  topAttributes,
} from './ipvs-constants.ts';

const forwardingMethods = Array.from({ length: forwardingMask + 1 }, (_, number) =>
  forwardingMethodOfNumber(number),
);

/**
 * Reads the service in an answer; `undefined` when the answer holds none, or one whose family or identity cannot be
 * told. Settings that are as in `before` are the same object.
 */
export function readService(top: AttributeReader, before?: ServiceEntry): ServiceEntry | undefined {
  return top.find(topAttributes.service) ? readServiceNest(top.nest(), before) : undefined;
}

/** Reads the real server in an answer to a dump of `family`'s service; `undefined` as for `readService`. */
export function readRealServer(
  top: AttributeReader,
  family: Family,
  before?: RealServerEntry,
): RealServerEntry | undefined {
  return top.find(topAttributes.destination) ? readDestinationNest(top.nest(), family, before) : undefined;
}

/** Reads the answer to GET_INFO. The version is one number, 0x010201 for 1.2.1. */
export function readInfo(top: AttributeReader): DirectorInfo {
  let version = 0;
  let connectionTableSize = 0;
  while (top.next()) {
    if (top.type === infoAttributes.version) version = top.u32();
    else if (top.type === infoAttributes.connectionTableSize) connectionTableSize = top.u32();
  }
  return { version: `${version >>> 16}.${(version >>> 8) & 255}.${version & 255}`, connectionTableSize };
}

/** Reads the answer to GET_CONFIG. */
export function readTimeouts(top: AttributeReader): Timeouts {
  let tcp = 0;
  let tcpFin = 0;
  let udp = 0;
  while (top.next()) {
    if (top.type === topAttributes.timeoutTcp) tcp = top.u32();
    else if (top.type === topAttributes.timeoutTcpFin) tcpFin = top.u32();
    else if (top.type === topAttributes.timeoutUdp) udp = top.u32();
  }
  return { tcp, tcpFin, udp };
}

/** Reads the sync daemon in an answer; `undefined` when the answer holds none. */
export function readSyncDaemon(top: AttributeReader): SyncDaemon | undefined {
  return top.find(topAttributes.daemon) ? readDaemonNest(top.nest()) : undefined;
}

function readServiceNest(nest: AttributeReader, before: ServiceEntry | undefined): ServiceEntry | undefined {
  let familyNumber = 0;
  let protocol = 0;
  let address: number | undefined;
  let port = 0;
  let fwmark: number | undefined;
  let scheduler = '';
  let flags = 0;
  let timeout = 0;
  let netmaskNative = 0;
  let netmaskNetwork = 0;
  let engine: string | null = null;
  let stats: Statistics | undefined;
  // Read only where those of 64 bits are missing.
  let narrowStats: number | undefined;
  let narrowStatsLength = 0;
  while (nest.next()) {
    switch (nest.type) {
      case serviceAttributes.family:
        familyNumber = nest.u16();
        break;
      case serviceAttributes.protocol:
        protocol = nest.u16();
        break;
      case serviceAttributes.address:
        address = nest.place(16);
        break;
      case serviceAttributes.port:
        port = nest.be16();
        break;
      case serviceAttributes.fwmark:
        fwmark = nest.u32();
        break;
      case serviceAttributes.scheduler:
        scheduler = nest.string();
        break;
      case serviceAttributes.flags:
        flags = nest.u32();
        break;
      case serviceAttributes.timeout:
        timeout = nest.u32();
        break;
      case serviceAttributes.netmask:
        netmaskNative = nest.u32();
        netmaskNetwork = nest.be32();
        break;
      case serviceAttributes.engine:
        engine = nest.string();
        break;
      case serviceAttributes.stats:
        narrowStats = nest.start;
        narrowStatsLength = nest.length;
        break;
      case serviceAttributes.stats64:
        stats = readStatistics(nest.nest(), true);
        break;
    }
  }
  const family = familyOfNumber(familyNumber);
  if (family === undefined) return undefined;
  if (stats === undefined && narrowStats !== undefined)
    stats = readStatistics(nest.nest(narrowStats, narrowStatsLength), false);
  let identity: ServiceIdentity;
  if (fwmark !== undefined) identity = { kind: 'fwmark', family, fwmark };
  else if (address === undefined) return undefined;
  else {
    const text = addressText(family, nest.octets, address);
    identity = { kind: 'address', family, protocol: protocolOfNumber(protocol), address: text, port };
  }
  const netmask = family === 'inet' ? netmaskNetwork : netmaskNative;
  const service: Service = {
    identity,
    scheduler,
    schedulerFlags: (flags >>> serviceFlags.schedulerShift) & serviceFlags.schedulerMask,
    onePacket: (flags & serviceFlags.onePacket) !== 0,
    persistence: (flags & serviceFlags.persistent) === 0 ? null : { timeout, netmask },
    engine,
  };
  return {
    service: before !== undefined && sameService(before.service, service) ? before.service : service,
    counters: stats?.counters ?? zeroCounters,
    kernelRates: stats?.rates ?? zeroRates,
  };
}

/** Canonical text of the address that begins at that place. */
function addressText(family: Family, octets: Uint8Array, at: number): string {
  return family === 'inet' ? formatInet(octets, at) : formatInet6(octets.subarray(at, at + 16));
}

function sameService(left: Service, right: Service): boolean {
  return (
    sameIdentity(left.identity, right.identity) &&
    left.scheduler === right.scheduler &&
    left.schedulerFlags === right.schedulerFlags &&
    left.onePacket === right.onePacket &&
    left.persistence?.timeout === right.persistence?.timeout &&
    left.persistence?.netmask === right.persistence?.netmask &&
    left.engine === right.engine
  );
}

function sameIdentity(left: ServiceIdentity, right: ServiceIdentity): boolean {
  if (left.family !== right.family) return false;
  if (left.kind === 'fwmark') return right.kind === 'fwmark' && left.fwmark === right.fwmark;
  return (
    right.kind === 'address' &&
    left.protocol === right.protocol &&
    left.address === right.address &&
    left.port === right.port
  );
}

function readDestinationNest(
  nest: AttributeReader,
  serviceFamily: Family,
  before: RealServerEntry | undefined,
): RealServerEntry | undefined {
  let familyNumber: number | undefined;
  let address: number | undefined;
  let port = 0;
  let forwarding: ForwardingMethod = 'nat';
  let weight = 0;
  let upperThreshold = 0;
  let lowerThreshold = 0;
  let active = 0;
  let inactive = 0;
  let persistent = 0;
  let tunnelType = 0;
  let tunnelPort = 0;
  let tunnelFlags = 0;
  let stats: Statistics | undefined;
  // Read only where those of 64 bits are missing.
  let narrowStats: number | undefined;
  let narrowStatsLength = 0;
  while (nest.next()) {
    switch (nest.type) {
      case destinationAttributes.address:
        address = nest.place(16);
        break;
      case destinationAttributes.port:
        port = nest.be16();
        break;
      case destinationAttributes.forwarding:
        forwarding = forwardingMethods[nest.u32() & forwardingMask] ?? forwarding;
        break;
      case destinationAttributes.weight:
        weight = nest.i32();
        break;
      case destinationAttributes.upperThreshold:
        upperThreshold = nest.u32();
        break;
      case destinationAttributes.lowerThreshold:
        lowerThreshold = nest.u32();
        break;
      case destinationAttributes.active:
        active = nest.u32();
        break;
      case destinationAttributes.inactive:
        inactive = nest.u32();
        break;
      case destinationAttributes.persistent:
        persistent = nest.u32();
        break;
      case destinationAttributes.family:
        familyNumber = nest.u16();
        break;
      case destinationAttributes.tunnelType:
        tunnelType = nest.u8();
        break;
      case destinationAttributes.tunnelPort:
        tunnelPort = nest.be16();
        break;
      case destinationAttributes.tunnelFlags:
        tunnelFlags = nest.u16();
        break;
      case destinationAttributes.stats:
        narrowStats = nest.start;
        narrowStatsLength = nest.length;
        break;
      case destinationAttributes.stats64:
        stats = readStatistics(nest.nest(), true);
        break;
    }
  }
  const family = familyNumber === undefined ? serviceFamily : familyOfNumber(familyNumber);
  if (family === undefined || address === undefined) return undefined;
  if (stats === undefined && narrowStats !== undefined)
    stats = readStatistics(nest.nest(narrowStats, narrowStatsLength), false);
  const realServer: RealServer = {
    identity: { family, address: addressText(family, nest.octets, address), port },
    forwarding,
    weight,
    upperThreshold,
    lowerThreshold,
    tunnel: readTunnel(tunnelType, tunnelPort, tunnelFlags),
  };
  return {
    realServer:
      before !== undefined && sameRealServer(before.realServer, realServer) ? before.realServer : realServer,
    active,
    inactive,
    persistent,
    counters: stats?.counters ?? zeroCounters,
    kernelRates: stats?.rates ?? zeroRates,
  };
}

function sameRealServer(left: RealServer, right: RealServer): boolean {
  return (
    left.identity.address === right.identity.address &&
    left.identity.port === right.identity.port &&
    left.identity.family === right.identity.family &&
    left.forwarding === right.forwarding &&
    left.weight === right.weight &&
    left.upperThreshold === right.upperThreshold &&
    left.lowerThreshold === right.lowerThreshold &&
    sameTunnel(left.tunnel, right.tunnel)
  );
}

function readTunnel(type: number, port: number, flags: number): Tunnel {
  if (type === 0 && port === 0 && flags === 0) return defaultTunnel;
  return { type: tunnelTypeOfNumber(type), port, checksum: tunnelChecksumOfNumber(flags) };
}

interface Statistics {
  readonly counters: Counters;
  readonly rates: Rates;
}

/**
 * STATS64 is all u64; in STATS the bytes' counters are u64 and everything else u32
 * (`ip_vs_genl_fill_stats` and `ip_vs_genl_fill_stats64` in `net/netfilter/ipvs/ip_vs_ctl.c`).
 */
function readStatistics(nest: AttributeReader, wide: boolean): Statistics {
  let connections: Counter = 0;
  let inPackets: Counter = 0;
  let outPackets: Counter = 0;
  let inBytes: Counter = 0;
  let outBytes: Counter = 0;
  let connectionRate = 0;
  let inPacketRate = 0;
  let outPacketRate = 0;
  let inByteRate = 0;
  let outByteRate = 0;
  while (nest.next()) {
    switch (nest.type) {
      case statsAttributes.connections:
        connections = wide ? nest.u64() : nest.u32();
        break;
      case statsAttributes.inPackets:
        inPackets = wide ? nest.u64() : nest.u32();
        break;
      case statsAttributes.outPackets:
        outPackets = wide ? nest.u64() : nest.u32();
        break;
      case statsAttributes.inBytes:
        inBytes = nest.u64();
        break;
      case statsAttributes.outBytes:
        outBytes = nest.u64();
        break;
      case statsAttributes.connectionRate:
        connectionRate = Number(wide ? nest.u64() : nest.u32());
        break;
      case statsAttributes.inPacketRate:
        inPacketRate = Number(wide ? nest.u64() : nest.u32());
        break;
      case statsAttributes.outPacketRate:
        outPacketRate = Number(wide ? nest.u64() : nest.u32());
        break;
      case statsAttributes.inByteRate:
        inByteRate = Number(wide ? nest.u64() : nest.u32());
        break;
      case statsAttributes.outByteRate:
        outByteRate = Number(wide ? nest.u64() : nest.u32());
        break;
    }
  }
  return {
    counters: { connections, inPackets, outPackets, inBytes, outBytes },
    rates: {
      connections: connectionRate,
      inPackets: inPacketRate,
      outPackets: outPacketRate,
      inBytes: inByteRate,
      outBytes: outByteRate,
    },
  };
}

function readDaemonNest(nest: AttributeReader): SyncDaemon {
  let state = 0;
  let interfaceName = '';
  let syncId = 0;
  let maxLength = 0;
  let group: string | null = null;
  let port = 0;
  let ttl = 0;
  while (nest.next()) {
    switch (nest.type) {
      case daemonAttributes.state:
        state = nest.u32();
        break;
      case daemonAttributes.interface:
        interfaceName = nest.string();
        break;
      case daemonAttributes.syncId:
        syncId = nest.u32();
        break;
      case daemonAttributes.maxLength:
        maxLength = nest.u16();
        break;
      case daemonAttributes.group:
        group = formatInet(nest.bytes(4));
        break;
      case daemonAttributes.group6:
        group = formatInet6(nest.bytes(16));
        break;
      case daemonAttributes.port:
        port = nest.u16();
        break;
      case daemonAttributes.ttl:
        ttl = nest.u8();
        break;
    }
  }
  return {
    state: state === daemonStates.backup ? 'backup' : 'master',
    interface: interfaceName,
    syncId,
    maxLength,
    group,
    port,
    ttl,
  };
}
