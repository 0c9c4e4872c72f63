import type xterm from '@xterm/headless';
import type { TerminalOutput } from '../../src/terminal/screen.ts';

/** The lines that an emulator shows, without blanks at their ends. */
export function linesOf({ buffer: { active }, rows }: xterm.Terminal): string[] {
  return Array.from({ length: rows }, (_, y) =>
    (active.getLine(active.baseY + y)?.translateToString(true) ?? '').trimEnd(),
  );
}

/** An emulator as a terminal that a screen writes to. */
export class EmulatorOutput implements TerminalOutput {
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
