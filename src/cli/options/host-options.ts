import { hostColors } from '../../formats/settings/host-settings.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { OptionEntry, ValuesOf } from './option-entry.ts';

/** Which machine's lvstop; of the program as a whole, before a command's name. */
export const hostOptions = [
  {
    flags: '--host <host>',
    help: 'on another machine, over your ssh: [USER@]HOST; several with commas, for what prints; two for an edit of both',
    source: 'host',
  },
  {
    flags: '--first <host>',
    help: 'with --host of two and an edit: this one is written first, as the standby',
    source: 'host',
  },
  { flags: '--sudo', help: 'with --host: by sudo there' },
  { flags: '--yes', help: 'with --host: send lvstop where it is missing, without asking' },
] as const satisfies readonly OptionEntry[];

/** Options by which the far side of `--host` knows that it is one; lvstop gives them, no operator types them. */
export const farOptions = [
  { flags: '--far <host>', help: 'the name by which its caller knows this machine', hidden: true },
  { flags: '--production', help: 'edits ask for that name', hidden: true },
  { flags: '--accent <color>', help: 'its colour', words: hostColors, hidden: true },
  { flags: '--ends-with-input', help: 'end when standard input does', hidden: true },
] as const satisfies readonly OptionEntry[];

/** Values of `hostOptions`. */
export type HostOptions = ValuesOf<typeof hostOptions>;

/** Refuses options that mean nothing without `--host`. Throws an input `IpvsError`. */
export function refuseWithoutHost({ first, sudo, yes }: HostOptions): void {
  if (first === undefined && sudo !== true && yes !== true) return;
  throw IpvsError.input(
    'bad-usage',
    'read the call',
    '',
    `${first !== undefined ? '--first' : sudo === true ? '--sudo' : '--yes before a command'} goes with --host`,
    'name a host, or leave it out; a command takes its own --yes behind its name',
  );
}

/** A command line, divided where the command begins. */
export interface DividedCall {
  /** The program's own options with their values, but for those that were to be left out. */
  readonly options: readonly string[];
  /** The command with all of its own; empty for the screen. */
  readonly command: readonly string[];
}

/** Divides a command line at the command's name. `known` are the program's options, `leftOut` those that are for this side only. */
export function divideCall(
  argv: readonly string[],
  known: readonly OptionEntry[],
  leftOut: readonly OptionEntry[],
): DividedCall {
  const names = (entries: readonly OptionEntry[]) =>
    new Set(entries.flatMap(({ flags }) => flags.split(/[ ,]+/).filter((word) => word.startsWith('-'))));
  const valued = names(known.filter(({ flags }) => flags.includes('<')));
  const dropped = names(leftOut);
  const options: string[] = [];
  let place = 0;
  while (place < argv.length) {
    const word = argv[place] ?? '';
    if (!word.startsWith('-') || word === '-') break;
    const [name = ''] = word.split('=');
    const length = valued.has(name) && name === word ? 2 : 1;
    if (!dropped.has(name)) options.push(...argv.slice(place, place + length));
    place += length;
  }
  return { options, command: argv.slice(place) };
}
