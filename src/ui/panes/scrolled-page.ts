import type { Canvas } from '../../terminal/grid.ts';
import { fitToWidth, truncateToWidth } from '../../terminal/width.ts';
import { type Line, paintLines } from '../kit/page.ts';
import type { Theme } from '../kit/theme.ts';

/** Rows that the title takes. */
export const pageTitleHeight = 1;

/** Lines under a title that stays, of which as many are shown as there is room for. */
export class ScrolledPage {
  #top = 0;
  #lines = 0;
  #room = 1;

  /** Lines that are in sight at once, as of the last painting. */
  get room(): number {
    return this.#room;
  }

  /** Moves what is shown by so many lines, as far as there are any; whether that changed anything. */
  scroll(by: number): boolean {
    const top = this.#clamped(this.#top + by);
    const hasMoved = top !== this.#top;
    this.#top = top;
    return hasMoved;
  }

  /** Paints title and lines. */
  paint(canvas: Canvas, theme: Theme, title: string, lines: readonly Line[]): void {
    this.#lines = lines.length;
    this.#room = Math.max(1, canvas.height - pageTitleHeight);
    this.#top = this.#clamped(this.#top);
    const place = this.#placeText();
    const room = Math.max(1, canvas.width - place.length - 1);
    canvas.write(0, 0, fitToWidth(truncateToWidth(title, room), canvas.width), theme.roles.columnTitle);
    canvas.write(canvas.width - place.length, 0, place, theme.roles.columnTitle);
    const area = { x: 0, y: pageTitleHeight, width: canvas.width, height: this.#room };
    paintLines(canvas.view(area), lines, this.#top, theme);
  }

  /** How much is above and below. */
  #placeText(): string {
    const below = this.#lines - this.#top - this.#room;
    if (this.#top === 0 && below <= 0) return '';
    const above = this.#top > 0 ? `↑ ${this.#top}` : '';
    return `${above}${above !== '' && below > 0 ? '  ' : ''}${below > 0 ? `↓ ${below} more lines` : ''}`;
  }

  #clamped(top: number): number {
    return Math.max(0, Math.min(this.#lines - this.#room, top));
  }
}
