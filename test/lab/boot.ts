/** Boots the lab's guest: a user-mode Linux kernel, an ordinary process of this user's, that runs one command. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type FSWatcher, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { memoryFolder } from './kernel/memory-folder.ts';
import { fetchPackages } from './kernel/packages.ts';
import { wideRegistersEnvironment } from './kernel/wide-registers.ts';
import { onOneProcessor } from './one-processor.ts';
import { runOnTerminal } from './terminal.ts';

export { LabUnavailable } from './kernel/packages.ts';

/** The folder that holds package.json; it has the same path inside the guest. */
export const checkout = resolve(import.meta.dirname, '../..');

/** What goes on before the command runs, in this order; `download` on a machine's first start only. */
export type Stage = 'download' | 'kernel' | 'site' | 'traffic' | 'command';

/** What to boot. */
export interface BootOptions {
  /** Program and arguments, run as root in the guest's first network namespace. */
  readonly command: readonly string[];
  /** Variables for the command, beside PATH and HOME, which the guest sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** The command's working folder; the checkout when not given. */
  readonly cwd?: string;
  /** Is told what goes on until the command runs. */
  readonly onStage?: (stage: Stage) => void;
  /** The guest's memory in megabytes; 1024 when not given. */
  readonly memory?: number;
  /** Seconds after which the guest is ended; 120 when not given, 0 for never. */
  readonly timeLimit?: number;
  /** Joins the guest's console to this process's terminal, with that size. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
  /** Folders of the host that the guest may write to; everything else that it writes is gone with it. */
  readonly writable?: readonly string[];
  /** Takes what the command prints; it goes to stdout when not given. */
  readonly onOutput?: (text: Buffer) => void;
}

/** How a boot ended. */
export interface BootResult {
  /** `exited`: the command ran to its end; `died`: the guest ended without it; `time limit`: it was ended. */
  readonly outcome: 'exited' | 'died' | 'time limit';
  /** The command's exit code; 124 after the time limit and 125 when the guest died. */
  readonly exitCode: number;
  /** What the guest's kernel and its init said, for the reason of a death. */
  readonly kernelLog: string;
}

const PANIC = /Kernel panic/;

/**
 * Boots a guest, runs the command in it and waits for its end. The first call on a machine downloads the kernel.
 * @throws {LabUnavailable} when this machine cannot have a lab.
 */
export async function boot(options: BootOptions): Promise<BootResult> {
  const { onStage = () => undefined } = options;
  const packages = fetchPackages(() => onStage('download'));
  const memory = options.memory ?? 1024;
  const exchange = mkdtempSync(join(tmpdir(), 'lvstop-lab-'));
  try {
    leaveJob(exchange, packages, options);
    const kernel = [...onOneProcessor(), join(packages, 'usr/bin/linux.uml')];
    const env = {
      PATH: '/usr/bin:/bin',
      HOME: exchange,
      TMPDIR: memoryFolder(memory),
      ...wideRegistersEnvironment(packages),
    };
    onStage('kernel');
    const stages = watchStages(exchange, onStage);
    const guest = new Guest(options.timeLimit ?? 120, exchange);
    const kernelLog = join(exchange, 'kernel.log');
    if (options.terminal) {
      // Standard error must be kept off the terminal, and a pty has only one stream.
      const script = 'log=$1; shift; exec "$@" 2>"$log"';
      const command = [
        '/bin/sh',
        '-c',
        script,
        'sh',
        kernelLog,
        ...kernel,
        ...kernelArguments(exchange, memory),
      ];
      await runOnTerminal(command, env, options.terminal, (pid) => guest.started(pid));
    } else {
      const [program = '', ...before] = kernel;
      const child = spawn(program, [...before, ...kernelArguments(exchange, memory)], {
        detached: true,
        env,
        stdio: 'pipe',
      });
      guest.started(child.pid);
      await pump(child, kernelLog, options.onOutput ?? ((text) => process.stdout.write(text)), guest);
    }
    guest.ended();
    stages.close();
    return result(exchange, guest.overTime, kernelLog);
  } finally {
    rmSync(exchange, { recursive: true, force: true });
  }
}

/** The guest notes each stage in a file of the exchange folder. */
function watchStages(exchange: string, onStage: (stage: Stage) => void): FSWatcher {
  const file = join(exchange, 'stage');
  let told = '';
  return watch(exchange, (_event, name) => {
    const stage = name === 'stage' ? (readText(file)?.trim() ?? '') : '';
    if (stage === told || !isGuestStage(stage)) return;
    told = stage;
    onStage(stage);
  });
}

function isGuestStage(text: string): text is Stage {
  return text === 'site' || text === 'traffic' || text === 'command';
}

function kernelArguments(exchange: string, memory: number): string[] {
  return [
    `mem=${memory}M`,
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
    'ro',
    `init=${exchange}/init`,
    `uml_dir=${exchange}`,
    'umid=uml',
    // The command has the console to itself; what kernel and init say goes to standard error.
    'con=null',
    'con0=fd:0,fd:1',
    'ssl=null',
    'ssl0=null,fd:2',
    'console=ttyS0',
    'quiet',
  ];
}

/** Writes what init.sh reads: the paths, the command with its environment, the terminal's size. */
function leaveJob(exchange: string, packages: string, options: BootOptions): void {
  const init = [join(import.meta.dirname, 'init.sh'), exchange, packages, checkout].map(quote).join(' ');
  writeFileSync(join(exchange, 'init'), `#!/bin/bash\nexec /bin/bash ${init}\n`, { mode: 0o755 });
  const variables = Object.entries(options.env ?? {}).map(
    ([name, value]) => `export ${name}=${quote(value)}\n`,
  );
  const folder = `cd ${quote(options.cwd ?? checkout)}\n`;
  writeFileSync(
    join(exchange, 'job'),
    `${variables.join('')}${folder}exec ${options.command.map(quote).join(' ')}\n`,
  );
  if (options.terminal) {
    writeFileSync(join(exchange, 'size'), `${options.terminal.rows} ${options.terminal.columns}\n`);
  }
  if (options.writable?.length) {
    writeFileSync(
      join(exchange, 'writable'),
      `${options.writable.map((folder) => resolve(folder)).join('\n')}\n`,
    );
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const running = new Set<Guest>();

function endAll(): void {
  for (const guest of running) {
    guest.end();
  }
}

function endAllBySignal(signal: NodeJS.Signals): void {
  endAll();
  // As if there had been no handler: whoever waits for this process sees which signal ended it.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** The guest's process group: ended at its time limit, with this process, and never left behind. */
class Guest {
  overTime = false;
  #pid: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #seconds: number;
  readonly #exchange: string;

  constructor(seconds: number, exchange: string) {
    this.#seconds = seconds;
    this.#exchange = exchange;
  }

  started(pid: number | undefined): void {
    this.#pid = pid;
    if (running.size === 0) {
      process.on('exit', endAll);
      for (const signal of ENDING_SIGNALS) {
        process.on(signal, endAllBySignal);
      }
    }
    running.add(this);
    if (this.#seconds > 0) {
      this.#timer = setTimeout(() => {
        this.overTime = true;
        this.kill();
      }, this.#seconds * 1000);
    }
  }

  ended(): void {
    clearTimeout(this.#timer);
    // The kernel's helpers share its group: none stays when it died in the middle of something.
    this.kill();
    running.delete(this);
    if (running.size === 0) {
      process.off('exit', endAll);
      for (const signal of ENDING_SIGNALS) {
        process.off(signal, endAllBySignal);
      }
    }
  }

  /** Ends the guest and takes away what it was booted from: this process ends too. */
  end(): void {
    this.kill();
    rmSync(this.#exchange, { recursive: true, force: true });
  }

  kill(): void {
    if (this.#pid === undefined) {
      return;
    }
    try {
      process.kill(-this.#pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  }
}

/** Passes the guest's output on and keeps the kernel's words, until both streams have ended. */
async function pump(
  child: ChildProcess,
  kernelLog: string,
  onOutput: (text: Buffer) => void,
  guest: Guest,
): Promise<void> {
  const said: Buffer[] = [];
  child.stdout?.on('data', onOutput);
  child.stderr?.on('data', (text: Buffer) => {
    said.push(text);
    // A panicked kernel does not always end by itself.
    if (PANIC.test(text.toString())) {
      setTimeout(() => guest.kill(), 1000).unref();
    }
  });
  await new Promise<void>((done, failed) => {
    child.once('error', failed);
    child.once('close', () => done());
  });
  writeFileSync(kernelLog, Buffer.concat(said));
}

function result(exchange: string, overTime: boolean, logFile: string): BootResult {
  const exit = readText(join(exchange, 'exit'));
  const kernelLog = readText(logFile) ?? '';
  if (exit !== undefined) {
    return { outcome: 'exited', exitCode: Number(exit), kernelLog };
  }
  return overTime
    ? { outcome: 'time limit', exitCode: 124, kernelLog }
    : { outcome: 'died', exitCode: 125, kernelLog };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
