import type { ForwardingMode } from '../../ipvs/forwarding-method.ts';
import type { KnownProtocol } from '../../ipvs/protocol.ts';
import { greatestWeight } from '../../ipvs/real-server.ts';
import { longestPersistence } from '../../ipvs/service.ts';
import { defaultSyncDaemonSettings, type SyncDaemon } from '../../ipvs/sync-daemon.ts';
import { type TunnelChecksum, tunnelTypes } from '../../ipvs/tunnel.ts';
import { readOneOf, readWhole } from '../read-values.ts';

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
  daemon?: { -readonly [Field in keyof Omit<SyncDaemon, 'state'>]: SyncDaemon[Field] };
}

/** What a line is about. */
export type LineSubject = 'service' | 'real server' | 'sync daemon';

/** One of ipvsadm's options. */
export interface IpvsadmOption {
  /** Short form first, where there is one. */
  readonly names: readonly string[];
  readonly argument: 'none' | 'required' | 'optional';
  readonly subjects: readonly LineSubject[];
  /** What only one option of a line may say; where it is left out, the option itself may be given once. */
  readonly says?: 'service' | 'forwarding' | 'checksum';
  /** Puts its value into the draft. Throws an input `IpvsError`; the value is empty where there is none. */
  readonly take: (draft: LineDraft, value: string) => void;
}

/** Seconds of `-p` without a number (`IPVS_SVC_PERSISTENT_TIMEOUT` in ipvsadm's libipvs.h; its man page says 300). */
export const defaultPersistence = 360;

const both: readonly LineSubject[] = ['service', 'real server'];
const service: readonly LineSubject[] = ['service'];
const realServer: readonly LineSubject[] = ['real server'];
const syncDaemon: readonly LineSubject[] = ['sync daemon'];

/** All options of ipvsadm 1.31 that describe a table. */
export const ipvsadmOptions: readonly IpvsadmOption[] = [
  addressOption(['-t', '--tcp-service'], 'tcp'),
  addressOption(['-u', '--udp-service'], 'udp'),
  addressOption(['--sctp-service'], 'sctp'),
  {
    names: ['-f', '--fwmark-service'],
    argument: 'required',
    subjects: both,
    says: 'service',
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
  {
    names: ['--mcast-interface'],
    argument: 'required',
    subjects: syncDaemon,
    take: (draft, value) => {
      daemonOf(draft).interface = value;
    },
  },
  {
    names: ['--mcast-group'],
    argument: 'required',
    subjects: syncDaemon,
    take: (draft, value) => {
      daemonOf(draft).group = value;
    },
  },
  daemonNumber('--syncid', 'syncId', 0, 255),
  daemonNumber('--sync-maxlen', 'maxLength', 1, 65_507),
  daemonNumber('--mcast-port', 'port', 1, 65_535),
  daemonNumber('--mcast-ttl', 'ttl', 1, 255),
];

/** Commands of ipvsadm that make and change a table, with what they do. */
export const ipvsadmCommands = [
  { names: ['-A', '--add-service'], subject: 'service', does: 'add' },
  { names: ['-E', '--edit-service'], subject: 'service', does: 'replace' },
  { names: ['-D', '--delete-service'], subject: 'service', does: 'delete' },
  { names: ['-a', '--add-server'], subject: 'real server', does: 'add' },
  { names: ['-e', '--edit-server'], subject: 'real server', does: 'replace' },
  { names: ['-d', '--delete-server'], subject: 'real server', does: 'delete' },
  { names: ['-C', '--clear'], subject: null, does: 'clear' },
  { names: ['--set'], subject: null, does: 'set time-outs' },
  { names: ['--start-daemon'], subject: 'sync daemon', does: 'start' },
] as const;

/** Commands of ipvsadm that scripts have beside those, and why they are not done. */
export const passedOverCommands = [
  {
    names: ['-Z', '--zero'],
    reason: 'counters are not part of the table; "lvstop zero" zeroes them',
    hides: false,
  },
  { names: ['--stop-daemon'], reason: 'a daemon that is not in a file is left as it is', hides: false },
  { names: ['-L', '-l', '--list', '-S', '--save'], reason: 'it prints the table', hides: false },
  { names: ['-R', '--restore'], reason: 'it reads another text: name that file too', hides: true },
] as const;

function addressOption(names: readonly string[], protocol: KnownProtocol): IpvsadmOption {
  return {
    names,
    argument: 'required',
    subjects: both,
    says: 'service',
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
    says: 'forwarding',
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
    says: 'checksum',
    take: (draft) => {
      draft.tunnelChecksum = checksum;
    },
  };
}

function daemonNumber(
  name: string,
  field: 'syncId' | 'maxLength' | 'port' | 'ttl',
  least: number,
  greatest: number,
): IpvsadmOption {
  return {
    names: [name],
    argument: 'required',
    subjects: syncDaemon,
    take: (draft, value) => {
      daemonOf(draft)[field] = readWhole(name, value, least, greatest);
    },
  };
}

/** Without `--mcast-interface` ipvsadm takes eth0. */
function daemonOf(draft: LineDraft): NonNullable<LineDraft['daemon']> {
  draft.daemon ??= { ...defaultSyncDaemonSettings, interface: 'eth0' };
  return draft.daemon;
}

/** `ipvsadm -S` writes marks over 2147483647 as negative numbers, and cannot read them itself. */
function readFwmark(value: string): number {
  const negative = /^-[1-9]\d{0,9}$/.test(value) ? Number(value) : 0;
  if (negative < 0 && negative >= -0x80000000) return negative + 2 ** 32;
  return readWhole('--fwmark-service', value, 1, 0xffffffff);
}
