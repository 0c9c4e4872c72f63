import { eventKinds, type TableEvent } from '../../changes/events/event.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { formatSpan } from '../kit/number-format.ts';
import { fittedLine, type Line, type Part } from '../kit/page.ts';
import type { StyleRole } from '../kit/theme.ts';
import type { Replay } from '../state/replay.ts';
import { formatSpeed } from '../state/speed.ts';

/** Milliseconds that the line shows of a longer recording. */
const longestShown = 2 * 3_600_000;

const signs = {
  nothing: ' ',
  recorded: '─',
  happened: '·',
  grave: '▲',
  here: '┃',
} as const;
const roles: Readonly<Record<keyof typeof signs, StyleRole>> = {
  nothing: 'dim',
  recorded: 'dim',
  happened: 'strong',
  grave: 'warning',
  here: 'key',
};

/** One line with the time that is shown, its place in the recording around it, and what happened there. */
export function timeLine(replay: Replay, width: number): Line {
  const [first, last] = [replay.spans[0]?.from ?? replay.time, replay.spans.at(-1)?.to ?? replay.time];
  const whole = last - first <= longestShown;
  const from = whole ? first : Math.min(Math.max(first, replay.time - longestShown / 2), last - longestShown);
  const to = whole ? last : from + longestShown;
  const badge = ` REPLAY ${formatTime(replay.time)} `;
  const left = ` ${clock(from, to)} `;
  const right = ` ${clock(to, from)} `;
  const cells = Math.max(1, width - badge.length - left.length - right.length);
  const cellOf = (time: number) =>
    to === from ? 0 : Math.min(cells - 1, Math.max(0, Math.floor(((time - from) / (to - from)) * cells)));
  const marks: (keyof typeof signs)[] = new Array(cells).fill('nothing');
  for (const span of replay.spans) {
    if (span.to < from || span.from > to) continue;
    marks.fill('recorded', cellOf(span.from), cellOf(span.to) + 1);
  }
  for (const event of replay.events) {
    if (event.time < from || event.time > to) continue;
    const cell = cellOf(event.time);
    if (isGrave(event)) marks[cell] = 'grave';
    else if (marks[cell] !== 'grave') marks[cell] = 'happened';
  }
  marks[cellOf(replay.time)] = 'here';
  return fittedLine(
    [
      { text: badge, role: 'badge' },
      { text: left, role: 'dim' },
      ...runs(marks),
      { text: right, role: 'dim' },
    ],
    width,
  );
}

/** Whether the recording plays and how fast, and how long before its end the sample that is shown is. */
export function replayStanding({ speed, time, spans }: Replay): string {
  const before = (spans.at(-1)?.to ?? time) - time;
  const where = before < 1000 ? 'newest sample' : `${formatSpan(before)} before the end`;
  return speed > 0 ? `▸ plays ${formatSpeed(speed)}, p holds; ${where}` : `‖ ${where}`;
}

function isGrave({ kind }: TableEvent): boolean {
  const { severity } = eventKinds[kind];
  return severity === 'error' || severity === 'warning';
}

function runs(marks: readonly (keyof typeof signs)[]): Part[] {
  const parts: { text: string; role: StyleRole }[] = [];
  for (const mark of marks) {
    const last = parts.at(-1);
    if (last?.role === roles[mark]) last.text += signs[mark];
    else parts.push({ text: signs[mark], role: roles[mark] });
  }
  return parts;
}

/** The time of day, with the date where the other end is of another day. */
function clock(time: number, other: number): string {
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, '0');
  const day =
    date.toDateString() === new Date(other).toDateString()
      ? ''
      : `${two(date.getMonth() + 1)}-${two(date.getDate())} `;
  return `${day}${two(date.getHours())}:${two(date.getMinutes())}`;
}
