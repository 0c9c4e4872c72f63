import { type EventSeverity, eventKinds, eventText, type TableEvent } from '../../changes/events/event.ts';
import type { Part } from '../kit/page.ts';
import type { StyleRole } from '../kit/theme.ts';

/** How each severity looks, and the sign that tells it without colour. */
const looks: Readonly<Record<EventSeverity, { readonly sign: string; readonly role: StyleRole }>> = {
  error: { sign: '✗', role: 'error' },
  warning: { sign: '▲', role: 'warning' },
  hint: { sign: '·', role: 'strong' },
  good: { sign: '✓', role: 'good' },
};

/** The word, the sign and the look of an event. */
export function eventLook({ kind }: TableEvent): {
  readonly word: string;
  readonly sign: string;
  readonly role: StyleRole;
} {
  const { word, severity } = eventKinds[kind];
  return { word, ...looks[severity] };
}

/** What is said of an event on the message line. */
export function newsPart(event: TableEvent): Part {
  const { sign, role, word } = eventLook(event);
  return { text: `${sign} ${clockTime(event.time)} ${word}: ${eventText(event)}   E shows all`, role };
}

/** Local time as `14:03:05`. */
export function clockTime(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}
