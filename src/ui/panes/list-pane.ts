import type { RowKey } from '../../ipvs/identity.ts';
import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { fitToWidth, textWidth, truncateToWidth } from '../../terminal/width.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { ListWindow } from '../kit/list-window.ts';
import { type Line, type Part, paintLines, span } from '../kit/page.ts';
import type { StyleRole, Theme } from '../kit/theme.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';

/** Rows that the title takes. */
const titleHeight = 1;

/** What a list looks like at some width. */
export interface ListLook<Item> {
  readonly title: string;
  /** The line of an item. */
  line(item: Item): string;
  role(item: Item): StyleRole;
}

/** A pane of things to choose from under a title; the cursor stays on the same thing while the list changes. */
export abstract class ListPane<Item> implements Pane {
  abstract readonly keys: string;
  abstract readonly rowKey: RowKey | null;
  protected readonly desk: Desk;
  readonly #list = new ListWindow('list');
  #items: readonly Item[] = [];
  #chosen: Item | undefined;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  onKey(key: KeyEvent): boolean {
    if (this.#list.onKey(key)) return this.#choose();
    if (key.ctrl || key.alt) return false;
    if (key.name === 'enter') {
      const item = this.present;
      if (item !== undefined) this.open(item);
    } else if (key.name === 'q') this.desk.closePane();
    else return this.onOwnKey(key.name);
    return true;
  }

  scroll(by: number): void {
    this.#list.moveBy(by);
    this.#choose();
  }

  /** Chooses the line, or opens it where it is the chosen one already. */
  click(line: number): void {
    const before = this.#list.index;
    if (!this.#list.onClick(line - titleHeight)) return;
    if (this.#list.index === before && this.present !== undefined) this.open(this.present);
    else this.#choose();
  }

  paint(canvas: Canvas, theme: Theme): void {
    const { width, height } = canvas;
    this.refresh();
    const notes = this.notes(width - 1);
    const shown = this.#list.fit(this.#items, height - titleHeight - notes.length);
    const look = this.look(shown, width);
    canvas.write(0, 0, fitToWidth(look.title, width), theme.roles.columnTitle);
    shown.forEach((item, offset) => {
      const y = titleHeight + offset;
      const line = look.line(item);
      if (item === this.present) canvas.write(0, y, fitToWidth(line, width), theme.roles.selected);
      else canvas.write(0, y, truncateToWidth(line, width), theme.roles[look.role(item)]);
    });
    if (shown.length === 0) {
      const { text, role = 'dim' } = this.emptyText();
      canvas.write(1, titleHeight, text, theme.roles[role]);
    }
    const listed = titleHeight + Math.max(1, shown.length);
    notes.forEach((note, offset) => {
      canvas.write(1, listed + offset, note, theme.roles.warning);
    });
    const y = listed + notes.length + 1;
    const more = this.below(width, this.present === undefined ? '' : look.line(this.present));
    if (more.length > 0 && more.length <= height - y)
      paintLines(canvas.view({ x: 0, y, width, height: height - y }), more, theme);
  }

  /** The item under the cursor. */
  protected get present(): Item | undefined {
    return this.#items[this.#list.index];
  }

  /** Shows these items; the cursor goes to the one that is the same as the one it was on. */
  protected show(items: readonly Item[]): void {
    const chosen = this.#chosen;
    this.#items = items;
    this.#chosen = chosen && items.find((item) => this.isSame(item, chosen));
    this.#list.renew(items.length, this.#chosen === undefined ? 0 : items.indexOf(this.#chosen));
  }

  #choose(): true {
    this.#chosen = this.present;
    this.desk.update({});
    return true;
  }

  /** Called before the pane is painted: may show other items. */
  protected abstract refresh(): void;
  protected abstract isSame(left: Item, right: Item): boolean;
  /** How the items that are in sight look. */
  protected abstract look(shown: readonly Item[], width: number): ListLook<Item>;
  /** What is said below the items, in lines of at most `width` cells. */
  protected abstract notes(width: number): readonly string[];
  /** More of the chosen item, shown where there is room for all of it: here the whole line, where it was cut. */
  protected below(width: number, line: string): readonly Line[] {
    if (textWidth(line) <= width) return [];
    return wrapText(line.trim().replaceAll(/ +/g, ' '), width - 2).map((part) => [span(1, part)]);
  }

  /** What is said where there are no items. */
  protected abstract emptyText(): Part;
  protected abstract open(item: Item): void;
  /** Takes a key without Ctrl and Alt by its name, and tells whether it means something here. */
  protected abstract onOwnKey(name: string): boolean;
}
