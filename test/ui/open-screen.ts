/** The whole screen in this process, on an emulator: for tests of what it shows, without a program or a pseudo-terminal. */
import xterm from '@xterm/headless';
import { onTestFinished, TestRunner } from 'vitest';
import type { View } from '../../src/sampling/view.ts';
import { startScreenApp } from '../../src/ui/screen-app.ts';
import type { ScreenState } from '../../src/ui/state/screen-state.ts';
import { type DeskDraft, type OpenDesk, startDesk } from './desk.ts';
import { EmulatorOutput, linesOf } from './emulator-output.ts';
import { key } from './keys.ts';

/** What to put on the screen. */
export interface ScreenDraft extends DeskDraft {
  readonly columns?: number;
  readonly rows?: number;
}

/** A screen that can be looked at and typed on. */
export interface OpenScreen {
  readonly controller: OpenDesk['controller'];
  readonly director: OpenDesk['director'];
  readonly requests: OpenDesk['requests'];
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
  /** Numbers of the lines with cells that are inverse or on another ground, as what is chosen is. */
  highlighted(): number[];
  close(): void;
}

/** Opens a screen, which is closed with the test that opens it: files of one process would keep all of them. */
export async function openScreen(draft: ScreenDraft = {}): Promise<OpenScreen> {
  const { columns = 120, rows = 36, ...rest } = draft;
  const { controller, director, requests, work, read } = startDesk(rest);
  const emulator = new xterm.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  const output = new EmulatorOutput(emulator);
  const app = startScreenApp({
    controller,
    output,
    automaticLook: { colorDepth: '256', ascii: false },
    onLost: (error) => {
      throw error;
    },
  });
  let isOpen = true;
  const settle = async () => {
    do {
      await work.done();
      // React, the frame and the emulator each take their turn.
      for (let turn = 0; turn < 4; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
        await app.screen.settled();
      }
      await new Promise<void>((resolve) => emulator.write('', resolve));
      // On a busy machine even what takes little is worked out bit by bit, and Enter waits for it.
    } while (work.isGoingOn || screen.text().includes('working out what would change'));
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
      await read();
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
    lines: () => linesOf(emulator),
    text: () => screen.lines().join('\n'),
    highlighted() {
      const buffer = emulator.buffer.active;
      return Array.from({ length: emulator.rows }, (_, y) => y).filter((y) => {
        const line = buffer.getLine(buffer.baseY + y);
        return Array.from({ length: emulator.cols }, (_, x) => line?.getCell(x)).some(
          (cell) => cell !== undefined && (cell.isInverse() !== 0 || !cell.isBgDefault()),
        );
      });
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      app.close();
      emulator.dispose();
    },
  };
  if (TestRunner.getCurrentTest() !== undefined) onTestFinished(() => screen.close());
  await screen.read();
  await app.dialogsReady;
  return screen;
}
