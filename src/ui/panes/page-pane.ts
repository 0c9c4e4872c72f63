import type { RowKey } from '../../ipvs/identity.ts';
import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { fitToWidth, truncateToWidth } from '../../terminal/width.ts';
import { ListWindow } from '../kit/list-window.ts';
import { type Line, paintLines } from '../kit/page.ts';
import type { Theme } from '../kit/theme.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';

/** Rows that the title takes. */
export const pageTitleHeight = 1;

/** A pane of lines under a title that stays, of which as many are shown as there is room for. */
export abstract class PagePane implements Pane {
  abstract readonly keys: string;
  abstract readonly rowKey: RowKey | null;
  protected readonly desk: Desk;
  readonly #window = new ListWindow('page');

  constructor(desk: Desk) {
    this.desk = desk;
  }

  onKey(key: KeyEvent): boolean {
    if (this.#window.onKey(key)) this.repaint();
    else if (key.ctrl || key.alt) return false;
    else if (key.name === 'enter' || key.name === 'q') this.desk.closePane();
    else return this.onOwnKey(key.name);
    return true;
  }

  scroll(by: number): void {
    this.#window.moveBy(by);
    this.repaint();
  }

  abstract paint(canvas: Canvas, theme: Theme): void;

  /** Takes a key without Ctrl and Alt by its name, and tells whether it means something here. */
  protected abstract onOwnKey(name: string): boolean;

  /** Has the pane painted again, if it is still open. */
  protected repaint(): void {
    if (this.desk.getState().pane === this) this.desk.update({});
  }

  /** Shows the first line again. */
  protected toTop(): void {
    this.#window.moveTo(0);
  }

  /** Paints title and lines. */
  protected paintPage(canvas: Canvas, theme: Theme, title: string, lines: readonly Line[]): void {
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
