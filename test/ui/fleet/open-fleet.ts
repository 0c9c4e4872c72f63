import xterm from '@xterm/headless';
import { onTestFinished } from 'vitest';
import type { FleetSource } from '../../../src/fleet/directors/fleet-director.ts';
import { FleetController } from '../../../src/ui/fleet/fleet-controller.ts';
import { openFleetScreen } from '../../../src/ui/fleet/fleet-screen.ts';
import { createTheme } from '../../../src/ui/kit/theme.ts';
import { EmulatorOutput, linesOf } from '../emulator-output.ts';
import { key } from '../keys.ts';

/** A screen of several directors that can be looked at and typed on. */
export interface OpenFleet {
  readonly controller: FleetController;
  /** Names of directors whose own screens were asked for. */
  readonly entered: readonly string[];
  press(...names: readonly string[]): Promise<void>;
  click(x: number, y: number): Promise<void>;
  /** Shows what the source knows now. */
  news(): Promise<void>;
  lines(): string[];
  text(): string;
}

/** How it is opened. */
export interface FleetDraft {
  readonly columns?: number;
  readonly rows?: number;
  readonly ascii?: boolean;
  readonly filter?: string;
  readonly sortColumn?: string;
  readonly now: () => number;
}

/** Opens a screen of several directors on an emulator. */
export async function openFleet(source: FleetSource, draft: FleetDraft): Promise<OpenFleet> {
  const { columns = 120, rows = 24, ascii = false, filter = '', sortColumn = null, now } = draft;
  const emulator = new xterm.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  const entered: string[] = [];
  const controller = new FleetController({
    source,
    filter,
    sortColumn,
    now,
    quit: () => entered.push('quit'),
    suspend: () => undefined,
    redraw: () => undefined,
    enter: (row) => entered.push(row.director.name),
  });
  const { screen, close } = openFleetScreen({
    controller,
    output: new EmulatorOutput(emulator),
    look: { colorDepth: 'none', ascii },
    theme: createTheme({ name: 'mono', depth: 'none' }),
    onLost: (error) => {
      throw error;
    },
  });
  onTestFinished(() => {
    close();
    emulator.dispose();
  });
  const settle = async () => {
    for (let turn = 0; turn < 2; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      await screen.settled();
    }
    await new Promise<void>((resolve) => emulator.write('', resolve));
  };
  const fleet: OpenFleet = {
    controller,
    entered,
    async press(...names) {
      for (const name of names) controller.onInput(key(name));
      await settle();
    },
    async click(x, y) {
      const held = { ctrl: false, alt: false, shift: false };
      controller.onInput({ type: 'mouse', action: 'press', button: 'left', x, y, ...held });
      await settle();
    },
    async news() {
      controller.takeNews();
      await settle();
    },
    lines: () => linesOf(emulator),
    text: () => fleet.lines().join('\n'),
  };
  await fleet.news();
  return fleet;
}
