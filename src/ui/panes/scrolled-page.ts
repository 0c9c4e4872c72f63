import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { fitToWidth, truncateToWidth } from '../../terminal/width.ts';
import { ListWindow } from '../kit/list-window.ts';
import { type Line, paintLines } from '../kit/page.ts';
import type { Theme } from '../kit/theme.ts';

/** Rows that the title takes. */
export const pageTitleHeight = 1;

/** Lines under a title that stays, of which as many are shown as there is room for. */
export class ScrolledPage {
  readonly #window = new ListWindow('page');

  /** Takes a key and tells whether it is one that scrolls. */
  onKey(key: KeyEvent): boolean {
    return this.#window.onKey(key);
  }

  /** Moves what is shown by so many lines, as far as there are any. */
  scroll(by: number): void {
    this.#window.moveBy(by);
  }

  /** Paints title and lines. */
  paint(canvas: Canvas, theme: Theme, title: string, lines: readonly Line[]): void {
    const shown = this.#window.fit(lines, canvas.height - pageTitleHeight);
    const place = this.#placeText();
    const room = Math.max(1, canvas.width - place.length - 1);
    canvas.write(0, 0, fitToWidth(truncateToWidth(title, room), canvas.width), theme.roles.columnTitle);
    canvas.write(canvas.width - place.length, 0, place, theme.roles.columnTitle);
    const area = { x: 0, y: pageTitleHeight, width: canvas.width, height: this.#window.room };
    paintLines(canvas.view(area), shown, theme);
  }

  /** How much is above and below. */
  #placeText(): string {
    const { top, below } = this.#window;
    const above = top > 0 ? [`↑ ${top}`] : [];
    return [...above, ...(below > 0 ? [`↓ ${below} more lines`] : [])].join('  ');
  }
}
