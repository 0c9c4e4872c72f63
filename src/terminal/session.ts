import { constants } from 'node:os';
import { HeldOutput } from './held-output.ts';
import { writeNow } from './write-now.ts';

/** How a session came to its end, and the exit code that goes with it. */
export type SessionEnd =
  | { readonly reason: 'quit'; readonly code: number }
  | { readonly reason: 'signal'; readonly signal: NodeJS.Signals; readonly code: number }
  /** The terminal is gone: the line was cut, the window closed. */
  | { readonly reason: 'lost'; readonly code: number }
  | { readonly reason: 'crash'; readonly error: unknown; readonly code: number };

/** What a session needs and whom it tells. */
export interface SessionOptions {
  /** The terminal's two directions; both must be terminals. */
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream & { readonly fd: number };
  /** Called with what was typed, as it was read. */
  readonly onInput: (bytes: Uint8Array) => void;
  /** What to say of a crash, on standard error once the terminal is whole again; with its line end. */
  readonly describeCrash: (error: unknown) => string;
  /**
   * Called once at the end, when the terminal is whole again; waited for half a second at most. What it
   * prints through `console` blocks where the terminal takes nothing; `writeNow` does not.
   */
  readonly onEnd?: ((end: SessionEnd) => void | Promise<void>) | undefined;
  /** Called before the terminal is handed back to the shell: no frame may be written any more. */
  readonly onSuspend?: (() => void) | undefined;
  /** Called when the terminal is ours again, and when its content may have been spoilt: draw everything. */
  readonly onResume?: (() => void) | undefined;
  /** Resolves when the terminal has taken what was written; waited for a third of a second at most. */
  readonly settled?: (() => Promise<void>) | undefined;
  /** Reports the mouse; off unless switched on. */
  readonly mouse?: boolean | undefined;
}

/** Exit code after a crash; sysexits.h calls it an internal software error. */
const CRASH_CODE = 70;

const SETTLE_MS = 300;
const END_MS = 500;
/** After this time a stop that did not stop us (an orphaned process group) is over. */
const STOP_MS = 50;

/**
 * Signals that end the session. Ink's signal-exit would otherwise answer the rarer ones by killing the
 * process with the terminal as it is.
 */
const ENDING_SIGNALS: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGABRT',
  'SIGTRAP',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGALRM',
  'SIGUSR2',
  'SIGPROF',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGSYS',
];

const MOUSE_ON = '\x1b[?1000h\x1b[?1002h\x1b[?1006h';
const MOUSE_OFF = '\x1b[?1006l\x1b[?1002l\x1b[?1000l';
/** Alternate screen, no automatic wrapping, hidden cursor, bracketed paste. */
const ENTER = '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[?2004h\x1b[m\x1b[H\x1b[J';
/**
 * The reverse. It begins by ending an update that a frame may have left open, and clears the screen,
 * which helps where there is no alternate one.
 */
const LEAVE = '\x1b[?2026l\x1b[m\x1b[H\x1b[J\x1b[?2004l\x1b[?25h\x1b[?7h\x1b[?1049l';

type State = 'outside' | 'active' | 'suspended' | 'lent' | 'ending' | 'ended';

/** The part of Node's terminal streams that decides whether a write may block the whole process. */
interface BlockingSwitch {
  readonly _handle?: { readonly setBlocking?: (blocking: boolean) => unknown };
}

/**
 * Our time on the terminal: enters it, and leaves it exactly once and whole, whatever ends the
 * program: a normal end, a signal, a crash, `process.exit`, or the loss of the terminal itself, to
 * which nothing is written then. One session a process.
 */
export class TerminalSession {
  readonly #options: SessionOptions;
  readonly #held = new HeldOutput();
  #state: State = 'outside';
  /** The terminal is in our modes. */
  #isHolding = false;
  #isLost = false;
  #isMouseOn: boolean;
  #resumeTimer: NodeJS.Timeout | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#isMouseOn = options.mouse ?? false;
  }

  /** Whether the terminal is ours at the moment. */
  get isActive(): boolean {
    return this.#state === 'active';
  }

  /**
   * Takes over the terminal.
   * @throws Error when input or output is no terminal; nothing has been changed then.
   */
  enter(): void {
    const { input, output } = this.#options;
    if (this.#state !== 'outside') return;
    if (!input.isTTY || !output.isTTY) throw new Error('standard input and output must be a terminal');
    this.#takeOver();
    this.#state = 'active';
    input.on('end', this.#onLost);
    input.on('close', this.#onLost);
    input.on('error', this.#onLost);
    output.on('error', this.#onLost);
    for (const signal of ENDING_SIGNALS) process.on(signal, this.#onSignal);
    process.on('SIGTSTP', this.#onStop);
    process.on('SIGCONT', this.#onContinue);
    process.on('uncaughtException', this.#onCrash);
    process.on('unhandledRejection', this.#onCrash);
    process.on('exit', this.#onExit);
  }

  /** Ends the session and the process with this exit code. */
  async quit(code = 0): Promise<void> {
    await this.#end({ reason: 'quit', code });
  }

  /** The terminal was found to be gone, by whoever wrote to it: ends the session, writing nothing. */
  lose(): void {
    this.#onLost();
  }

  /** Hands the terminal back to the shell and stops, as Ctrl-Z does; resolves when it is ours again. */
  async suspend(): Promise<void> {
    if (this.#state !== 'active') return;
    this.#state = 'suspended';
    this.#options.onSuspend?.();
    await this.#settle();
    if (this.#state !== 'suspended') return;
    this.#handBack();
    // With our own listener the signal would not stop us.
    process.off('SIGTSTP', this.#onStop);
    process.kill(0, 'SIGTSTP');
    process.on('SIGTSTP', this.#onStop);
    await new Promise<void>((resolve) => {
      this.#resumeTimer = setTimeout(resolve, STOP_MS);
    });
    this.#resume();
  }

  /**
   * Lends the terminal, as the shell gave it, for as long as `use` takes, to a program that it starts; resolves with
   * what came of that when the terminal is ours again. Ctrl-C and Ctrl-Z are for that program.
   */
  async lend<Result>(use: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#state !== 'active') return undefined;
    this.#state = 'lent';
    this.#options.onSuspend?.();
    await this.#settle();
    if (this.#state !== 'lent') return undefined;
    this.#handBack();
    process.off('SIGTSTP', this.#onStop);
    try {
      return await use();
    } finally {
      process.on('SIGTSTP', this.#onStop);
      this.#resume();
    }
  }

  /** Switches the reporting of the mouse. */
  setMouse(isOn: boolean): void {
    if (this.#isMouseOn === isOn) return;
    this.#isMouseOn = isOn;
    // Through the stream, so that it cannot fall into the middle of a frame.
    if (this.isActive) this.#options.output.write(isOn ? MOUSE_ON : MOUSE_OFF);
  }

  #takeOver(): void {
    const { input, output, onInput } = this.#options;
    input.setRawMode(true);
    this.#isHolding = true;
    // Node writes to terminals synchronously: one that takes nothing would stop the whole program.
    this.#setBlocking(false);
    this.#held.hold();
    writeNow(output.fd, ENTER + (this.#isMouseOn ? MOUSE_ON : ''));
    input.on('data', onInput);
    input.resume();
  }

  #handBack(): void {
    const { input, output, onInput } = this.#options;
    this.#isHolding = false;
    input.off('data', onInput);
    input.pause();
    if (!this.#isLost) writeNow(output.fd, (this.#isMouseOn ? MOUSE_OFF : '') + LEAVE);
    try {
      this.#setBlocking(true);
      input.setRawMode(false);
    } catch {
      // A terminal that is gone has no mode.
    }
    const held = this.#held.release();
    if (held !== '' && !this.#isLost) writeNow(process.stderr.fd, held);
  }

  #setBlocking(isBlocking: boolean): void {
    (this.#options.output as BlockingSwitch)._handle?.setBlocking?.(isBlocking);
  }

  #resume(): void {
    clearTimeout(this.#resumeTimer);
    if (this.#state !== 'suspended' && this.#state !== 'lent') return;
    this.#takeOver();
    this.#state = 'active';
    this.#options.onResume?.();
  }

  readonly #onStop = (): void => {
    void this.suspend();
  };

  readonly #onContinue = (): void => {
    if (this.#state === 'suspended') {
      this.#resume();
    } else if (this.#state === 'active') {
      // Stopped without being asked (SIGSTOP): the shell has changed the terminal's mode meanwhile.
      const { input, output, onResume } = this.#options;
      input.setRawMode(false);
      input.setRawMode(true);
      writeNow(output.fd, ENTER + (this.#isMouseOn ? MOUSE_ON : ''));
      onResume?.();
    }
  };

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#state === 'lent' && signal === 'SIGINT') return;
    const code = 128 + (constants.signals[signal] ?? 0);
    // Someone insists: no more waiting.
    if (this.#state === 'ending' || this.#state === 'ended') {
      this.#leave();
      process.exit(code);
    }
    void this.#end({ reason: 'signal', signal, code });
  };

  readonly #onLost = (): void => {
    this.#isLost = true;
    void this.#end({ reason: 'lost', code: 128 + constants.signals.SIGHUP });
  };

  readonly #onCrash = (error: unknown): void => {
    this.#leave();
    try {
      if (!this.#isLost) writeNow(process.stderr.fd, this.#options.describeCrash(error));
      void this.#options.onEnd?.({ reason: 'crash', error, code: CRASH_CODE });
    } finally {
      process.exit(CRASH_CODE);
    }
  };

  readonly #onExit = (): void => {
    this.#leave();
  };

  async #end(end: SessionEnd): Promise<void> {
    if (this.#state === 'ending' || this.#state === 'ended') return;
    this.#state = 'ending';
    if (this.#isHolding) {
      this.#options.onSuspend?.();
      if (!this.#isLost) await this.#settle();
    }
    this.#leave();
    await atMost(END_MS, async () => this.#options.onEnd?.(end));
    process.exit(end.code);
  }

  /** Hands the terminal back if it is ours; the first call counts. */
  #leave(): void {
    this.#state = 'ended';
    if (this.#isHolding) this.#handBack();
  }

  async #settle(): Promise<void> {
    await atMost(SETTLE_MS, async () => this.#options.settled?.());
  }
}

/** Waits for `action`, but no longer than that. Its failure, too, comes to the caller. */
async function atMost(milliseconds: number, action: () => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  try {
    await Promise.race([action(), promise]);
  } finally {
    clearTimeout(timer);
  }
}
