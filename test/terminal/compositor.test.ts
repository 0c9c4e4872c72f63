import { describe, expect, it } from 'vitest';
import { composite } from '../../src/terminal/compositor.ts';
import { Grid } from '../../src/terminal/grid.ts';

function base(): Grid {
  const grid = new Grid(10, 4);
  grid.write(0, 0, 'header');
  grid.write(3, 2, '[ok]');
  grid.write(0, 3, 'footer');
  return grid;
}

function frame(): Grid {
  const grid = new Grid(10, 4);
  grid.fill({ x: 0, y: 0, width: 10, height: 4 }, undefined, '?');
  return grid;
}

const TABLE = { x: 0, y: 1, width: 10, height: 2 };

describe('a frame', () => {
  it('is what Ink drew', () => {
    const grid = frame();
    composite(grid, { base: base() });
    expect(grid.equals(base())).toBe(true);
  });

  it('shows live rows in their rectangle only', () => {
    const grid = frame();
    composite(grid, {
      base: base(),
      live: [
        {
          area: TABLE,
          paint: (canvas) => {
            for (let y = -1; y < 5; y += 1) canvas.write(0, y, `row ${y} that is long`);
          },
        },
      ],
    });
    expect(grid.toString()).toBe('header\nrow 0 that\nrow 1 that\nfooter');
  });

  it('blanks what Ink drew under a live rectangle', () => {
    const grid = frame();
    composite(grid, { base: base(), live: [{ area: TABLE, paint: () => undefined }] });
    expect(grid.toString()).toBe('header\n\n\nfooter');
  });

  it('shows a dialog above the live rows, its blanks included', () => {
    const grid = frame();
    composite(grid, {
      base: base(),
      live: [{ area: TABLE, paint: (canvas) => canvas.fill({ ...TABLE, y: 0 }, undefined, '.') }],
      overlays: [{ x: 2, y: 1, width: 6, height: 2 }],
    });
    expect(grid.toString()).toBe('header\n..      ..\n.. [ok] ..\nfooter');
  });

  it('shows the cursor of the topmost part that has one', () => {
    const grid = frame();
    const withCursor = base();
    withCursor.placeCursor(4, 2);
    const live = [
      {
        area: TABLE,
        paint: (canvas: { placeCursor(x: number, y: number): void }) => canvas.placeCursor(5, 1),
      },
    ];
    composite(grid, { base: withCursor });
    expect([grid.cursorX, grid.cursorY]).toEqual([4, 2]);
    composite(grid, { base: base(), live });
    expect([grid.cursorX, grid.cursorY]).toEqual([5, 2]);
    composite(grid, { base: base(), live, overlays: [{ x: 2, y: 1, width: 6, height: 2 }] });
    expect([grid.cursorX, grid.cursorY]).toEqual([-1, -1]);
  });
});
