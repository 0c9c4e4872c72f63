import { Box, Text } from 'ink';
import { type Command, commands } from './commands.ts';
import { DrainLines } from './drain-lines.tsx';
import { InputText } from './input-text.tsx';
import { keyLabel } from './key-label.ts';
import { type Pane, worksInPane } from './pane.ts';
import type { Message, ScreenState } from './screen-state.ts';
import type { TextField } from './text-field.ts';

/** The lines below the table: what came of the last key, or the filter, and the keys. */
export function Footer({
  state,
  filterField,
  width,
}: {
  state: ScreenState;
  filterField: TextField;
  width: number;
}) {
  return (
    <Box flexDirection="column" flexShrink={0}>
      <DrainLines drains={state.drains} />
      <StatusLine state={state} filterField={filterField} />
      <Text wrap="truncate">{state.pane === null ? barOf(commands, width) : paneBar(state.pane, width)}</Text>
    </Box>
  );
}

const messageColours: Readonly<Record<Message['kind'], string>> = {
  done: 'green',
  refusal: 'redBright',
  hint: 'yellow',
};
const messageSigns: Readonly<Record<Message['kind'], string>> = { done: '✓', refusal: '✗', hint: '·' };

function StatusLine({ state, filterField }: { state: ScreenState; filterField: TextField }) {
  if (state.filtering) {
    return (
      <Text wrap="truncate">
        {'filter: '}
        <InputText field={filterField} focused />
        <Text dimColor>{'   Enter keep   Esc clear'}</Text>
      </Text>
    );
  }
  if (state.commandLine !== null) {
    const { field, candidates } = state.commandLine;
    return (
      <Text wrap="truncate">
        {':'}
        <InputText field={field} focused />
        <Text dimColor>{`   ${candidates.filter((candidate) => candidate !== field.text).join('  ')}`}</Text>
      </Text>
    );
  }
  const { message } = state;
  if (message !== null) {
    return (
      <Text
        wrap="wrap"
        color={messageColours[message.kind]}
      >{`${messageSigns[message.kind]} ${message.text}`}</Text>
    );
  }
  const notes = [
    ...(state.filter === '' ? [] : [`filter "${state.filter}" (\\ clears)`]),
    ...(state.tagged.size === 0 ? [] : [`${state.tagged.size} tagged (U untags)`]),
    ...(state.flat ? ['flat (t for the tree)'] : []),
  ];
  return <Text wrap="truncate">{notes.join('   ') || ' '}</Text>;
}

/** As many commands of the bar as fit, help and quit always. */
function barOf(offered: readonly Command[], width: number): string {
  const labels = offered
    .filter((command) => command.bar !== undefined)
    .map(({ id, bar = '', keys }) => ({
      always: id === 'help' || id === 'quit',
      text: bar.startsWith('+') ? bar : `${keyLabel(keys[0] ?? '')} ${bar}`,
    }));
  let room =
    width - labels.filter(({ always }) => always).reduce((sum, { text }) => sum + text.length + 2, 0);
  return labels
    .filter(({ always, text }) => {
      if (always) return true;
      room -= text.length + 2;
      return room >= 0;
    })
    .map(({ text }) => text)
    .join('  ');
}

/** Cells that commands behind a pane's keys need at least. */
const shortestBar = 10;

/** The pane's own keys, and as many of the commands that work in it as fit behind them. Leaving it is among its own. */
function paneBar(pane: Pane, width: number): string {
  const offered = commands.filter((command) => worksInPane(command, pane) && command.id !== 'quit');
  const room = width - pane.keys.length - 2;
  return room < shortestBar ? pane.keys : `${pane.keys}  ${barOf(offered, room)}`;
}
