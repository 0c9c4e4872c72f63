import { errnoName } from '../../system/system-error.ts';
import { AF_PACKET, openPacketSocket } from '../packets/open-packet-socket.ts';
import { DatagramSlots, slotLength } from '../wire/datagram-slots.ts';
import { littleEndian } from '../wire/message.ts';
import { monitorFilter } from './monitor-filter.ts';

/** `ETH_P_ALL`: what a device sends, as a monitor does with all it mirrors, is shown to sockets of all protocols only (`dev_queue_xmit_nit`). */
const allProtocols = 3;
const SOL_SOCKET = 1;
/** As SO_RCVBUF, beyond what the system allows everybody; needs CAP_NET_ADMIN. */
const SO_RCVBUFFORCE = 33;
const SOL_PACKET = 263;
const PACKET_STATISTICS = 6;
/** Bytes of `struct sockaddr_ll`. */
const sockaddrLength = 20;
/** Bytes of the queue, which the kernel doubles: 10,000 requests and more with their answers wait while others work. */
const receiveQueue = 8 << 20;
/** `POLLIN`, and the bytes of a `struct pollfd`. */
const readable = 1;
const pollLength = 8;
const MSG_DONTWAIT = 0x40;

/** What a monitor mirrors of IPVS. Blocks where it waits: to be used in a thread of its own. */
export interface MonitorSocket {
  /** Waits for a datagram, or until `wake` can be read. Throws `NetlinkError` where waiting fails. */
  wait(wake: number): void;
  /** Waits so many milliseconds, or until `wake` can be read. Throws as `wait`. */
  pause(wake: number, milliseconds: number): void;
  /**
   * Copies of the datagrams that wait, some of them at a time; none when there are none. Throws `NetlinkError`, also
   * where the device is gone.
   */
  receive(): readonly Uint8Array[];
  /** Datagrams that were dropped for want of room since the last call. */
  lost(): number;
  close(): void;
}

/** Opens a socket for what is asked of IPVS, on the monitor of that index. Needs CAP_NET_RAW. Throws `NetlinkError`. */
export function openMonitorSocket(linkIndex: number, family: number): MonitorSocket {
  const name = new Uint8Array(sockaddrLength);
  const view = new DataView(name.buffer);
  view.setUint16(0, AF_PACKET, littleEndian);
  view.setUint16(2, allProtocols);
  view.setInt32(4, linkIndex, littleEndian);
  const { libc, fd, failed } = openPacketSocket('raw', monitorFilter(family), name);
  const queue = new Uint8Array(Int32Array.of(receiveQueue).buffer);
  libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, queue, queue.length);
  const slots = new DatagramSlots(libc);
  const poll = (files: readonly number[], milliseconds: number) => {
    const bytes = new Uint8Array(files.length * pollLength);
    const fields = new DataView(bytes.buffer);
    for (const [place, file] of files.entries()) {
      fields.setInt32(place * pollLength, file, littleEndian);
      fields.setInt16(place * pollLength + 4, readable, littleEndian);
    }
    if (libc.poll(bytes, files.length, milliseconds) < 0 && errnoName(libc.errno()) !== 'EINTR')
      throw failed('wait');
  };
  return {
    wait: (wake) => poll([fd, wake], -1),
    pause: (wake, milliseconds) => poll([wake], milliseconds),
    receive() {
      const received = slots.receive(fd, MSG_DONTWAIT);
      if (received !== undefined)
        return received.map(({ start, length }) =>
          slots.buffer.slice(start, start + Math.min(length, slotLength)),
        );
      if (['EAGAIN', 'EINTR'].includes(errnoName(libc.errno()))) return [];
      throw failed('receive');
    },
    lost() {
      // `struct tpacket_stats`: packets and drops since the last look.
      const statistics = new Uint8Array(8);
      const length = new Uint8Array(Uint32Array.of(statistics.length).buffer);
      if (libc.getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, statistics, length) < 0) return 0;
      return new DataView(statistics.buffer).getUint32(4, littleEndian);
    },
    close() {
      libc.close(fd);
    },
  };
}
