import { addressBytes } from '../../ipvs/address.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import { type Family, familyNumbers } from '../../ipvs/family.ts';
import { forwardingMethodNumber } from '../../ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import { fullNetmask } from '../../ipvs/netmask.ts';
import { protocolNumber } from '../../ipvs/protocol.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import { tunnelChecksumNumber, tunnelTypeNumber } from '../../ipvs/tunnel.ts';
import type { AttributeWriter } from '../wire/attribute-writer.ts';
import {
  daemonAttributes,
  daemonStates,
  destinationAttributes,
  serviceAttributes,
  serviceFlags,
  topAttributes,
} from './ipvs-constants.ts';

/** Writes a service's nest with what tells it from others, as the look-ups and deletions need it. */
export function writeServiceIdentity(writer: AttributeWriter, identity: ServiceIdentity): void {
  writer.nest(topAttributes.service, (nest) => writeIdentityFields(nest, identity));
}

/** Writes a service's nest whole, as NEW_SERVICE and SET_SERVICE need it. */
export function writeService(writer: AttributeWriter, service: Service): void {
  const { identity, persistence } = service;
  writer.nest(topAttributes.service, (nest) => {
    writeIdentityFields(nest, identity);
    nest.string(serviceAttributes.scheduler, service.scheduler);
    nest.bytes(serviceAttributes.flags, flagsWithMask(service));
    nest.u32(serviceAttributes.timeout, persistence?.timeout ?? 0);
    const netmask = persistence?.netmask ?? fullNetmask(identity.family);
    if (identity.family === 'inet') nest.be32(serviceAttributes.netmask, netmask);
    else nest.u32(serviceAttributes.netmask, netmask);
    if (service.engine !== null) nest.string(serviceAttributes.engine, service.engine);
  });
}

/** Writes a real server's nest with what tells it from others, as DEL_DEST needs it. */
export function writeRealServerIdentity(writer: AttributeWriter, identity: RealServerIdentity): void {
  writer.nest(topAttributes.destination, (nest) => writeDestinationIdentity(nest, identity));
}

/** Writes a real server's nest whole, as NEW_DEST and SET_DEST need it; omitted tunnel settings would fall back to ipip. */
export function writeRealServer(writer: AttributeWriter, realServer: RealServer): void {
  const { tunnel } = realServer;
  writer.nest(topAttributes.destination, (nest) => {
    writeDestinationIdentity(nest, realServer.identity);
    nest.u32(destinationAttributes.forwarding, forwardingMethodNumber(realServer.forwarding));
    nest.u32(destinationAttributes.weight, realServer.weight);
    nest.u32(destinationAttributes.upperThreshold, realServer.upperThreshold);
    nest.u32(destinationAttributes.lowerThreshold, realServer.lowerThreshold);
    nest.u8(destinationAttributes.tunnelType, tunnelTypeNumber(tunnel.type));
    nest.be16(destinationAttributes.tunnelPort, tunnel.port);
    nest.u16(destinationAttributes.tunnelFlags, tunnelChecksumNumber(tunnel.checksum));
  });
}

/** Writes a sync daemon's nest, as NEW_DAEMON needs it; what is 0 or null stays out, so that the kernel chooses. */
export function writeSyncDaemon(writer: AttributeWriter, daemon: SyncDaemon): void {
  writer.nest(topAttributes.daemon, (nest) => {
    nest.u32(daemonAttributes.state, daemonStates[daemon.state]);
    nest.string(daemonAttributes.interface, daemon.interface);
    nest.u32(daemonAttributes.syncId, daemon.syncId);
    if (daemon.maxLength > 0) nest.u16(daemonAttributes.maxLength, daemon.maxLength);
    if (daemon.group !== null) {
      const bytes = addressBytes(daemon.group);
      nest.bytes(bytes.length === 4 ? daemonAttributes.group : daemonAttributes.group6, bytes);
    }
    if (daemon.port > 0) nest.u16(daemonAttributes.port, daemon.port);
    if (daemon.ttl > 0) nest.u8(daemonAttributes.ttl, daemon.ttl);
  });
}

/** Writes what DEL_DAEMON needs. */
export function writeSyncDaemonState(
  writer: AttributeWriter,
  state: SyncDaemon['state'],
  syncId: number,
): void {
  writer.nest(topAttributes.daemon, (nest) => {
    nest.u32(daemonAttributes.state, daemonStates[state]);
    nest.u32(daemonAttributes.syncId, syncId);
  });
}

/** Writes the time-outs; the kernel leaves those that are 0 as they are. */
export function writeTimeouts(writer: AttributeWriter, timeouts: Timeouts): void {
  writer.u32(topAttributes.timeoutTcp, timeouts.tcp);
  writer.u32(topAttributes.timeoutTcpFin, timeouts.tcpFin);
  writer.u32(topAttributes.timeoutUdp, timeouts.udp);
}

function writeIdentityFields(nest: AttributeWriter, identity: ServiceIdentity): void {
  nest.u16(serviceAttributes.family, familyNumbers[identity.family]);
  if (identity.kind === 'fwmark') {
    nest.u32(serviceAttributes.fwmark, identity.fwmark);
  } else {
    nest.u16(serviceAttributes.protocol, protocolNumber(identity.protocol));
    nest.bytes(serviceAttributes.address, paddedAddress(identity));
    nest.be16(serviceAttributes.port, identity.port);
  }
}

function writeDestinationIdentity(nest: AttributeWriter, identity: RealServerIdentity): void {
  nest.bytes(destinationAttributes.address, paddedAddress(identity));
  nest.be16(destinationAttributes.port, identity.port);
  nest.u16(destinationAttributes.family, familyNumbers[identity.family]);
}

/** `union nf_inet_addr` has 16 bytes; an IPv4 address lies in the first 4. */
function paddedAddress({ address }: { family: Family; address: string }): number[] {
  const bytes = addressBytes(address);
  while (bytes.length < 16) bytes.push(0);
  return bytes;
}

/** `struct ip_vs_flags`: the flags and a mask that says which of them are meant, here all. */
function flagsWithMask(service: Service): Uint8Array {
  const flags =
    (service.persistence === null ? 0 : serviceFlags.persistent) |
    (service.onePacket ? serviceFlags.onePacket : 0) |
    ((service.schedulerFlags & serviceFlags.schedulerMask) << serviceFlags.schedulerShift);
  return new Uint8Array(Uint32Array.of(flags, 0xffffffff).buffer);
}
