import { forwardingModes } from '../../ipvs/forwarding-method.ts';
import { greatestWeight } from '../../ipvs/real-server.ts';
import { schedulers } from '../../ipvs/scheduler.ts';
import { schedulerFlagWords } from '../../ipvs/scheduler-flags.ts';
import { longestPersistence } from '../../ipvs/service.ts';
import { tunnelChecksums, tunnelTypes } from '../../ipvs/tunnel.ts';
import { longestInterval, shortestInterval } from '../../sampling/sampler.ts';
import { readDemo } from '../context/demo.ts';
import { farOptions } from './host-options.ts';
import type { OptionEntry, ValuesOf } from './option-entry.ts';
import { readNumber, readNumberWithin } from './option-values.ts';

/** The word that takes a setting away. */
export const none = 'none';

/** Which director; of every command. */
export const demoOption = {
  flags: '--demo [=scene]',
  source: 'scene',
  help: 'a simulated director, or a scene of one: needs neither Linux nor root',
  read: readDemo,
} as const satisfies OptionEntry;

/** Which network namespace's table; of the program as a whole. */
export const netnsOption = {
  flags: '--netns <namespace>',
  source: 'namespace',
  help: 'the table of another network namespace: a name, a path, or a process in it; before a command',
} as const satisfies OptionEntry;

/** With this nothing is written, whatever is asked for; of the program as a whole. */
export const readOnlyOption = {
  flags: '--read-only',
  help: 'no edit is possible',
} as const satisfies OptionEntry;

/** Which configuration counts; of the program as a whole. */
export const configOption = {
  flags: '--config <file>',
  source: 'file',
  help: "configuration in place of the user's own; /etc/lvstop/config.toml counts all the same",
} as const satisfies OptionEntry;

/** Options of the program that count for its commands, too. */
export const programOptions = [
  demoOption,
  netnsOption,
  readOnlyOption,
  configOption,
  ...farOptions,
] as const satisfies readonly OptionEntry[];

/** What was given for options of a command, and for those of the program before its name. */
export type CommandValues<Entries extends readonly OptionEntry[]> = ValuesOf<Entries> & ProgramValues;

/** Values of the program's options. */
export type ProgramValues = ValuesOf<typeof programOptions>;

/** Options of every command that writes. */
export const writeOptions = [
  demoOption,
  { flags: '--dry-run', help: 'only print the ipvsadm lines that this equals' },
  { flags: '--yes', help: 'do not ask before what destroys or interrupts something' },
  { flags: '--no-journal', help: 'do it even where it cannot be recorded: no record, no undo' },
] as const satisfies readonly OptionEntry[];

/** Options of every command that changes what keepalived may own. */
export const lastingOptions = [
  { flags: '--lasting', help: "in keepalived's configuration too: tested, written, reloaded, watched" },
  { flags: '--now', help: 'in the table only, without a word about keepalived' },
] as const satisfies readonly OptionEntry[];

/** An option of every edit of a weight, on a table that keepalived keeps. */
export const trackFileOption = {
  flags: '--track-file',
  help: 'lasting, by the number in the track_file of its FILE_CHECK: keepalived follows it, without a reload',
} as const satisfies OptionEntry;

/** An option of every command that may send clients where none went before. */
export const probeBeforeOption = {
  flags: '--probe',
  help: 'ask the real servers that get clients by it, and do nothing where one does not answer',
} as const satisfies OptionEntry;

/** Options of every change that can be taken back unless it is confirmed. */
export const trialOptions = [
  {
    flags: '--confirm-within <seconds>',
    help: 'taken back after so long, 5 to 86400, unless "lvstop confirm" says that it stays',
    read: (text) => Math.ceil(readNumberWithin('--confirm-within', text, 5, 86_400)),
  },
  { flags: '--change-name <id>', help: 'the name of the change in the journal', hidden: true },
  { flags: '--planned <identity>', help: 'only the plan that was shown', hidden: true },
  { flags: '--plan-json', help: 'only print the plan as JSON', hidden: true },
] as const satisfies readonly OptionEntry[];

/** Options of the commands that change a service or real server. */
export const editWriteOptions = [
  probeBeforeOption,
  ...lastingOptions,
  ...trialOptions,
  ...writeOptions,
] as const satisfies readonly OptionEntry[];

/** Seconds between readings. */
export const intervalOption = {
  flags: '-d, --delay <seconds>',
  help: `seconds between readings, ${shortestInterval} to ${longestInterval} (default: 1)`,
  read: (text) => readNumberWithin('--delay', text, shortestInterval, longestInterval),
} as const satisfies OptionEntry;

/** Options for what can be set of a service. */
export const serviceOptions = [
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
] as const satisfies readonly OptionEntry[];

/** Options for how packets are wrapped under tun. */
export const tunnelOptions = [
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
] as const satisfies readonly OptionEntry[];

/** Options for what can be set of a real server. */
export const realServerOptions = [
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
    help: 'connections below which it takes more again; 0 for three quarters of the upper one',
    read: (text) =>
      readNumber('--lower', text, 'a whole number of connections, 0 for three quarters of the upper one'),
  },
  ...tunnelOptions,
] as const satisfies readonly OptionEntry[];

/** Options of the commands that set something of a service. */
export const serviceEditOptions = [
  ...serviceOptions,
  ...trialOptions,
  ...writeOptions,
] as const satisfies readonly OptionEntry[];

/** Options of the commands that set something of a real server. */
export const realServerEditOptions = [
  ...realServerOptions,
  ...editWriteOptions,
] as const satisfies readonly OptionEntry[];
