import { loadLibc, messageFlags, socketTypes } from '../../system/libc.ts';
import { errnoName } from '../../system/system-error.ts';
import { littleEndian } from '../wire/message.ts';
import { NetlinkError } from '../wire/netlink-error.ts';
import { attachFilter } from './attach-filter.ts';
import { AF_PACKET } from './open-packet-socket.ts';
import { advertisementFilter } from './probe-filter.ts';

/** Bytes of `struct sockaddr_ll` (`include/uapi/linux/if_packet.h`). */
const sockaddrLength = 20;

/** Bytes of a frame that are read; what matters of an ARP or neighbour message is in its first 86. */
const frameLength = 2048;

/** Types of frames that can be asked for (`include/uapi/linux/if_ether.h`). */
export const frameTypes = { arp: 0x0806, inet6: 0x86dd } as const;

/** Frames of one type on one interface. */
export interface PacketSocket {
  send(frame: Uint8Array): void;
  /** The next frame that waits; `undefined` when none does. It is good until the next call. */
  receive(): Uint8Array | undefined;
  close(): void;
}

/** Packets that one look takes: on a busy link others come as fast as they are read. */
const packetsPerLook = 512;

/** The packets that wait at a socket, 512 at most, so that the event loop has its turn before the next ones. */
export function* waitingAt<Packet>(socket: { receive(): Packet | undefined }): Generator<Packet, void, void> {
  for (let left = packetsPerLook; left > 0; left--) {
    const packet = socket.receive();
    if (packet === undefined) return;
    yield packet;
  }
}

/**
 * Opens a socket for whole Ethernet frames of a type; of IPv6 frames only neighbour advertisements come in. Needs
 * CAP_NET_RAW. Throws `NetlinkError`.
 */
export function openPacketSocket(linkIndex: number, type: number): PacketSocket {
  const libc = loadLibc();
  const failed = (operation: string) =>
    new NetlinkError({ kind: 'system', operation, errno: errnoName(libc.errno()) });
  // Without a type it takes no frames until it is bound to its interface.
  const fd = libc.socket(AF_PACKET, socketTypes.raw | socketTypes.closedOnExec, 0);
  if (fd < 0) throw failed('open packet socket');
  if (type === frameTypes.inet6 && attachFilter(libc, fd, advertisementFilter()) < 0) {
    const error = failed('attach filter');
    libc.close(fd);
    throw error;
  }
  const name = new Uint8Array(sockaddrLength);
  const view = new DataView(name.buffer);
  view.setUint16(0, AF_PACKET, littleEndian);
  view.setUint16(2, type);
  view.setInt32(4, linkIndex, littleEndian);
  if (libc.bind(fd, name, sockaddrLength) < 0) {
    const error = failed('bind packet socket');
    libc.close(fd);
    throw error;
  }
  const buffer = new Uint8Array(frameLength);
  const sender = new Uint8Array(sockaddrLength);
  const senderLength = new Uint8Array(4);
  return {
    send(frame) {
      if (libc.send(fd, frame, frame.length, 0) < 0) throw failed('send frame');
    },
    receive() {
      new DataView(senderLength.buffer).setUint32(0, sockaddrLength, littleEndian);
      const length = Number(
        libc.recvfrom(fd, buffer, buffer.length, messageFlags.withoutWaiting, sender, senderLength),
      );
      if (length >= 0) return buffer.subarray(0, length);
      if (errnoName(libc.errno()) === 'EAGAIN') return undefined;
      throw failed('receive frame');
    },
    close() {
      libc.closeAside(fd);
    },
  };
}
