import { format } from 'node:util';

const MAX_HELD = 64 * 1024;

/**
 * Holds back what libraries print (warnings of Node, `console.log` and its kin) while the screen is
 * ours, where it would spoil the picture. Output that does not go to a terminal is left alone.
 */
export class HeldOutput {
  #held = '';
  #restore: (() => void) | undefined;

  /** Begins to hold back; does nothing while it does already. */
  hold(): void {
    if (this.#restore !== undefined) return;
    const restorers: (() => void)[] = [];
    if (process.stderr.isTTY) {
      const write = process.stderr.write;
      process.stderr.write = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
        this.#keep(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
        const callback = rest.at(-1);
        if (typeof callback === 'function') callback();
        return true;
      };
      restorers.push(() => {
        process.stderr.write = write;
      });
    }
    if (process.stdout.isTTY) {
      for (const name of ['log', 'info', 'debug'] as const) {
        const original = console[name];
        console[name] = (...values: unknown[]): void => this.#keep(`${format(...values)}\n`);
        restorers.push(() => {
          console[name] = original;
        });
      }
    }
    this.#restore = () => {
      for (const restore of restorers) restore();
    };
  }

  /** Lets output through again and returns what was held back, the first 64 KB of it. */
  release(): string {
    this.#restore?.();
    this.#restore = undefined;
    const held = this.#held;
    this.#held = '';
    return held;
  }

  #keep(text: string): void {
    this.#held = (this.#held + text).slice(0, MAX_HELD);
  }
}
