import type { Director } from '../director/director.ts';
import type { HostSampler } from '../host/host-view.ts';
import { createSampler } from '../sampling/sampler.ts';
import type { ColorDepth } from '../terminal/color-depth.ts';
import { KeyDecoder } from '../terminal/keys.ts';
import { TerminalSession } from '../terminal/session.ts';
import { Controller } from './controller.ts';
import { startScreenApp } from './screen-app.tsx';
import { initialState } from './screen-state.ts';

/** How the screen is opened. */
export interface StartOptions {
  readonly director: Director;
  /** The machine that forwards. */
  readonly host: HostSampler;
  /** Seconds between readings, 0.2 to 60. */
  readonly interval: number;
  /** No edit is possible. */
  readonly readOnly: boolean;
  /** Filter to begin with; empty for none. */
  readonly filter: string;
  /** Column to sort by at first, `null` for the order by address. */
  readonly sortColumn: string | null;
  readonly colorDepth: ColorDepth;
  /** Draw with ASCII characters only. */
  readonly ascii: boolean;
  /** What to say of a crash, with its line end. */
  readonly describeCrash: (error: unknown) => string;
}

/**
 * Opens the screen on this process's terminal. The process ends with it: with code 0 when the operator
 * quits, 128 and the signal's number after a signal.
 * Throws when standard input or output is no terminal; nothing has been changed then.
 */
export function startScreen(options: StartOptions): void {
  const { director } = options;
  const sampler = createSampler({ director, interval: options.interval });
  const decoder = new KeyDecoder({ onEvent: (event) => controller.onInput(event) });
  const session = new TerminalSession({
    input: process.stdin,
    output: process.stdout,
    onInput: (bytes) => decoder.push(bytes),
    describeCrash: options.describeCrash,
    onSuspend: () => app?.screen.suspend(),
    onResume: () => {
      // The size may have changed while the terminal was the shell's, and only the shell was told.
      process.emit('SIGWINCH', 'SIGWINCH');
      app?.screen.resume();
    },
    settled: () => app?.screen.settled() ?? Promise.resolve(),
    onEnd: () => {
      sampler.stop();
      director.close();
    },
  });
  const controller: Controller = new Controller({
    director,
    sampler,
    host: options.host,
    state: initialState(options),
    quit: () => void session.quit(),
    suspend: () => void session.suspend(),
    redraw: () => app?.screen.redraw(),
    reportMouse: (on) => session.setMouse(on),
  });
  session.enter();
  const app = startScreenApp({
    controller,
    output: process.stdout,
    colorDepth: options.colorDepth,
    ascii: options.ascii,
    onLost: () => session.lose(),
  });
  sampler.start(controller.onView);
}
