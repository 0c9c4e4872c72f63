import { CommanderError } from 'commander';
import { IpvsError } from '../../ipvs/error.ts';
import { type ErrorCode, errorCodes, type IpvsErrorKind } from '../../ipvs/error-codes.ts';
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
  { code: 5, meaning: 'two directors that were changed together are left different; what to do is said' },
  { code: 70, meaning: 'a defect of lvstop itself' },
  { code: 130, meaning: 'broken off with Ctrl-C; what was done by then is said, and 143 after SIGTERM' },
  {
    code: 74,
    meaning:
      'what was printed could not be written, to a full disk for one, or the disk has not confirmed what was saved',
  },
] as const;

/** For a command whose output was lost, or may be: `EX_IOERR` of sysexits.h. */
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

/** How commands end with another code than 0 without a failed call; a defect is lvstop's own. */
export const endCodes = {
  found: { exit: '1', meaning: 'it ran and found what it looks for, or did not get done in its time' },
  'not-looked': {
    exit: '3',
    meaning: 'what could be looked at without the right was, and nothing was found',
  },
  'broken-off': { exit: '130, 143', meaning: 'broken off with Ctrl-C or SIGTERM' },
  'hosts-failed': { exit: 'the greatest', meaning: 'of several hosts some could not be reached, or failed' },
  diverged: { exit: '5', meaning: 'two directors that were changed together are left different' },
  'taken-back': {
    exit: '2, 3, 4',
    meaning:
      'of two directors one could not be changed, so both are as before; the exit code is that of what failed',
  },
  unwritten: { exit: '74', meaning: 'what was saved, or printed, may not be on the disk' },
  defect: { exit: '70', meaning: 'a defect of lvstop' },
} as const satisfies Readonly<Record<string, { readonly exit: string; readonly meaning: string }>>;

/** The name of such an end, for programs that read it from JSON. */
export type EndCode = keyof typeof endCodes;

/** A command that did what it could and ends with another code than 0, which is no failure of a call. */
export class CommandEnd extends Error {
  override readonly name = 'CommandEnd';
  readonly code: EndCode;
  readonly exitCode: number;

  /** `message` is said as one line; empty where all is said already. */
  constructor(code: EndCode, exitCode: number, message: string) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The exit code that an error leads to. */
export function exitCodeOf(code: ErrorCode): number {
  return codeOfKind[errorCodes[code].kind];
}

/** How a failed command ends. */
export interface Failure {
  /** One line for standard error without the program's name; `null` when there is nothing to say. */
  readonly line: string | null;
  readonly exitCode: number;
  /** The name of the failure, for programs that read it from JSON. */
  readonly code: ErrorCode | EndCode;
}

/** Makes one line and an exit code of whatever was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Found) return { line: null, exitCode: foundCode, code: 'found' };
  if (error instanceof CommanderError) return { ...commanderFailure(error), code: 'bad-usage' };
  if (error instanceof CommandEnd) {
    const { exitCode, code, message } = error;
    return { line: message === '' ? null : visible(brief(message)), exitCode, code };
  }
  if (error instanceof IpvsError) {
    return { line: error.message, exitCode: exitCodeOf(error.code), code: error.code };
  }
  return {
    line: `${visible(brief(textOf(error)))}; this is a defect of lvstop: run it again with LVSTOP_DEBUG=1 and report what it prints`,
    exitCode: 70,
    code: 'defect',
  };
}

/** What a call with `--json` says of whatever was thrown, as one line of JSON; `null` when there is nothing to say. */
export function failureJson(error: unknown): string | null {
  const { line, exitCode, code } = failureOf(error);
  if (line === null) return null;
  const { operation, object, reason, advice, errno } = error instanceof IpvsError ? error : {};
  return JSON.stringify({
    error: { code, exitCode, message: line, operation, object, reason, advice, errno },
  });
}

/** The text of an error that was not expected; one of the system's in words, with the call and the file. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!isSystemError(error)) return error.message;
  const call = 'syscall' in error ? `${error.syscall} ` : '';
  const path = 'path' in error ? `${error.path}` : '';
  return `${`${call}${path}`.trim() || 'a system call'}: ${systemErrorReason(systemErrorCode(error))}`;
}

function commanderFailure({ code, exitCode, message }: CommanderError): Omit<Failure, 'code'> {
  // Help that was asked for, and the version, are printed already.
  if (exitCode === 0) return { line: null, exitCode: 0 };
  // Asked for the help of an unknown command, commander gives no message.
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
