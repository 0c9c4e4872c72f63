import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { History } from '../../sampling/history.ts';
import type { View } from '../../sampling/view.ts';
import type { Canvas } from '../../terminal/grid.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { fitToWidth, truncateToWidth } from '../../terminal/width.ts';
import type { Controller } from '../controller.ts';
import { findingsOfRow } from '../finding-marks.ts';
import { formatSpan } from '../number-format.ts';
import { type Line, paintLines } from '../page.ts';
import type { Pane } from '../pane.ts';
import type { Row } from '../rows.ts';
import { moveCursor } from '../screen-state.ts';
import type { Theme } from '../theme.ts';
import { detailPage } from './detail-page.ts';

/** Rows that the title takes. */
const titleHeight = 1;

/** Everything about one service or real server in place of the table, kept up to date while it is open. */
export class DetailPane implements Pane {
  readonly keys = 'Esc back  ↑ ↓ scroll  ← → next row';
  readonly #controller: Controller;
  #rowKey: string;
  /** The row as it was last seen, and when. */
  #row: Row;
  #seen: number;
  #top = 0;
  #lines = 0;
  #room = 1;
  #histories: Histories;

  readonly #actions: Readonly<Record<string, () => void>> = {
    ...named(['enter', 'q'], () => this.#controller.closePane()),
    ...named(['up', 'k'], () => this.scroll(-1)),
    ...named(['down', 'j'], () => this.scroll(1)),
    ...named(['pageup'], () => this.scroll(-this.#room)),
    ...named(['pagedown', 'space'], () => this.scroll(this.#room)),
    ...named(['home', 'g'], () => this.scroll(-Infinity)),
    ...named(['end', 'G'], () => this.scroll(Infinity)),
    ...named(['left', 'h'], () => this.#go(-1)),
    ...named(['right', 'l'], () => this.#go(1)),
  };

  constructor(controller: Controller, row: Row) {
    this.#controller = controller;
    this.#row = row;
    this.#rowKey = row.key;
    this.#seen = controller.getState().view?.time ?? 0;
    this.#histories = this.#readHistories();
  }

  get rowKey(): string {
    return this.#rowKey;
  }

  onKey(key: KeyEvent): boolean {
    const act = key.ctrl || key.alt ? undefined : this.#actions[key.name];
    act?.();
    return act !== undefined;
  }

  scroll(by: number): void {
    const top = this.#clamped(this.#top + by);
    if (top === this.#top) return;
    this.#top = top;
    this.#controller.replace(this.#controller.getState());
  }

  paint(canvas: Canvas, theme: Theme): void {
    const { view, frozen, examination } = this.#controller.getState();
    const present = view === null ? undefined : findRow(view, this.#rowKey);
    if (present !== undefined) {
      this.#row = present;
      this.#seen = view?.time ?? this.#seen;
    }
    // Of what is gone the sampler knows nothing any more; what was last seen stays.
    if (present !== undefined && this.#histories.view !== view) this.#histories = this.#readHistories();
    const live = present !== undefined && !frozen && view?.director.state.kind !== 'lost';
    const lines = detailPage(
      {
        row: this.#row,
        history: this.#histories.own,
        serviceHistory: this.#histories.service,
        findings: findingsOfRow(examination?.findings ?? [], this.#row),
        end: live ? 'now' : 'then',
      },
      canvas.width,
      canvas.height - titleHeight,
    );
    const gone = present === undefined ? Math.max(0, (view?.time ?? this.#seen) - this.#seen) : undefined;
    this.#paint(canvas, theme, lines, gone);
  }

  /** `gone`: milliseconds since the row was last there. */
  #paint(canvas: Canvas, theme: Theme, lines: readonly Line[], gone: number | undefined): void {
    this.#lines = lines.length;
    this.#room = Math.max(1, canvas.height - titleHeight);
    this.#top = this.#clamped(this.#top);
    const title =
      gone === undefined ? titleOf(this.#row) : `✗ gone for ${formatSpan(gone)}: ${titleOf(this.#row)}`;
    const place = this.#placeText();
    const room = Math.max(1, canvas.width - place.length - 1);
    canvas.write(0, 0, fitToWidth(truncateToWidth(title, room), canvas.width), theme.roles.columnTitle);
    canvas.write(canvas.width - place.length, 0, place, theme.roles.columnTitle);
    const area = { x: 0, y: titleHeight, width: canvas.width, height: this.#room };
    paintLines(canvas.view(area), lines, this.#top, theme);
  }

  /** Where in the page and in the table one is. */
  #placeText(): string {
    const below = this.#lines - this.#top - this.#room;
    if (this.#top === 0 && below <= 0) return '';
    const above = this.#top > 0 ? `↑ ${this.#top}` : '';
    return `${above}${above !== '' && below > 0 ? '  ' : ''}${below > 0 ? `↓ ${below} more lines` : ''}`;
  }

  #clamped(top: number): number {
    return Math.max(0, Math.min(this.#lines - this.#room, top));
  }

  /** Shows the row before or after this one in the table. */
  #go(by: -1 | 1): void {
    const state = this.#controller.getState();
    const moved = moveCursor({ ...state, cursorKey: this.#rowKey }, by);
    const row = moved.rows.find(({ key }) => key === moved.cursorKey);
    if (row === undefined || row.key === this.#rowKey) return;
    if (row.kind !== this.#row.kind) this.#top = 0;
    this.#row = row;
    this.#rowKey = row.key;
    this.#histories = this.#readHistories();
    this.#controller.replace(moved);
  }

  #readHistories(): Histories {
    const { sampler } = this.#controller;
    const { view } = this.#controller.getState();
    const service = sampler.history(this.#row.service.key);
    const own = this.#row.kind === 'service' ? service : sampler.history(this.#rowKey);
    return { view, own, service };
  }
}

/** The last minutes of the row and of its service, as of a view. */
interface Histories {
  readonly view: View | null;
  readonly own: History | null;
  readonly service: History | null;
}

/** The same action for several keys. */
function named(keys: readonly string[], act: () => void): Record<string, () => void> {
  return Object.fromEntries(keys.map((key) => [key, act]));
}

function titleOf(row: Row): string {
  const service = formatService(row.service.service.identity);
  return row.kind === 'service'
    ? `Service ${service}`
    : `Real server ${formatRealServer(row.realServer.realServer.identity)} of ${service}`;
}

/** The row of that key, whether or not the table's filter shows it. */
function findRow(view: View, key: string): Row | undefined {
  const [serviceKey] = key.split(' ');
  const service = view.services.find((candidate) => candidate.key === serviceKey);
  if (service === undefined) return undefined;
  if (key === serviceKey) return { kind: 'service', key, service, open: true };
  const realServer = service.realServers.find((candidate) => candidate.key === key);
  return realServer && { kind: 'real server', key, service, realServer };
}
