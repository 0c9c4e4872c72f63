import { shellWord } from '../../forwarding/diagnosis.ts';
import { farCodes, machineWords, type Processor } from './far-codes.ts';

/** What the far side is to do. */
export interface FarCall {
  /** The version that it has to be. */
  readonly version: string;
  /** Bytes of the executables that this side could send; what is there is used only where it has as many. */
  readonly sizes: Readonly<Partial<Record<Processor, number>>>;
  /** By `sudo`. */
  readonly sudo: boolean;
  /** Arguments of lvstop. */
  readonly words: readonly string[];
}

/**
 * A line for the login shell of the far side, whichever that is: it runs an lvstop of this version that is installed
 * there, or else the one that was sent, and ends with a code of `farCodes` where there is none. POSIX sh, and programs
 * that each Linux has.
 */
export function runLine({ version, sizes, sudo, words }: FarCall): string {
  const machines = (Object.keys(machineWords) as Processor[]).map(
    (processor) =>
      `"${machineWords[processor]}") a=${processor} s=${sizes[processor] ?? ''} m=${farCodes.missing[processor]};;`,
  );
  return forLoginShell(
    [
      `case "$(uname -s) $(uname -m)" in ${machines.join(' ')} *) exit ${farCodes.otherMachine};; esac`,
      `x=$(command -v lvstop) && [ "$("$x" --version 2>/dev/null)" = ${shellWord(`lvstop ${version}`)} ] || { x=${placeOf(version, '$a')}/lvstop; [ -x "$x" ] && { [ -z "$s" ] || [ "$(stat -c %s "$x")" = "$s" ]; } || exit $m; }`,
      `exec ${sudo ? 'sudo -- ' : ''}"$x" "$@"`,
    ].join('; '),
    words,
  );
}

/** What is sent to the far side. */
export interface Sending {
  readonly version: string;
  readonly processor: Processor;
  /** SHA-256 of it, in hexadecimal digits. */
  readonly hash: string;
}

/**
 * A line that takes an executable from standard input, compressed by gzip, and puts it into its place: whole and as it
 * was sent, or not at all.
 */
export function receiveLine({ version, processor, hash }: Sending): string {
  const { notWhole, notRunnable, notStarting } = farCodes;
  return forLoginShell(
    [
      `umask 077; d=${placeOf(version, processor)}; mkdir -p "$d" || exit ${notWhole}`,
      `t=$d/.lvstop.$$; trap 'rm -f "$t"' EXIT; trap 'exit ${notWhole}' HUP INT TERM`,
      `gzip -dc >"$t" || exit ${notWhole}`,
      `case $(sha256sum "$t") in ${hash}*) ;; *) exit ${notWhole};; esac`,
      `chmod 700 "$t" && sync "$t" 2>/dev/null; [ -x "$t" ] || exit ${notRunnable}`,
      `[ "$("$t" --version)" = ${shellWord(`lvstop ${version}`)} ] || exit ${notStarting}`,
      `mv -f "$t" "$d/lvstop" || exit ${notWhole}`,
    ].join('; '),
    [],
  );
}

/** The folder of a version below the home folder of the far account. */
export function placeOf(version: string, processor: string): string {
  return `"$HOME"/.cache/lvstop/${version}-${processor}`;
}

/** One line, which sh, bash, zsh and fish take alike. */
function forLoginShell(script: string, words: readonly string[]): string {
  return ['exec', 'sh', '-c', script, 'lvstop', ...words].map(shellWord).join(' ');
}
