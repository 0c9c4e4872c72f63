import { commands } from '../ipvs/ipvs-constants.ts';
import { assemble, ends, op } from '../packets/filter-program.ts';
import { headerFields, headerLength, littleEndian, messageFlags, messageTypes } from '../wire/message.ts';

/** The commands that change IPVS; all others only read. */
const writes = [
  commands.newService,
  commands.setService,
  commands.deleteService,
  commands.newDestination,
  commands.setDestination,
  commands.deleteDestination,
  commands.newDaemon,
  commands.deleteDaemon,
  commands.setConfig,
  commands.zero,
  commands.flush,
];

/** `NETLINK_GENERIC`. */
const genericNetlink = 16;

/** Stands in the place of an offset for the packet's protocol (`SKF_AD_OFF + SKF_AD_PROTOCOL` of `include/uapi/linux/filter.h`). */
const protocolOfPacket = 0xfffff000;

/** Where an error quotes the header of its request: behind its own header and its number. */
const quoted = headerLength + 4;

/**
 * Lets a monitor's socket take what changes IPVS and what the kernel answered to it, and leave all reading, of which
 * there are thousands of messages a second. A request for the version is taken, too: ipvsadm begins with one, which
 * leaves time to look at the process. So is a datagram with further requests behind the first.
 */
export function monitorFilter(family: number): Uint8Array {
  const [low, high] = littleEndian ? [0, 1] : [3, 2];
  return assemble([
    { code: op.loadHalf, value: protocolOfPacket },
    { code: op.ifEqual, value: genericNetlink, no: 'leave' },
    { code: op.loadHalf, value: headerFields.type },
    { code: op.ifEqual, value: asLoaded(messageTypes.error), yes: 'answer' },
    { code: op.ifEqual, value: asLoaded(family), no: 'leave' },
    // An answer has the family's number too.
    { code: op.loadHalf, value: headerFields.flags },
    { code: op.ifAnySet, value: asLoaded(messageFlags.request), no: 'leave' },
    { code: op.loadByte, value: headerLength },
    ...[...writes, commands.getInfo].map((value) => ({ code: op.ifEqual, value, yes: 'take' })),
    { code: op.loadByte, value: high },
    { code: op.shiftLeft, value: 8 },
    { code: op.toIndex, value: 0 },
    { code: op.loadByte, value: low },
    { code: op.addIndex, value: 0 },
    { code: op.toIndex, value: 0 },
    { code: op.packetLength, value: 0 },
    { code: op.subtractIndex, value: 0 },
    { code: op.ifAtLeast, value: headerLength, yes: 'take', no: 'leave' },
    { label: 'answer', code: op.loadHalf, value: quoted + headerFields.type },
    { code: op.ifEqual, value: asLoaded(family), yes: 'take', no: 'leave' },
    ...ends,
  ]);
}

/** A number of 16 bits in this machine's order, as it is loaded in network order. */
function asLoaded(value: number): number {
  return littleEndian ? ((value & 0xff) << 8) | (value >>> 8) : value;
}
