import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { Screen, type ScreenOptions } from '../../src/terminal/screen.ts';
import { named, style } from '../../src/terminal/style.ts';
import { Emulator } from './emulator.ts';

/** A terminal's stream that takes what is written only when told to. */
class FakeOutput extends EventEmitter {
  columns = 20;
  rows = 4;
  readonly written: string[] = [];
  #waiting: ((error?: Error | null) => void)[] = [];

  write(bytes: Uint8Array, callback: (error?: Error | null) => void): boolean {
    this.written.push(Buffer.from(bytes).toString());
    this.#waiting.push(callback);
    return false;
  }

  /** The terminal takes what was written so far, or fails. */
  drain(error?: Error): void {
    for (const callback of this.#waiting.splice(0)) callback(error ?? null);
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}

function makeScreen(options: Partial<ScreenOptions> = {}) {
  const output = new FakeOutput();
  const screen = new Screen({ output, ...options });
  const draw = (text: string) => screen.draw((grid) => void grid.write(0, 0, text));
  /** What an emulator shows of all that was written. */
  const shown = async (): Promise<string> => {
    const emulator = new Emulator(output.columns, output.rows);
    for (const text of output.written) await emulator.write(text);
    return emulator.text();
  };
  return { output, screen, draw, shown };
}

describe('a screen', () => {
  it('writes each frame in one piece, and nothing when nothing changed', async () => {
    const { output, draw, shown, screen } = makeScreen();
    expect(draw('one')).toBe('written');
    output.drain();
    expect(draw('one')).toBe('unchanged');
    expect(draw('two')).toBe('written');
    expect(output.written).toHaveLength(2);
    expect(await shown()).toBe('two');
    expect(screen.statistics).toMatchObject({ frames: 2, unchanged: 1, skipped: 0 });
    expect(screen.statistics.bytes).toBe(output.written.join('').length);
  });

  it('draws 1000 by 500 cells at most, at its start and after a change of size', () => {
    const { output, screen } = makeScreen();
    expect([screen.columns, screen.rows]).toEqual([output.columns, output.rows]);
    output.columns = 65_535;
    output.rows = 65_535;
    output.emit('resize');
    expect([screen.columns, screen.rows]).toEqual([1000, 500]);
    const another = new Screen({ output });
    expect([another.columns, another.rows]).toEqual([1000, 500]);
    another.draw((grid) => expect([grid.width, grid.height]).toEqual([1000, 500]));
  });

  it('leaves frames out while the terminal is slow, then draws the newest', async () => {
    const { output, draw, shown, screen } = makeScreen();
    draw('one');
    const paint = vi.fn();
    expect(screen.draw(paint)).toBe('waiting');
    expect(draw('three')).toBe('waiting');
    expect(draw('four')).toBe('waiting');
    expect(output.written).toHaveLength(1);
    output.drain();
    expect(output.written).toHaveLength(2);
    expect(await shown()).toBe('four');
    expect(paint).not.toHaveBeenCalled();
    expect(screen.statistics.skipped).toBe(2);
  });

  it('says when the terminal has taken everything', async () => {
    const { output, draw, screen } = makeScreen();
    await screen.settled();
    draw('one');
    draw('two');
    let isSettled = false;
    const settled = screen.settled().then(() => {
      isSettled = true;
    });
    output.drain();
    await Promise.resolve();
    expect(isSettled).toBe(false);
    output.drain();
    await settled;
  });

  it('paints everything again on demand', async () => {
    const { output, draw, screen } = makeScreen();
    draw('picture');
    output.drain();
    expect(screen.redraw()).toBe('written');
    expect(output.written[1]).toBe(output.written[0]);
  });

  it('paints the last picture again in a new size, after telling of it', async () => {
    const sizes: string[] = [];
    const { output, draw, screen, shown } = makeScreen({
      onResize: (columns, rows) => sizes.push(`${columns}x${rows}`),
    });
    draw('a picture of some length');
    output.drain();
    output.resize(10, 3);
    expect(sizes).toEqual(['10x3']);
    expect([screen.columns, screen.rows]).toEqual([10, 3]);
    output.written.shift();
    expect(await shown()).toBe('a picture');
    output.drain();
    output.emit('resize');
    expect(output.written).toHaveLength(1);
  });

  it('does not paint twice when the new picture is drawn at once', () => {
    const { output, draw, screen } = makeScreen({ onResize: () => void draw('new') });
    draw('old');
    output.drain();
    output.resize(10, 3);
    output.drain();
    expect(output.written).toHaveLength(2);
    expect(screen.statistics.frames).toBe(2);
  });

  it('writes nothing while the terminal is not ours, and everything afterwards', async () => {
    const { output, draw, screen, shown } = makeScreen();
    draw('one');
    output.drain();
    screen.suspend();
    expect(draw('two')).toBe('waiting');
    output.resize(10, 3);
    screen.redraw();
    expect(output.written).toHaveLength(1);
    screen.resume();
    output.written.shift();
    expect(await shown()).toBe('two');
  });

  it('gives up when a write fails', () => {
    const onLost = vi.fn();
    const { output, draw } = makeScreen({ onLost });
    draw('one');
    output.drain(new Error('EIO'));
    expect(onLost).toHaveBeenCalledOnce();
    draw('two');
    expect(output.written).toHaveLength(1);
  });

  it('lets go of the stream when closed', () => {
    const { output, draw, screen } = makeScreen();
    screen.close();
    draw('late');
    output.resize(5, 5);
    expect(output.written).toEqual([]);
    expect(output.listenerCount('resize')).toBe(0);
  });

  it('draws without colours and beyond ASCII when told so', () => {
    const { output, screen } = makeScreen({ colorDepth: 'none', ascii: true });
    screen.draw((grid) => void grid.write(0, 0, '▸ größe ▁█', style({ fg: named('red'), bold: true })));
    expect(output.written[0]).toContain('\x1b[1m> grose _#');
    expect(output.written[0]).toMatch(/^[\x1b-\x7e]*$/);
  });

  it('changes its look from the next frame on', () => {
    const { output, draw, screen } = makeScreen();
    draw('▸');
    output.drain();
    screen.setLook({ colorDepth: 'none', ascii: true });
    draw('▸');
    expect(output.written[1]).toContain('>');
  });
});
