import type { Family } from '../../ipvs/family.ts';
import { messageFlags } from '../../system/libc.ts';
import { errnoName } from '../../system/system-error.ts';
import { littleEndian } from '../wire/message.ts';
import { attachFilter } from './attach-filter.ts';
import { AF_PACKET, openPacketSocket } from './open-packet-socket.ts';
import { frameTypes } from './packet-socket.ts';
import { type PortRange, probeFilter } from './probe-filter.ts';

/** Bytes of `struct sockaddr_ll` (`include/uapi/linux/if_packet.h`), and where its parts are. */
const sockaddr = { length: 20, protocol: 2, linkIndex: 4, macLength: 11, mac: 12 } as const;

/** Bytes of a packet that are read: headers, and what an error quotes. */
const packetLength = 1280;

/** The link that a packet is sent over, and its next hop there. */
export interface LinkWay {
  readonly linkIndex: number;
  /** Link address of the next hop, up to eight bytes; `null` on a link that has none. */
  readonly mac: Uint8Array | null;
}

/** A packet that came in. */
export interface ReceivedPacket {
  readonly linkIndex: number;
  /** From the IP header on; good until the next call. */
  readonly packet: Uint8Array;
}

/** Sends whole IP packets over a link, past routing, firewall and IPVS of this machine, and takes answers on every link. */
export interface ProbeSocket {
  send(way: LinkWay, packet: Uint8Array): void;
  /** The next packet that waits; `undefined` when none does. */
  receive(): ReceivedPacket | undefined;
  close(): void;
}

/** A `ProbeSocket` whose filter can be replaced. */
export interface CookedSocket extends ProbeSocket {
  /** Replaces the filter; packets that already wait stay. */
  filter(program: Uint8Array): void;
}

const packetTypes: Readonly<Record<Family, number>> = { inet: 0x0800, inet6: frameTypes.inet6 };

/** Opens a socket that gets nothing but what may answer probes from these ports. Throws `NetlinkError`. */
export function openProbeSocket(family: Family, ports: PortRange): ProbeSocket {
  return openCookedSocket(family, probeFilter(family, ports));
}

/**
 * Opens a packet socket without link headers (packet(7)) that gets what a program of classic BPF gives. Packets that come
 * in are seen before the firewall and before IPVS. Needs CAP_NET_RAW; throws `NetlinkError`.
 */
export function openCookedSocket(family: Family, program: Uint8Array): CookedSocket {
  const everyLink = linkAddress(family, { linkIndex: 0, mac: null });
  const { libc, fd, failed } = openPacketSocket('datagram', program, everyLink);
  const buffer = new Uint8Array(packetLength);
  const sender = new Uint8Array(sockaddr.length);
  const senderLength = new Uint8Array(4);
  return {
    send(way, packet) {
      const to = linkAddress(family, way);
      if (libc.sendto(fd, packet, packet.length, messageFlags.withoutWaiting, to, sockaddr.length) < 0)
        throw failed('send packet');
    },
    receive() {
      new DataView(senderLength.buffer).setUint32(0, sockaddr.length, littleEndian);
      const length = Number(
        libc.recvfrom(fd, buffer, buffer.length, messageFlags.withoutWaiting, sender, senderLength),
      );
      if (length < 0) {
        if (errnoName(libc.errno()) === 'EAGAIN') return undefined;
        throw failed('receive packet');
      }
      const linkIndex = new DataView(sender.buffer).getInt32(sockaddr.linkIndex, littleEndian);
      return { linkIndex, packet: buffer.subarray(0, length) };
    },
    filter(next) {
      if (attachFilter(libc, fd, next) < 0) throw failed('attach filter');
    },
    close() {
      libc.closeAside(fd);
    },
  };
}

function linkAddress(family: Family, { linkIndex, mac }: LinkWay): Uint8Array {
  const name = new Uint8Array(sockaddr.length);
  const view = new DataView(name.buffer);
  view.setUint16(0, AF_PACKET, littleEndian);
  view.setUint16(sockaddr.protocol, packetTypes[family]);
  view.setInt32(sockaddr.linkIndex, linkIndex, littleEndian);
  view.setUint8(sockaddr.macLength, mac?.length ?? 0);
  if (mac !== null) name.set(mac, sockaddr.mac);
  return name;
}
