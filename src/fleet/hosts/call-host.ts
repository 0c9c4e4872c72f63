import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { IpvsError } from '../../ipvs/error.ts';
import { keepTerminalSettings } from '../../system/terminal-settings.ts';
import { type Executable, type ExecutablePlaces, executableFor } from './executables.ts';
import { farCodes, type Missing, machineWords, missingBy, type Processor, sshFailed } from './far-codes.ts';
import { placeOf, runLine } from './far-script.ts';
import { sendExecutable } from './send-executable.ts';
import type { Ssh } from './ssh.ts';

/** A call of lvstop on another host. */
export interface HostCall {
  /** As the operator names it for ssh: `lb1`, `ada@lb1`. */
  readonly host: string;
  readonly sudo: boolean;
  /** Arguments of lvstop there. */
  readonly words: readonly string[];
  /** It gets a terminal. */
  readonly terminal: boolean;
  /** It reads standard input. */
  readonly readsInput: boolean;
}

/** What a call needs on this side. */
export interface HostCaller {
  readonly ssh: Ssh;
  readonly version: string;
  readonly places: ExecutablePlaces;
  /** Asks whether something may be sent; throws where nobody can be asked. */
  readonly mayBeSent: (question: string) => Promise<boolean>;
  /** Shows how far the sending is; left out where there is no terminal for it. */
  readonly status?: ((line: string) => void) | undefined;
}

/**
 * Leaves the modes of a screen whose program could not do so itself: mouse, pastes, wrapping, cursor, alternate screen.
 * Where no alternate screen was entered, leaving it moves the cursor back over what ssh said, so it is sent to the last
 * row.
 */
const calm =
  '\x1b[?2026l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[m\x1b[?2004l\x1b[?25h\x1b[?7h\x1b[?1049l\x1b[999;1H\r\n';

/**
 * Milliseconds in which a stop takes effect. One that has had none by then is waited for no longer, since no SIGCONT
 * would follow it.
 */
const stopTime = 500;

/**
 * Calls lvstop on another host, after it was sent there where it is missing, and resolves with its exit code. Throws an
 * `IpvsError` where it cannot be run there.
 */
export async function callHost(call: HostCall, caller: HostCaller): Promise<number> {
  // A pipe can be read only once, so it is found out first whether lvstop is there to read it.
  if (call.readsInput) {
    const probed = await runOnce({ ...call, words: ['--version'], terminal: false }, caller, [
      'ignore',
      'ignore',
      2,
    ]);
    const missing = missingBy(probed);
    if (missing !== undefined) await send(call.host, missing, caller);
    else if (probed !== 0) return judged(call.host, probed);
  }
  let hasSent = false;
  for (;;) {
    const code = await runOnce(call, caller, [call.terminal || call.readsInput ? 0 : 'pipe', 1, 2]);
    const missing = missingBy(code);
    if (code === farCodes.suspended) await suspendOurselves();
    else if (missing === undefined || hasSent) return judged(call.host, code);
    else {
      await send(call.host, missing, caller);
      hasSent = true;
    }
  }
}

/** Sizes in bytes of the executables that could be sent, by processor. */
export function sizesIn(places: ExecutablePlaces): Partial<Record<Processor, number>> {
  const sizes: Partial<Record<Processor, number>> = {};
  for (const processor of Object.keys(machineWords) as Processor[]) {
    const executable = executableFor(processor, places);
    if (executable !== undefined) sizes[processor] = executable.size;
  }
  return sizes;
}

/** Gives the exit code of an lvstop that ran on a host; throws an `unreachable` `IpvsError` where none ran. */
export function judged(host: string, code: number): number {
  if (code === farCodes.otherMachine) {
    throw unreachable(
      host,
      'lvstop is built for Linux on x86-64 and arm64, and this machine is another',
      'run it there from source',
    );
  }
  if (missingBy(code) !== undefined)
    throw unreachable(host, 'what was sent is not there', 'see whether its home folder stays as it is');
  if (code !== sshFailed) return code;
  throw unreachable(
    host,
    'there was no connection, or it was lost, or it grants no session (ssh may say more above)',
    'what ran there ends with it; see whether "ssh" runs "true" there',
  );
}

function unreachable(host: string, reason: string, advice: string): IpvsError {
  return new IpvsError({
    code: 'host-unreachable',
    operation: 'run lvstop on',
    object: host,
    reason,
    advice,
  });
}

async function runOnce(
  { host, sudo, words, terminal }: HostCall,
  { ssh, version, places }: HostCaller,
  stdio: ['ignore' | 'pipe' | 0, 'ignore' | 1, 2],
): Promise<number> {
  const restore = terminal ? keepTerminalSettings(0) : () => undefined;
  const line = runLine({ version, sizes: sizesIn(places), sudo, words });
  const child = await ssh.start({ host, line, terminal, stdio });
  const code = await endOf(child);
  // The far side could not put the terminal back itself.
  if (terminal && (code === sshFailed || code > 128)) {
    restore();
    process.stdout.write(calm);
  }
  return code;
}

/**
 * Waits until a process ends, whatever signals come: those of the terminal reach the process itself, others are handed
 * on to it.
 */
async function endOf(child: ChildProcess): Promise<number> {
  const wait = () => undefined;
  const handOn = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', wait);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, handOn);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? codeOfSignal(signal);
  } finally {
    process.off('SIGINT', wait);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, handOn);
  }
}

function codeOfSignal(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
  // A process that anything else has ended counts as a lost connection.
  const number = signal === null ? undefined : numbers[signal];
  return number === undefined ? sshFailed : 128 + number;
}

async function send(host: string, missing: Missing, caller: HostCaller): Promise<void> {
  const { processor } = missing;
  const { size } = executableOrRefuse(host, processor, caller);
  const { version } = caller;
  const place = placeOf(version, processor).replace('"$HOME"', '~');
  const question = `${host} has no lvstop ${version}. Send it, ${amount(size)}, to ${place}?`;
  if (!(await caller.mayBeSent(question))) {
    throw IpvsError.input(
      'not-confirmed',
      'run lvstop on',
      host,
      `it has no lvstop ${version}`,
      'nothing was sent',
    );
  }
  await deliver(host, missing, caller);
  caller.status?.('');
}

/** Puts lvstop into its place on a host, without a question. Throws an `IpvsError` where it is not there then. */
export async function deliver(host: string, missing: Missing, caller: HostCaller): Promise<void> {
  const executable = executableOrRefuse(host, missing.processor, caller);
  const { ssh, version, status } = caller;
  const whole = amount(executable.size);
  await sendExecutable({
    ssh,
    host,
    version,
    missing,
    executable,
    onProgress: (sent) =>
      status?.(
        `sending lvstop ${version} to ${host}: ${Math.floor((100 * sent) / executable.size)}% of ${whole}`,
      ),
  });
}

function amount(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function executableOrRefuse(host: string, processor: Processor, { version, places }: HostCaller): Executable {
  const executable = executableFor(processor, places);
  if (executable !== undefined) return executable;
  throw IpvsError.input(
    'no-executable',
    'run lvstop on',
    host,
    `it has no lvstop ${version}, and there is none here for its processor (lvstop-linux-${processor})`,
    `install that version there, or put the file into ${places.folders.join(' or ')}`,
  );
}

/** Stops this process and its group as Ctrl-Z does, until the shell continues them. */
async function suspendOurselves(): Promise<void> {
  const continued = once(process, 'SIGCONT');
  process.kill(0, 'SIGTSTP');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, stopTime);
  });
  await Promise.race([continued, late]);
  clearTimeout(timer);
}
