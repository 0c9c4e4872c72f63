import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Director } from '../../../src/director/director.ts';
import { defaultSettings } from '../../../src/formats/settings/settings.ts';
import type { Sampler } from '../../../src/sampling/sampler.ts';
import type { TerminalOutput } from '../../../src/terminal/screen.ts';
import { Controller, type ControllerOptions } from '../../../src/ui/controller.ts';
import { type ScreenApp, startScreenApp } from '../../../src/ui/screen-app.ts';
import { stateOfSettings } from '../../../src/ui/state/screen-settings.ts';
import { initialState } from '../../../src/ui/state/screen-state.ts';

/** The whole screen as the program shows it, on a terminal that takes everything and shows nothing. */
export interface DrivenScreen {
  readonly controller: Controller;
  readonly app: ScreenApp;
  /** What was written to the terminal since `forget`. */
  readonly written: string;
  /** Forgets what was written. */
  forget(): void;
  /** Resolves when all frames that are due were drawn. */
  settled(): Promise<void>;
}

/** Puts the screen on a terminal of that size; views come from the caller. Records and saved tables go to `places`. */
export async function openDrivenScreen(
  director: Director,
  sampler: Sampler,
  columns: number,
  rows: number,
  places: Pick<ControllerOptions, 'journalling' | 'savedTable' | 'network' | 'machine' | 'recentPast'> = {},
): Promise<DrivenScreen> {
  const nothing = () => undefined;
  const controller = new Controller({
    director,
    sampler,
    ...places,
    // The table alone, which is what it is compared with.
    state: initialState(stateOfSettings({ ...defaultSettings, split: 'off' })),
    quit: nothing,
    suspend: nothing,
    redraw: nothing,
    reportMouse: nothing,
  });
  const pieces: Buffer[] = [];
  const output: TerminalOutput = {
    columns,
    rows,
    write(bytes, callback) {
      pieces.push(Buffer.from(bytes));
      queueMicrotask(callback);
      return true;
    },
    on: nothing,
    off: nothing,
  };
  const app = startScreenApp({
    controller,
    output,
    automaticLook: { colorDepth: '256', ascii: false },
    onLost: (error) => {
      throw error;
    },
  });
  const settled = async () => {
    // The first turn is that of the frame; the second that of one which React's commit asked for.
    await turnOfLoop();
    await turnOfLoop();
  };
  await settled();
  return {
    controller,
    app,
    get written() {
      return Buffer.concat(pieces).toString();
    },
    forget() {
      pieces.length = 0;
    },
    settled,
  };
}

/** The processor's milliseconds that all threads of this process have used. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
