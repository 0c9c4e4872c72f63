import { visible } from '../../ipvs/visible.ts';

/** A program that was seen making a change. */
export interface Program {
  readonly pid: number;
  /** The kernel's name of the process; `null` where it was gone before it could be looked up. */
  readonly name: string | null;
  /** Its command line; empty where that could not be seen any more. */
  readonly command: readonly string[];
  /** The program that keeps the table and has called it, as ldirectord calls ipvsadm; none where it is left out. */
  readonly of?: string;
}

/**
 * Why it is unknown who made a change: nobody watched; it was not made by netlink; or the watch lost messages, or was
 * told too little.
 */
export type UnseenReason = 'no watch' | 'another way' | 'not told';

/** Who made a change, and from where, as far as the system tells. */
export interface Origin {
  /** The user that it was made as: `root`. */
  readonly user: string;
  /** Who called sudo, or logged in, to become that user; `null` when nobody else is known. */
  readonly behind: string | null;
  /** Address that the SSH connection came from; `null` where there is none. */
  readonly from: string | null;
  /**
   * `screen`: by a key of lvstop; `command`: by a command of lvstop; `program`: by another program; `unseen`:
   * unknown.
   */
  readonly by: 'screen' | 'command' | 'program' | 'unseen';
  /** The program, if another one than this lvstop did it. */
  readonly program?: Program;
  readonly unseen?: UnseenReason;
}

const unseenWords: Readonly<Record<UnseenReason, string>> = {
  'no watch': 'nobody watched',
  'another way': 'not by netlink',
  'not told': 'the watch missed it',
};

/** The origin of a change that nobody was seen to make. */
export function unseenOrigin(unseen: UnseenReason): Origin {
  return { user: 'unknown', behind: null, from: null, by: 'unseen', unseen };
}

/** `ada as root from 192.0.2.7`, preceded by `ipvsadm, ` for a program; or `not seen (nobody watched)`. */
export function describeOrigin(origin: Origin): string {
  const { user, behind, from, program, unseen } = origin;
  if (unseen !== undefined) return `not seen (${unseenWords[unseen]})`;
  if (program?.name === null) return `process ${program.pid}, gone already`;
  const who = behind === null ? user : `${behind} as ${user}`;
  const whence = from === null ? who : `${who} from ${from}`;
  return program === undefined ? whence : `${programName(program)}, ${whence}`;
}

/** `ipvsadm`, or `ipvsadm of ldirectord`; empty for a program that was gone before it could be looked up. */
export function programName({ name, of }: Program): string {
  return of === undefined ? (name ?? '') : `${name} of ${of}`;
}

/** `by ada as root`, or `by whom: not seen (nobody watched)`. */
export function byWhom(origin: Origin): string {
  return `by ${origin.unseen === undefined ? '' : 'whom: '}${describeOrigin(origin)}`;
}

/** How a change was made, in words; for a program, its command line. */
export function howDone({ by, program }: Origin): string {
  if (by === 'screen') return 'by key';
  if (by === 'command') return 'by command';
  if (program === undefined) return 'found by the difference between two readings';
  const command = visible(program.command.join(' '));
  return command === ''
    ? 'what it was called with was not to be seen'
    : `${command} (process ${program.pid})`;
}
