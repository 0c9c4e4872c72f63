import { addressBytes, formatInet, formatInet6 } from '../ipvs/address.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { Family } from '../ipvs/family.ts';
import { formatService } from '../ipvs/identity.ts';
import { protocolOfNumber } from '../ipvs/protocol.ts';
import { type PacketHead, readPacketHead } from '../netlink/packets/packet-head.ts';
import { waitingAt } from '../netlink/packets/packet-socket.ts';
import { type CookedSocket, openCookedSocket } from '../netlink/packets/probe-socket.ts';
import { sampleFilter } from '../netlink/packets/sample-filter.ts';
import { NetlinkError, netlinkReason } from '../netlink/wire/netlink-error.ts';
import { systemErrorReason } from '../system/system-error.ts';
import type { PacketSource, SampledPacket } from './packet-source.ts';
import { SamplingRate } from './sampling-rate.ts';

/**
 * Sampled packets to virtual addresses, from packet sockets whose filter takes one in so many at random and drops the
 * rest in the kernel. They are taken before the firewall and before IPVS. Needs CAP_NET_RAW; throws an `IpvsError`
 * without it.
 */
export function openKernelPackets(virtualAddresses: readonly string[]): PacketSource {
  const rate = new SamplingRate();
  const sockets: {
    readonly family: Family;
    readonly own: readonly Uint8Array[];
    readonly socket: CookedSocket;
  }[] = [];
  const close = () => {
    for (const { socket } of sockets) socket.close();
  };
  const attempt = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      close();
      throw error instanceof NetlinkError ? unreachable(error) : error;
    }
  };
  for (const family of ['inet', 'inet6'] as const) {
    const own = virtualAddresses
      .filter((address) => address.includes(':') === (family === 'inet6'))
      .map((address) => Uint8Array.from(addressBytes(address)));
    if (own.length === 0) continue;
    const socket = attempt(() => openCookedSocket(family, sampleFilter(family, own, rate.oneIn)));
    sockets.push({ family, own, socket });
  }
  const known = new Set(virtualAddresses);
  return {
    get oneIn() {
      return rate.oneIn;
    },
    take(now) {
      const packets: SampledPacket[] = [];
      const { oneIn } = rate;
      const read = () => {
        let came = 0;
        for (const { socket } of sockets)
          for (const { packet } of waitingAt(socket)) {
            came++;
            const head = readPacketHead(packet);
            // If there are more addresses than a filter holds, packets to others come too.
            if (head !== undefined && known.has(addressText(head.destination)))
              packets.push(sampledPacket(head, now, oneIn));
          }
        return came;
      };
      attempt(() => {
        if (!rate.note(read(), now)) return;
        for (const { family, own, socket } of sockets) socket.filter(sampleFilter(family, own, rate.oneIn));
        // Also read what the old filter took in the meantime.
        read();
      });
      return packets;
    },
    close,
  };
}

function sampledPacket(head: PacketHead, time: number, oneIn: number): SampledPacket {
  const { family, source, destination, protocol, sourcePort, destinationPort, bytes, isSyn } = head;
  return {
    time,
    oneIn,
    client: addressText(source),
    clientPort: sourcePort,
    called: formatService({
      kind: 'address',
      family,
      protocol: protocolOfNumber(protocol),
      address: addressText(destination),
      port: destinationPort,
    }),
    bytes,
    isOpening: isSyn,
  };
}

function addressText(bytes: Uint8Array): string {
  return bytes.length === 4 ? formatInet(bytes) : formatInet6(bytes);
}

function unreachable({ failure }: NetlinkError): IpvsError {
  const errno = 'errno' in failure ? failure.errno : undefined;
  return new IpvsError({
    code: 'network-unreadable',
    operation: 'sample packets of clients',
    object: '',
    reason: errno === undefined ? netlinkReason(failure) : systemErrorReason(errno),
    advice: errno === 'EPERM' ? 'run it as root, or with CAP_NET_RAW' : 'try again',
    ...(errno !== undefined && { errno }),
  });
}
