import { assemble, ends, op } from './filter-program.ts';
import { carried } from './probe-packet.ts';

/** Ports that probes come from, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Of `struct icmp6hdr`: an advertisement of a neighbour, `NDISC_NEIGHBOUR_ADVERTISEMENT`. */
const neighbourAdvertisement = 136;

/**
 * A program for a socket of whole Ethernet frames of IPv6: of all that the link carries, it lets only neighbour
 * advertisements through.
 */
export function advertisementFilter(): Uint8Array {
  return assemble([
    { code: op.loadByte, value: 14 + 6 },
    { code: op.ifEqual, value: carried.icmp6, no: 'leave' },
    { code: op.loadByte, value: 14 + 40 },
    { code: op.ifEqual, value: neighbourAdvertisement, yes: 'take', no: 'leave' },
    ...ends,
  ]);
}

/**
 * A program of classic BPF for a packet socket without link headers that lets through only what can answer a probe:
 * TCP, UDP and SCTP to its ports, and ICMP errors. A busy director takes a million packets a second, and none of the
 * others shall reach this process. The program is an array of `struct sock_filter` (`include/uapi/linux/filter.h`).
 */
export function probeFilter(family: 'inet' | 'inet6', { first, last }: PortRange): Uint8Array {
  return family === 'inet'
    ? assemble([
        { code: op.loadHalf, value: 6 },
        // A later fragment has no ports.
        { code: op.ifAnySet, value: 0x1fff, yes: 'leave' },
        { code: op.headerLength, value: 0 },
        { code: op.loadByte, value: 9 },
        { code: op.ifEqual, value: carried.icmp, yes: 'icmp' },
        { code: op.ifEqual, value: carried.tcp, yes: 'ports' },
        { code: op.ifEqual, value: carried.udp, yes: 'ports' },
        { code: op.ifEqual, value: carried.sctp, yes: 'ports', no: 'leave' },
        { label: 'ports', code: op.loadHalfAfterHeader, value: 2 },
        { code: op.ifAtLeast, value: first, no: 'leave' },
        { code: op.ifGreater, value: last, yes: 'leave', no: 'take' },
        { label: 'icmp', code: op.loadByteAfterHeader, value: 0 },
        { code: op.ifEqual, value: 3, yes: 'take' },
        { code: op.ifEqual, value: 11, yes: 'take', no: 'leave' },
        ...ends,
      ])
    : assemble([
        { code: op.loadByte, value: 6 },
        { code: op.ifEqual, value: carried.icmp6, yes: 'icmp' },
        { code: op.ifEqual, value: carried.tcp, yes: 'ports' },
        { code: op.ifEqual, value: carried.udp, yes: 'ports' },
        { code: op.ifEqual, value: carried.sctp, yes: 'ports', no: 'leave' },
        { label: 'ports', code: op.loadHalf, value: 42 },
        { code: op.ifAtLeast, value: first, no: 'leave' },
        { code: op.ifGreater, value: last, yes: 'leave', no: 'take' },
        { label: 'icmp', code: op.loadByte, value: 40 },
        // Types 1 to 4 are errors; nothing has type 0.
        { code: op.ifGreater, value: 4, yes: 'leave', no: 'take' },
        ...ends,
      ]);
}
