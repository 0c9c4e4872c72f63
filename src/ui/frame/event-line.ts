import { type EventSeverity, eventKinds, eventText, type TableEvent } from '../../changes/events/event.ts';
import { textWidth } from '../../terminal/width.ts';
import type { Part } from '../kit/page.ts';
import { remembering } from '../kit/remembering.ts';
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

/** An event on the message line, and the key that shows all events if there is room for that too. */
export const newsParts = remembering((event: TableEvent, width: number): Part[] => {
  const { sign, role, word } = eventLook(event);
  const text = `${sign} ${clockTime(event.time)} ${word}: ${eventText(event)}`;
  const others: readonly Part[] = [
    { text: '   ' },
    { text: 'E', role: 'key' },
    { text: ' all events', role: 'dim' },
  ];
  const cells = others.reduce((sum, part) => sum + part.text.length, textWidth(text));
  return [{ text, role }, ...(cells <= width ? others : [])];
});

/** Local time as `14:03:05`. */
export function clockTime(time: number): string {
  return new Date(time).toTimeString().slice(0, 8);
}
