import { keyLabel } from '../kit/key-label.ts';
import { keyParts } from '../kit/key-parts.ts';
import { emptyLine, fittedLine, type Line, type Part } from '../kit/page.ts';
import { remembering } from '../kit/remembering.ts';
import { type Command, worksInPane } from '../state/command.ts';
import type { Pane } from '../state/pane.ts';
import { worksInRecording } from '../state/replay.ts';
import type { ScreenState } from '../state/screen-state.ts';
import { formatSpeed } from '../state/speed.ts';
import { barOf, messageLines, typedLine } from './bottom-line.ts';
import { drainLines, rampLines } from './drain-lines.ts';
import { clockTime, newsParts } from './event-line.ts';
import { timeLine } from './time-line.ts';

/**
 * The lines below the table, `most` at most: the place in a recording, drains and ramps, what came of the last key or
 * what is being typed, and the keys. Where there is no room for all, only the message and the keys stay.
 */
export function footerLines(
  state: ScreenState,
  commands: readonly Command[],
  width: number,
  most: number,
): Line[] {
  const drains = drainLines(state.drains, width);
  const status = statusLines(state, width);
  // A dialog takes all keys, and tells them itself.
  const keys =
    state.dialog !== null
      ? emptyLine
      : state.pane === null
        ? tableBar(offered(commands, state), width)
        : fittedLine(paneBar(state.pane, offered(commands, state), width), width);
  const whole = [
    ...(state.replay === null ? [] : [timeLine(state.replay, width)]),
    ...drains,
    ...rampLines(state.ramps, state.view?.time ?? 0, width),
    ...(status.length === 0 ? [emptyLine] : status),
    keys,
  ];
  return whole.length <= most ? whole : [...status, keys].slice(0, most);
}

/** What is being typed, said or to be kept in mind; no line when there is nothing. */
function statusLines(state: ScreenState, width: number): Line[] {
  if (state.typed !== null) return [typedLine(state.typed, width)];
  const { message } = state;
  if (message !== null) return messageLines(message, width);
  if (state.news !== null) return [fittedLine(newsParts(state.news, width), width)];
  const notes = [
    ...paceNotes(state),
    ...(state.filter === '' ? [] : [`filter "${state.filter}" (\\ clears)`]),
    ...(state.tagged.size === 0 ? [] : [`${state.tagged.size} tagged (U untags)`]),
    ...(state.flat ? ['flat (t for the tree)'] : []),
  ];
  return notes.length === 0 ? [] : [fittedLine([{ text: notes.join('   ') }], width)];
}

/** How simulated time passes, with the keys for it, where it does not pass as the clock does. */
function paceNotes({ pace, now, interval, replay }: ScreenState): string[] {
  // The keys are for the past while that is shown.
  if (pace === null || replay !== null) return [];
  const speed = formatSpeed(pace.speed);
  if (pace.isPaused)
    return [`paused at ${clockTime(now)}: p goes on, ] steps by ${interval}s, ( ) speed ${speed}`];
  return pace.speed === 1 ? [] : [`simulated time ${speed}: ( slower, ) faster, p holds`];
}

const tableBar = remembering((commands: readonly Command[], width: number) =>
  fittedLine(barOf(commands, width), width),
);

/**
 * The commands to offer: no edits where these are off, and in a recording, but only there, those that move through it,
 * which come first.
 */
function offered(commands: readonly Command[], { readOnly, replay }: ScreenState): readonly Command[] {
  if (replay !== null) return inRecording(commands, replay.canGoLive);
  return readOnly === null ? ofNow(commands) : withoutEdits(commands);
}

const ofNow = remembering((commands: readonly Command[]) => commands.filter(({ group }) => group !== 'Time'));

const inRecording = remembering((commands: readonly Command[], canGoLive: boolean) => [
  ...commands.filter(({ group, id }) => group === 'Time' && (canGoLive || id !== 'live')),
  ...withoutEdits(commands).filter((command) => worksInRecording(command)),
]);

const withoutEdits = remembering((commands: readonly Command[]) =>
  ofNow(commands).filter(({ group }) => group !== 'Edits'),
);

/** Cells that commands behind a pane's keys need at least. */
const shortestBar = 10;

/**
 * The pane's own keys, the one that leaves it among them, and as many of the commands that work in it as fit behind
 * them.
 */
function paneBar(pane: Pane, commands: readonly Command[], width: number): Part[] {
  const own = keyParts(pane.keys);
  // The pane takes its keys first, so a command on one of them does not work there.
  const taken = new Set(own.flatMap(({ text, role }) => (role === 'key' ? text.trim().split(' ') : [])));
  const working = commands.filter(
    (command) =>
      worksInPane(command, pane) && command.id !== 'quit' && !taken.has(keyLabel(command.keys[0] ?? '')),
  );
  const room = width - pane.keys.length - 2;
  return room < shortestBar ? own : [...own, { text: '  ' }, ...barOf(working, room)];
}
