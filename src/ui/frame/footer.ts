import { wrapText } from '../../terminal/wrap-text.ts';
import { keyLabel } from '../kit/key-label.ts';
import { keyParts } from '../kit/key-parts.ts';
import { emptyLine, fittedLine, type Line, type Part, textLine } from '../kit/page.ts';
import { remembering } from '../kit/remembering.ts';
import type { StyleRole } from '../kit/theme.ts';
import { type Command, worksInPane } from '../state/command.ts';
import type { Pane } from '../state/pane.ts';
import type { Message, ScreenState } from '../state/screen-state.ts';
import type { TypedLine } from '../state/typed-line.ts';
import { drainLines, rampLines } from './drain-lines.ts';
import { newsParts } from './event-line.ts';

/**
 * The lines below the table, `most` at most: drains, what came of the last key or what is being typed, and the
 * keys. Where there is no room for all, what is said comes first.
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
    ...drains,
    ...rampLines(state.ramps, state.view?.time ?? 0, width),
    ...(status.length === 0 ? [emptyLine] : status),
    keys,
  ];
  return whole.length <= most ? whole : [...status, keys].slice(0, most);
}

const messageRoles: Readonly<Record<Message['kind'], StyleRole>> = {
  done: 'good',
  refusal: 'error',
  hint: 'warning',
};
const messageSigns: Readonly<Record<Message['kind'], string>> = { done: '✓', refusal: '✗', hint: '·' };

/** What is being typed, said or to be kept in mind; no line when there is nothing. */
function statusLines(state: ScreenState, width: number): Line[] {
  if (state.typed !== null) return [typedLine(state.typed, width)];
  const { message } = state;
  if (message !== null) {
    const role = messageRoles[message.kind];
    return wrapText(`${messageSigns[message.kind]} ${message.text}`, width).map((line) =>
      textLine(line, role),
    );
  }
  if (state.news !== null) return [fittedLine(newsParts(state.news, width), width)];
  const notes = [
    ...(state.filter === '' ? [] : [`filter "${state.filter}" (\\ clears)`]),
    ...(state.tagged.size === 0 ? [] : [`${state.tagged.size} tagged (U untags)`]),
    ...(state.flat ? ['flat (t for the tree)'] : []),
  ];
  return notes.length === 0 ? [] : [fittedLine([{ text: notes.join('   ') }], width)];
}

/** A field with its cursor, between its label and what is offered. */
function typedLine(
  { label, field: { text, cursor }, offer, problem = null }: TypedLine,
  width: number,
): Line {
  return fittedLine(
    [
      { text: label + text.slice(0, cursor) },
      { text: text.slice(cursor, cursor + 1) || ' ', role: 'badge' },
      { text: text.slice(cursor + 1) },
      ...(problem === null ? [] : [{ text: `   ✗ ${problem}`, role: 'warning' as const }]),
      { text: `   ${offer}`, role: 'dim' },
    ],
    width,
  );
}

const tableBar = remembering((commands: readonly Command[], width: number) =>
  fittedLine(barOf(commands, width), width),
);

/** Edits are not offered where they are off. */
function offered(commands: readonly Command[], { readOnly }: ScreenState): readonly Command[] {
  return readOnly === null ? commands : withoutEdits(commands);
}

const withoutEdits = remembering((commands: readonly Command[]) =>
  commands.filter(({ group }) => group !== 'Edits'),
);

/** A command in the bar. */
interface Label {
  readonly key: string;
  readonly text: string;
  /** Shown however narrow the screen is. */
  readonly always: boolean;
}

/** As many commands of the bar as fit, help and quit always. */
function barOf(candidates: readonly Command[], width: number): Part[] {
  const labels = candidates
    .filter((command) => command.bar !== undefined)
    .map(({ id, bar = '', keys }): Label => {
      const always = id === 'help' || id === 'quit';
      // Two keys share one label, which begins with them.
      if (bar.startsWith('+')) return { always, key: bar.slice(0, 3), text: bar.slice(3) };
      return { always, key: keyLabel(keys[0] ?? ''), text: ` ${bar}` };
    });
  const widthOf = ({ key, text }: Label) => key.length + text.length + 2;
  let room = width - labels.filter(({ always }) => always).reduce((sum, label) => sum + widthOf(label), 0);
  return labels
    .filter((label) => {
      if (label.always) return true;
      room -= widthOf(label);
      return room >= 0;
    })
    .flatMap(({ key, text }, index) => [
      { text: index === 0 ? key : `  ${key}`, role: 'key' as const },
      { text, role: 'dim' as const },
    ]);
}

/** Cells that commands behind a pane's keys need at least. */
const shortestBar = 10;

/** The pane's own keys, and as many of the commands that work in it as fit behind them. Leaving it is among its own. */
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
