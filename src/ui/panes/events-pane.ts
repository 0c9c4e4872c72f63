import { briefHand, eventHand, eventKinds, eventText, type TableEvent } from '../../changes/events/event.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import { fitToWidth, textWidth, truncateToWidth } from '../../terminal/width.ts';
import { openChange } from '../dialogs/change-dialog.tsx';
import { openChosenUndo } from '../dialogs/undo-dialog.tsx';
import { clockTime, eventLook } from '../frame/event-line.ts';
import type { Part } from '../kit/page.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import { type ListLook, ListPane } from './list-pane.ts';

/** Cells of the longest word. */
const wordWidth = Math.max(...Object.values(eventKinds).map(({ word }) => word.length));
const timeWidth = 'HH:MM:SS'.length;
/** Cells before the column that says who did it. */
const beforeWho = timeWidth + wordWidth + 8;
/** Cells that what happened should have at least. */
const leastForWhat = 36;
/** Cells of the column that says who did it: less says nothing, more is in the event's own page. */
const who = { least: 10, most: 44 } as const;

/** What has happened at the director since lvstop was started, the newest first, in place of the table. */
export class EventsPane extends ListPane<TableEvent> {
  readonly keys = 'Esc back  ↑ ↓ choose  Enter all of it  u undo  o row  F watch others';
  readonly behind: Pane | null;
  readonly command = 'events';
  #events: readonly TableEvent[] | null = null;

  constructor(desk: Desk) {
    super(desk);
    this.behind = desk.getState().pane;
  }

  /** Edits go to what the chosen event is about. */
  get rowKey(): RowKey | null {
    this.refresh();
    return this.present?.about ?? null;
  }

  protected refresh(): void {
    const { events } = this.desk.getState();
    if (this.#events === events) return;
    this.#events = events;
    this.show(events);
  }

  protected isSame(left: TableEvent, right: TableEvent): boolean {
    return left === right || (left.change !== undefined && left.change.id === right.change?.id);
  }

  protected look(shown: readonly TableEvent[], width: number): ListLook<TableEvent> {
    const room = Math.min(who.most, width - beforeWho - leastForWhat);
    const widest = Math.max(0, ...shown.map((event) => textWidth(eventHand(event))));
    const forWho = room < who.least || widest === 0 ? 0 : Math.max(3, Math.min(room, widest));
    const column = (text: string) => (forWho === 0 ? '' : `${fitToWidth(text, forWho)}  `);
    return {
      title: ` ${fitToWidth('TIME', timeWidth)}    ${fitToWidth('EVENT', wordWidth)}  ${column('WHO')}WHAT`,
      line: (event) => {
        const { sign, word } = eventLook(event);
        const what = forWho === 0 ? eventText(event) : event.text;
        const whole = eventHand(event);
        const hand = column(textWidth(whole) <= forWho ? whole : briefHand(event));
        return ` ${clockTime(event.time)}  ${sign} ${fitToWidth(word, wordWidth)}  ${hand}${what}`;
      },
      role: (event) => eventLook(event).role,
    };
  }

  /** Says so where nobody watches who changes the table. */
  protected notes(width: number): string[] {
    const { watching } = this.desk.happenings;
    switch (watching?.kind) {
      case 'off':
        return [truncateToWidth('Who changes the table is not watched: F begins it.', width)];
      case 'failed':
        return [truncateToWidth(`▲ Who changes the table is not watched: ${watching.reason}`, width)];
      default:
        return [];
    }
  }

  protected emptyText(): Part {
    return {
      text: 'Nothing has happened yet; edits, findings, drains and saves will be here.',
    };
  }

  protected open(event: TableEvent): void {
    const { change } = event;
    if (change !== undefined && change.steps.length > 0) openChange(this.desk, change);
    else this.#goToRow(event);
  }

  protected onOwnKey(name: string): boolean {
    if (name === 'E') this.desk.closePane();
    else if (name === 'o' && this.present !== undefined) this.#goToRow(this.present);
    else if (name === 'u') this.#undo();
    else return false;
    return true;
  }

  #goToRow({ about }: TableEvent): void {
    if (about === null) this.desk.say('hint', 'this event is about the director as a whole');
    else if (!this.desk.leadTo(about)) this.desk.say('hint', 'this row is gone, or left out by the filter');
  }

  #undo(): void {
    const { desk, present: event } = this;
    if (event?.change !== undefined) openChosenUndo(desk, event.change);
    else if (event?.by === 'own') desk.say('hint', 'undo: J lists what lvstop did, u takes it back there');
    else desk.say('hint', 'undo: this event changed nothing');
  }
}
