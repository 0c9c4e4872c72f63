import type { Canvas, Grid, Rectangle } from './grid.ts';

/** A part of the screen that is painted straight into cells, above what Ink drew there. */
export interface LiveRectangle {
  readonly area: Rectangle;
  /** Paints the part; the canvas is blank, has its origin at the part's corner and clips at its edges. */
  readonly paint: (canvas: Canvas) => void;
}

/** What a frame is put together from, from bottom to top. */
export interface Composition {
  /** What Ink drew: the whole screen. */
  readonly base: Grid;
  /** Painted over the base in this order. */
  readonly live?: readonly LiveRectangle[] | undefined;
  /** Dialogs: here the base shows again, plain blanks included. */
  readonly overlays?: readonly Rectangle[] | undefined;
}

/**
 * Puts a frame together in `target`. Where `target` is larger than the base it stays as it was. The
 * base's cursor is shown unless a live part placed one; one that an overlay covers is hidden.
 */
export function composite(target: Grid, composition: Composition): void {
  const { base, live = [], overlays = [] } = composition;
  const whole: Rectangle = { x: 0, y: 0, width: base.width, height: base.height };
  target.copy(base, whole, 0, 0);
  target.hideCursor();
  for (const { area, paint } of live) {
    target.fill(area);
    paint(target.view(area));
  }
  const { cursorX, cursorY } = target;
  for (const overlay of overlays) {
    target.copy(base, overlay, overlay.x, overlay.y);
    if (contains(overlay, cursorX, cursorY)) target.hideCursor();
  }
  if (target.cursorX < 0 && base.cursorX >= 0) target.placeCursor(base.cursorX, base.cursorY);
}

function contains(area: Rectangle, x: number, y: number): boolean {
  return x >= area.x && x < area.x + area.width && y >= area.y && y < area.y + area.height;
}
