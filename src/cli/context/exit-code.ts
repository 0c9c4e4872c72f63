import { CommanderError } from 'commander';
import { IpvsError, type IpvsErrorKind } from '../../ipvs/error.ts';
import { brief, visible } from '../../ipvs/visible.ts';
import { isSystemError, systemErrorCode, systemErrorReason } from '../../system/system-error.ts';
import { hereForIpvsadm } from './ipvsadm-words.ts';

/** What lvstop's exit codes mean, for the help and for whoever calls it. */
export const exitCodes = [
  { code: 0, meaning: 'done' },
  { code: 1, meaning: 'it ran and found what it looks for; a drain: not empty in its time' },
  {
    code: 2,
    meaning: 'the call or the input is wrong, or was not confirmed; nothing was asked of the kernel',
  },
  { code: 3, meaning: 'the director cannot be reached: no IPVS, no right, gone' },
  { code: 4, meaning: 'the kernel refused, or the object was changed by somebody else meanwhile' },
  { code: 70, meaning: 'a defect of lvstop itself' },
  { code: 130, meaning: 'broken off with Ctrl-C; what was done by then is said, and 143 after SIGTERM' },
  {
    code: 74,
    meaning:
      'what was printed could not be written, to a full disk for one, or the disk has not confirmed what was saved',
  },
] as const;

/** Ends a command whose output was lost, or may be; sysexits.h calls it an error of input or output. */
export const unwrittenCode = 74;

/** For a command that ran and found what it looks for. */
export const foundCode = 1;

/** For a command that did what it could do without the right. */
export const missingRight = 3;

const codeOfKind: Readonly<Record<IpvsErrorKind, number>> = {
  input: 2,
  unreachable: missingRight,
  refused: 4,
  conflict: 4,
};

/** Thrown by a command that ran and found what it looks for: nothing to say, and exit code 1. */
export class Found extends Error {
  override readonly name = 'Found';
}

/** A command that did what it could and ends with another code than 0, which is no failure of a call. */
export class CommandEnd extends Error {
  override readonly name = 'CommandEnd';
  readonly exitCode: number;

  /** `message` is said as one line. */
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** How a failed command ends. */
export interface Failure {
  /** One line for standard error without the program's name; `null` when there is nothing to say. */
  readonly line: string | null;
  readonly exitCode: number;
}

/** Makes one line and an exit code of whatever was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Found) return { line: null, exitCode: foundCode };
  if (error instanceof CommanderError) return commanderFailure(error);
  if (error instanceof CommandEnd) return { line: visible(brief(error.message)), exitCode: error.exitCode };
  if (error instanceof IpvsError) return { line: error.message, exitCode: codeOfKind[error.kind] };
  return {
    line: `${visible(brief(textOf(error)))}; this is a defect of lvstop: run it again with LVSTOP_DEBUG=1 and report what it prints`,
    exitCode: 70,
  };
}

/** What the system said nobody has reckoned with: in words, with the file that it is about. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!isSystemError(error)) return error.message;
  const call = 'syscall' in error ? `${error.syscall} ` : '';
  const path = 'path' in error ? `${error.path}` : '';
  return `${`${call}${path}`.trim() || 'a system call'}: ${systemErrorReason(systemErrorCode(error))}`;
}

function commanderFailure({ code, exitCode, message }: CommanderError): Failure {
  // Help that was asked for, and the version, are printed already.
  if (exitCode === 0) return { line: null, exitCode: 0 };
  // Of a command that is not there commander has no help, and no word for that.
  if (code === 'commander.help') return { line: 'there is no such command; see --help', exitCode: 2 };
  const text = brief(message)
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ');
  const option = /^unknown option '(\S+)'/.exec(text)?.[1];
  const here = option === undefined ? undefined : hereForIpvsadm(option);
  if (here !== undefined) {
    return { line: `unknown option '${option}'; that is ipvsadm's, here it is ${here}`, exitCode: 2 };
  }
  return { line: visible(/[.?)]$/.test(text) ? text : `${text}; see --help`), exitCode: 2 };
}
