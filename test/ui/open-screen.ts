/** The whole screen in this process, on an emulator: for tests of what it shows, without a program or a pseudo-terminal. */
import xterm from '@xterm/headless';
import type { Director, PublicDirector } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { defaultSettings, type Settings } from '../../src/formats/settings.ts';
import { createSampler, type Sampler } from '../../src/sampling/sampler.ts';
import type { View } from '../../src/sampling/view.ts';
import type { TerminalOutput } from '../../src/terminal/screen.ts';
import { Controller, type ControllerOptions } from '../../src/ui/controller.ts';
import { startScreenApp } from '../../src/ui/screen-app.ts';
import { stateOfSettings } from '../../src/ui/state/screen-settings.ts';
import { initialState, type ScreenState } from '../../src/ui/state/screen-state.ts';
import { key } from './keys.ts';

/** What to put on the screen. */
export interface ScreenDraft {
  readonly columns?: number;
  readonly rows?: number;
  /** What is shown; what the director says when not given. */
  readonly view?: View;
  /** Whose clock stands still; the demo's when not given. */
  readonly director?: Director;
  /** What is read where the right is missing; the director when not given. */
  readonly reader?: PublicDirector;
  readonly readOnly?: boolean;
  readonly settings?: Partial<Settings>;
  readonly journalling?: ControllerOptions['journalling'];
  readonly drains?: ControllerOptions['drains'];
  readonly savedTable?: ControllerOptions['savedTable'];
  /** What the doctor looks at; it makes no rounds where they are left out. */
  readonly network?: ControllerOptions['network'];
  readonly machine?: ControllerOptions['machine'];
  readonly state?: Partial<ScreenState>;
}

/** A screen that can be looked at and typed on. */
export interface OpenScreen {
  readonly controller: Controller;
  readonly director: Director;
  /** What was asked of the program: `quit`, `suspend`, `redraw`. */
  readonly requests: readonly string[];
  /** Presses keys one after the other, and waits until the screen shows what came of them. */
  press(...names: readonly string[]): Promise<void>;
  /** Types a text, character by character. */
  type(text: string): Promise<void>;
  /** Pastes a text. */
  paste(text: string): Promise<void>;
  /** Lets the sampler read again, and shows it. */
  read(): Promise<void>;
  /** Waits for something that comes by itself, and shows it. */
  waitFor(isThere: (state: ScreenState) => boolean): Promise<void>;
  /** Shows another view. */
  show(view: View): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** Frames that were written so far. */
  readonly frames: number;
  /** The lines of the screen. */
  lines(): string[];
  text(): string;
  close(): void;
}

/** Opens a screen. */
export async function openScreen(draft: ScreenDraft = {}): Promise<OpenScreen> {
  const { columns = 120, rows = 36, readOnly = false } = draft;
  const director = draft.director ?? createSimulatedDirector({ now: () => 0, seed: 1 });
  const work = new WorkUnderWay();
  const sampler = shownSampler(
    createSampler({ director: draft.reader ?? director, interval: 1, budget: 100 }),
    draft.view,
    work,
  );
  const requests: string[] = [];
  const settings = { ...defaultSettings, ...draft.settings };
  const controller = new Controller({
    director,
    ...(draft.reader !== undefined && { reader: draft.reader }),
    sampler,
    state: {
      ...initialState(stateOfSettings(settings), {
        readOnly: draft.reader === undefined ? (readOnly ? 'option' : null) : 'right',
      }),
      ...draft.state,
    },
    quit: () => requests.push('quit'),
    suspend: () => requests.push('suspend'),
    redraw: () => requests.push('redraw'),
    reportMouse: () => undefined,
    ...(draft.network !== undefined && { network: draft.network }),
    ...(draft.machine !== undefined && { machine: draft.machine }),
    ...(draft.savedTable !== undefined && { savedTable: draft.savedTable }),
    ...(draft.journalling !== undefined && { journalling: draft.journalling }),
    ...(draft.drains !== undefined && { drains: draft.drains }),
  });
  const perform = controller.perform.bind(controller);
  controller.perform = (...order) => work.follow(perform(...order));
  sampler.start(controller.onView);
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const output = new EmulatorOutput(emulator);
  const app = startScreenApp({
    controller,
    output,
    automaticLook: { colorDepth: '256', ascii: false },
    onLost: (error) => {
      throw error;
    },
  });
  const settle = async () => {
    do {
      await work.done();
      // React, the frame and the emulator each take their turn.
      for (let turn = 0; turn < 4; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        await app.screen.settled();
      }
    } while (work.isGoingOn);
    await new Promise<void>((resolve) => emulator.write('', resolve));
  };
  const screen: OpenScreen = {
    controller,
    director,
    requests,
    async press(...names) {
      for (const name of names) controller.onInput(key(name));
      await settle();
    },
    type: (text) => screen.press(...[...text].map((character) => (character === ' ' ? 'space' : character))),
    async paste(text) {
      controller.onInput({ type: 'paste', text });
      await settle();
    },
    async read() {
      await sampler.refresh();
      await settle();
    },
    async waitFor(isThere) {
      while (!isThere(controller.getState())) await new Promise((resolve) => setImmediate(resolve));
      await settle();
    },
    async show(view) {
      controller.onView(view);
      await settle();
    },
    async resize(newColumns, newRows) {
      emulator.resize(newColumns, newRows);
      output.resized();
      await settle();
    },
    get frames() {
      return app.screen.statistics.frames;
    },
    lines() {
      const buffer = emulator.buffer.active;
      return Array.from({ length: emulator.rows }, (_, y) =>
        (buffer.getLine(buffer.baseY + y)?.translateToString(true) ?? '').trimEnd(),
      );
    },
    text: () => screen.lines().join('\n'),
    close() {
      app.close();
      emulator.dispose();
    },
  };
  await screen.read();
  await app.dialogsReady;
  return screen;
}

/** Edits and readings that keys began: on a busy machine they take more turns than a frame does. */
class WorkUnderWay {
  readonly #begun = new Set<Promise<unknown>>();

  get isGoingOn(): boolean {
    return this.#begun.size > 0;
  }

  follow<Result>(work: Promise<Result>): Promise<Result> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#begun.add(settled);
    void settled.then(() => this.#begun.delete(settled));
    return work;
  }

  async done(): Promise<void> {
    while (this.#begun.size > 0) await Promise.all(this.#begun);
  }
}

/** Gives one reading when it is asked, and none by itself. */
function shownSampler(real: Sampler, fixed: View | undefined, work: WorkUnderWay): Sampler {
  let onView: ((view: View) => void) | undefined;
  return {
    interval: real.interval,
    budget: real.budget,
    get need() {
      return real.need;
    },
    set need(need) {
      real.need = need;
    },
    start(given) {
      onView = given;
    },
    stop() {
      onView = undefined;
    },
    async refresh(services) {
      const view = fixed ?? (await work.follow(real.refresh(services)));
      onView?.(view);
      return view;
    },
    history: (name) => real.history(name),
  };
}

class EmulatorOutput implements TerminalOutput {
  readonly #emulator: xterm.Terminal;
  readonly #listeners = new Set<() => void>();

  constructor(emulator: xterm.Terminal) {
    this.#emulator = emulator;
  }

  get columns(): number {
    return this.#emulator.cols;
  }

  get rows(): number {
    return this.#emulator.rows;
  }

  write(bytes: Uint8Array, callback: (error?: Error | null) => void): boolean {
    // The screen goes on with the same bytes when the callback comes.
    this.#emulator.write(bytes.slice(), () => callback());
    return true;
  }

  on(_event: 'resize', listener: () => void): this {
    this.#listeners.add(listener);
    return this;
  }

  off(_event: 'resize', listener: () => void): this {
    this.#listeners.delete(listener);
    return this;
  }

  resized(): void {
    for (const listener of this.#listeners) listener();
  }
}
