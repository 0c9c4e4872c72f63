import { eventKinds, eventText, type TableEvent } from '../../changes/events/event.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import { fitToWidth } from '../../terminal/width.ts';
import { clockTime, eventLook } from '../frame/event-line.ts';
import type { Part } from '../kit/page.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import { type ListLook, ListPane } from './list-pane.ts';

/** Cells of the longest word. */
const wordWidth = Math.max(...Object.values(eventKinds).map(({ word }) => word.length));
const timeWidth = 'HH:MM:SS'.length;

/** What has happened at the director since lvstop was started, the newest first, in place of the table. */
export class EventsPane extends ListPane<TableEvent> {
  readonly keys = 'Esc back  ↑ ↓ choose  Enter go to the row';
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
    return left === right;
  }

  protected look(): ListLook<TableEvent> {
    return {
      title: ` ${fitToWidth('TIME', timeWidth)}    ${fitToWidth('EVENT', wordWidth)}  WHAT`,
      line: (event) => {
        const { sign, word } = eventLook(event);
        return ` ${clockTime(event.time)}  ${sign} ${fitToWidth(word, wordWidth)}  ${eventText(event)}`;
      },
      role: (event) => eventLook(event).role,
    };
  }

  protected notes(): string[] {
    return [];
  }

  protected emptyText(): Part {
    return {
      text: 'Nothing has happened yet; edits, findings, drains and saves will be here.',
    };
  }

  protected open({ about }: TableEvent): void {
    if (about === null) this.desk.say('hint', 'this event is about the director as a whole');
    else if (!this.desk.leadTo(about)) this.desk.say('hint', 'this row is gone, or left out by the filter');
  }

  protected onOwnKey(name: string): boolean {
    if (name === 'E') this.desk.closePane();
    else if (name === 'o' && this.present !== undefined) this.open(this.present);
    else return false;
    return true;
  }
}
