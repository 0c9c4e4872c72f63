import { forwardingModes } from '../../ipvs/forwarding-method.ts';
import { greatestWeight } from '../../ipvs/real-server.ts';
import { schedulers } from '../../ipvs/scheduler.ts';
import { schedulerFlagWords } from '../../ipvs/scheduler-flags.ts';
import { longestPersistence } from '../../ipvs/service.ts';
import { tunnelChecksums, tunnelTypes } from '../../ipvs/tunnel.ts';
import { longestInterval, shortestInterval } from '../../sampling/sampler.ts';
import { readNumber, readNumberWithin } from './option-values.ts';

/** What is asked for the values that a shell completes; `file` is the shell's own affair. */
export type ValueSource = 'service' | 'real server' | 'scheduler' | 'change' | 'namespace' | 'file';

/** An option: how it is written, what the help says of it, and how its value is read. */
export interface OptionEntry {
  /** As commander writes it: `--weight <n>`. */
  readonly flags: string;
  readonly help: string;
  /** Reads the value; throws an input `IpvsError`. Text is taken as it is where this is left out. */
  readonly read?: (text: string) => unknown;
  /** All values that there are. */
  readonly words?: readonly string[];
  /** Where a shell finds values to complete, if not among `words`. */
  readonly source?: ValueSource;
}

/** The word that takes a setting away. */
export const none = 'none';

/** Which director; of every command. */
export const demoOption: OptionEntry = {
  flags: '--demo',
  help: 'the simulated director: needs neither Linux nor root, changes nothing',
};

/** Which network namespace's table; of the program as a whole. */
export const netnsOption: OptionEntry = {
  flags: '--netns <namespace>',
  source: 'namespace',
  help: 'the table of another network namespace: a name, a path, or a process in it; before a command',
};

/** Of every command that writes. */
export const writeOptions: readonly OptionEntry[] = [
  demoOption,
  { flags: '--dry-run', help: 'only print the ipvsadm lines that this equals' },
  { flags: '--yes', help: 'do not ask before what destroys or interrupts something' },
  { flags: '--no-journal', help: 'do it even where it cannot be recorded: no record, no undo' },
];

/** Seconds between readings. */
export const intervalOption: OptionEntry = {
  flags: '-d, --delay <seconds>',
  help: `seconds between readings, ${shortestInterval} to ${longestInterval} (default: 1)`,
  read: (text) => readNumberWithin('--delay', text, shortestInterval, longestInterval),
};

/** What can be set of a service. */
export const serviceOptions: readonly OptionEntry[] = [
  {
    flags: '-s, --scheduler <name>',
    source: 'scheduler',
    help: `${schedulers.map(({ name }) => name).join(', ')}, or another that the kernel has`,
  },
  {
    flags: '-p, --persistent <seconds>',
    help: `keep a client on its real server for so long, 1 to ${longestPersistence}; ${none} to stop`,
    read: (text) =>
      text === none
        ? none
        : readNumber('--persistent', text, `seconds from 1 to ${longestPersistence}, or ${none}`),
  },
  {
    flags: '-M, --netmask <mask>',
    help: 'group clients for persistence: 255.255.255.0 or 24, for IPv6 a prefix length',
  },
  {
    flags: '--engine <name>',
    help: `persistence engine, sip for one; ${none} to stop`,
  },
  { flags: '-o, --one-packet', help: 'schedule each datagram anew (UDP and firewall marks)' },
  { flags: '--no-one-packet', help: 'schedule by connection, as usual' },
  {
    flags: '-b, --flags <list>',
    help: `scheduler flags, with commas: ${schedulerFlagWords.join(', ')}; ${none} for no flag`,
  },
];

/** How packets are wrapped under tun. */
export const tunnelOptions: readonly OptionEntry[] = [
  {
    flags: '--tunnel <type>',
    help: `${tunnelTypes.join(', ')}: how packets are wrapped under tun`,
    words: tunnelTypes,
  },
  {
    flags: '--tunnel-port <port>',
    help: 'UDP port of a gue tunnel',
    read: (text) => readNumber('--tunnel-port', text, 'a port from 1 to 65535'),
  },
  {
    flags: '--tunnel-checksum <kind>',
    help: `${tunnelChecksums.join(', ')}: checksum of a gue or gre tunnel`,
    words: tunnelChecksums,
  },
];

/** What can be set of a real server. */
export const realServerOptions: readonly OptionEntry[] = [
  {
    flags: '--forwarding <mode>',
    help: `${forwardingModes.join(', ')}: masquerade, tunnel or direct route`,
    words: forwardingModes,
  },
  {
    flags: '-w, --weight <n>',
    help: `0 to ${greatestWeight}; 0 takes no new connections`,
    read: (text) => readNumber('--weight', text, `a whole number from 0 to ${greatestWeight}`),
  },
  {
    flags: '-x, --upper <n>',
    help: 'connections at which it takes no more; 0 for no limit',
    read: (text) => readNumber('--upper', text, 'a whole number of connections, 0 for no limit'),
  },
  {
    flags: '-y, --lower <n>',
    help: 'connections at which it takes more again; 0 for three quarters of the upper one',
    read: (text) =>
      readNumber('--lower', text, 'a whole number of connections, 0 for three quarters of the upper one'),
  },
  ...tunnelOptions,
];
