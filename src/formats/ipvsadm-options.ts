import { IpvsError } from '../ipvs/error.ts';
import type { ForwardingMode } from '../ipvs/forwarding-method.ts';
import { parseNetmask } from '../ipvs/netmask.ts';
import type { KnownProtocol } from '../ipvs/protocol.ts';
import { greatestWeight } from '../ipvs/real-server.ts';
import { longestPersistence } from '../ipvs/service.ts';
import { type TunnelChecksum, tunnelTypes } from '../ipvs/tunnel.ts';
import { readOneOf, readWhole } from './read-whole.ts';

/** A line of ipvsadm's while its options are read; what was not named is left out. */
export interface LineDraft {
  address?: { readonly protocol: KnownProtocol; readonly text: string };
  fwmark?: number;
  isSix?: true;
  scheduler?: string;
  persistence?: number;
  netmask?: string;
  onePacket?: true;
  engine?: string;
  flags?: readonly string[];
  realServer?: string;
  forwarding?: ForwardingMode;
  weight?: number;
  upper?: number;
  lower?: number;
  tunnelType?: (typeof tunnelTypes)[number];
  tunnelPort?: number;
  tunnelChecksum?: TunnelChecksum;
}

/** What a line describes. */
export type LineSubject = 'service' | 'real server';

/** One of ipvsadm's options. */
export interface IpvsadmOption {
  /** Short form first, where there is one. */
  readonly names: readonly string[];
  readonly argument: 'none' | 'required' | 'optional';
  readonly subjects: readonly LineSubject[];
  /** Puts its value into the draft. Throws an input `IpvsError`; the value is empty where there is none. */
  readonly take: (draft: LineDraft, value: string) => void;
}

/** Seconds of `-p` without a number (`IPVS_SVC_PERSISTENT_TIMEOUT` in ipvsadm's libipvs.h; its man page says 300). */
export const defaultPersistence = 360;

const both: readonly LineSubject[] = ['service', 'real server'];
const service: readonly LineSubject[] = ['service'];
const realServer: readonly LineSubject[] = ['real server'];

/** All options of ipvsadm 1.31 that describe a table. */
export const ipvsadmOptions: readonly IpvsadmOption[] = [
  addressOption(['-t', '--tcp-service'], 'tcp'),
  addressOption(['-u', '--udp-service'], 'udp'),
  addressOption(['--sctp-service'], 'sctp'),
  {
    names: ['-f', '--fwmark-service'],
    argument: 'required',
    subjects: both,
    take: (draft, value) => {
      draft.fwmark = readFwmark(value);
    },
  },
  {
    names: ['-6', '--ipv6'],
    argument: 'none',
    subjects: both,
    take: (draft) => {
      draft.isSix = true;
    },
  },
  {
    names: ['-s', '--scheduler'],
    argument: 'required',
    subjects: service,
    take: (draft, value) => {
      draft.scheduler = value;
    },
  },
  {
    names: ['-p', '--persistent'],
    argument: 'optional',
    subjects: service,
    take: (draft, value) => {
      draft.persistence =
        value === '' ? defaultPersistence : readWhole('--persistent', value, 1, longestPersistence);
    },
  },
  {
    names: ['-M', '--netmask'],
    argument: 'required',
    subjects: service,
    take: (draft, value) => {
      if (parseNetmask('inet', value) === undefined && parseNetmask('inet6', value) === undefined) {
        throw IpvsError.input(
          'read',
          '--netmask',
          `"${value}" is not a netmask`,
          'give one like 255.255.255.0, for IPv6 a prefix length from 1 to 128',
        );
      }
      draft.netmask = value;
    },
  },
  {
    names: ['-o', '--ops'],
    argument: 'none',
    subjects: service,
    take: (draft) => {
      draft.onePacket = true;
    },
  },
  {
    names: ['--pe'],
    argument: 'required',
    subjects: service,
    take: (draft, value) => {
      draft.engine = value;
    },
  },
  {
    names: ['-b', '--sched-flags'],
    argument: 'required',
    subjects: service,
    take: (draft, value) => {
      draft.flags = value.split(',');
    },
  },
  {
    names: ['-r', '--real-server'],
    argument: 'required',
    subjects: realServer,
    take: (draft, value) => {
      draft.realServer = value;
    },
  },
  forwardingOption(['-g', '--gatewaying'], 'dr'),
  forwardingOption(['-i', '--ipip'], 'tun'),
  forwardingOption(['-m', '--masquerading'], 'nat'),
  {
    names: ['-w', '--weight'],
    argument: 'required',
    subjects: realServer,
    take: (draft, value) => {
      draft.weight = readWhole('--weight', value, 0, greatestWeight);
    },
  },
  {
    names: ['-x', '--u-threshold'],
    argument: 'required',
    subjects: realServer,
    take: (draft, value) => {
      draft.upper = readWhole('--u-threshold', value, 0, 0xffffffff);
    },
  },
  {
    names: ['-y', '--l-threshold'],
    argument: 'required',
    subjects: realServer,
    take: (draft, value) => {
      draft.lower = readWhole('--l-threshold', value, 0, 0xffffffff);
    },
  },
  {
    names: ['--tun-type'],
    argument: 'required',
    subjects: realServer,
    take: (draft, value) => {
      draft.tunnelType = readOneOf('--tun-type', value, tunnelTypes);
    },
  },
  {
    names: ['--tun-port'],
    argument: 'required',
    subjects: realServer,
    take: (draft, value) => {
      draft.tunnelPort = readWhole('--tun-port', value, 1, 65535);
    },
  },
  checksumOption('--tun-nocsum', 'no'),
  checksumOption('--tun-csum', 'yes'),
  checksumOption('--tun-remcsum', 'remote'),
];

/** Commands of ipvsadm that describe a table, with what they do to what was described above. */
export const ipvsadmCommands = [
  { names: ['-A', '--add-service'], subject: 'service', replaces: false },
  { names: ['-E', '--edit-service'], subject: 'service', replaces: true },
  { names: ['-a', '--add-server'], subject: 'real server', replaces: false },
  { names: ['-e', '--edit-server'], subject: 'real server', replaces: true },
] as const;

/** Commands of ipvsadm that scripts have beside those, and why they are not done. */
export const passedOverCommands = [
  { names: ['-C', '--clear'], reason: 'what is not in the file is removed with --prune only' },
  { names: ['-Z', '--zero'], reason: 'counters are not part of the table; "lvstop" zeroes them with z' },
  { names: ['--set'], reason: 'time-outs are not part of the table' },
  { names: ['--start-daemon'], reason: 'sync daemons are not part of the table' },
  { names: ['--stop-daemon'], reason: 'sync daemons are not part of the table' },
] as const;

function addressOption(names: readonly string[], protocol: KnownProtocol): IpvsadmOption {
  return {
    names,
    argument: 'required',
    subjects: both,
    take: (draft, text) => {
      draft.address = { protocol, text };
    },
  };
}

function forwardingOption(names: readonly string[], forwarding: ForwardingMode): IpvsadmOption {
  return {
    names,
    argument: 'none',
    subjects: realServer,
    take: (draft) => {
      draft.forwarding = forwarding;
    },
  };
}

function checksumOption(name: string, checksum: TunnelChecksum): IpvsadmOption {
  return {
    names: [name],
    argument: 'none',
    subjects: realServer,
    take: (draft) => {
      draft.tunnelChecksum = checksum;
    },
  };
}

/** `ipvsadm -S` writes marks over 2147483647 as negative numbers, and cannot read them itself. */
function readFwmark(value: string): number {
  const negative = /^-[1-9]\d{0,9}$/.test(value) ? Number(value) : 0;
  if (negative < 0 && negative >= -0x80000000) return negative + 2 ** 32;
  return readWhole('--fwmark-service', value, 1, 0xffffffff);
}
