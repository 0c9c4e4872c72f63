import { visible } from '../../ipvs/visible.ts';

/** A program that made a change, as it was seen doing so. */
export interface Program {
  readonly pid: number;
  /** The kernel's name of it; `null` where it was gone before it could be looked at. */
  readonly name: string | null;
  /** What it was called with; empty where that was not to be seen any more. */
  readonly command: readonly string[];
}

/**
 * Why nobody can say who made a change: nobody watched; it came another way than by netlink; a watch lost messages, or was
 * told too little.
 */
export type UnseenReason = 'no watch' | 'another way' | 'not told';

/** Who made a change, and from where, as far as the system tells. */
export interface Origin {
  /** The user that it was made as: `root`. */
  readonly user: string;
  /** Who called it through sudo, or logged in before it; `null` when nobody else is known. */
  readonly behind: string | null;
  /** Address that the SSH connection came from; `null` where there is none. */
  readonly from: string | null;
  /** By key or by command of lvstop; by a program of another hand; by whom was not seen. */
  readonly by: 'screen' | 'command' | 'program' | 'unseen';
  /** Of what another hand has done. */
  readonly program?: Program;
  readonly unseen?: UnseenReason;
}

const unseenWords: Readonly<Record<UnseenReason, string>> = {
  'no watch': 'nobody watched',
  'another way': 'not by netlink',
  'not told': 'the watch missed it',
};

/** A change of which nobody can say who made it. */
export function unseenOrigin(unseen: UnseenReason): Origin {
  return { user: 'unknown', behind: null, from: null, by: 'unseen', unseen };
}

/** `ada as root from 192.0.2.7`, with `ipvsadm, ` before it of a program; `not seen (nobody watched)`. */
export function describeOrigin(origin: Origin): string {
  const { user, behind, from, program, unseen } = origin;
  if (unseen !== undefined) return `not seen (${unseenWords[unseen]})`;
  if (program?.name === null) return `process ${program.pid}, gone already`;
  const who = behind === null ? user : `${behind} as ${user}`;
  const whence = from === null ? who : `${who} from ${from}`;
  return program === undefined ? whence : `${program.name}, ${whence}`;
}

/** `by ada as root`, or `by whom: not seen (nobody watched)`. */
export function byWhom(origin: Origin): string {
  return `by ${origin.unseen === undefined ? '' : 'whom: '}${describeOrigin(origin)}`;
}

/** In what way a change was made, in words; of a program, what it was called with. */
export function howDone({ by, program }: Origin): string {
  if (by === 'screen') return 'by key';
  if (by === 'command') return 'by command';
  if (program === undefined) return 'found by the difference between two readings';
  const command = visible(program.command.join(' '));
  return command === ''
    ? 'what it was called with was not to be seen'
    : `${command} (process ${program.pid})`;
}
