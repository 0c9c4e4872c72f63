import { shellWord } from '../../forwarding/diagnosis.ts';
import { farCodes, type Missing, machineWords, type Packing, type Processor } from './far-codes.ts';

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
 * there, or else the one that was sent, and ends with a code of `farCodes` where there is none. POSIX sh, and the
 * programs of coreutils.
 */
export function runLine({ version, sizes, sudo, words }: FarCall): string {
  const machines = (Object.keys(machineWords) as Processor[]).map((processor) => {
    const { gzip, zstd } = farCodes.missing[processor];
    return `"${machineWords[processor]}") a=${processor} s=${sizes[processor] ?? ''} g=${gzip} z=${zstd};;`;
  });
  return forLoginShell(
    [
      `case "$(uname -s) $(uname -m)" in ${machines.join(' ')} *) exit ${farCodes.otherMachine};; esac`,
      `x=$(command -v lvstop) && [ "$("$x" --version 2>/dev/null)" = ${shellWord(`lvstop ${version}`)} ] || { x=${placeOf(version, '$a')}/lvstop; [ -x "$x" ] && { [ -z "$s" ] || [ "$(stat -c %s "$x")" = "$s" ]; } || { command -v zstd >/dev/null && exit $z; exit $g; }; }`,
      `exec ${sudo ? 'sudo -- ' : ''}"$x" "$@"`,
    ].join('; '),
    words,
  );
}

/** What is sent to the far side. */
export interface Sending extends Missing {
  readonly version: string;
}

/** What unpacks standard input to standard output. */
const unpackers: Readonly<Record<Packing, string>> = { gzip: 'gzip -dc', zstd: 'zstd -dcq' };

/**
 * A line that takes an executable from standard input and puts it into its place: whole and as it was sent, or not at
 * all. Its hash by `b2sum` comes first, in hexadecimal digits on a line of its own, then the executable, packed.
 */
export function receiveLine({ version, processor, packing }: Sending): string {
  const { notWhole, notRunnable, notStarting } = farCodes;
  return forLoginShell(
    [
      `command -v b2sum >/dev/null || { echo 'that machine has no b2sum, which is in coreutils from 8.26 on' >&2; exit ${notWhole}; }`,
      `umask 077; d=${placeOf(version, processor)}; mkdir -p "$d" || exit ${notWhole}`,
      `t=$d/.lvstop.$$; trap 'rm -f "$t"' EXIT; trap 'exit ${notWhole}' HUP INT TERM`,
      'read -r h',
      // Hashed while it is written, by what takes a third of sha256sum's time. Where it could not be written whole, a word too many gives another hash.
      `[ "$(${unpackers[packing]} | { tee "$t" || echo torn; } | b2sum)" = "$h  -" ] || exit ${notWhole}`,
      `chmod 700 "$t"; [ -x "$t" ] || exit ${notRunnable}`,
      `[ "$("$t" --version)" = ${shellWord(`lvstop ${version}`)} ] || exit ${notStarting}`,
      // Not waited for: with it all that others wrote may go to the disk. What a power cut leaves of it is shorter, and is
      // sent anew.
      `mv -f "$t" "$d/lvstop" || exit ${notWhole}; sync "$d/lvstop" </dev/null >/dev/null 2>&1 &`,
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
