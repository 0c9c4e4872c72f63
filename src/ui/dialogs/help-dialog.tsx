import { Box, Text } from 'ink';
import type { KeyEvent } from '../../terminal/keys.ts';
import { columns } from '../columns.ts';
import type { Command } from '../commands.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { keyLabel } from '../key-label.ts';

interface HelpLine {
  readonly id: number;
  readonly heading: boolean;
  readonly text: string;
}

/** Every key and every column with what it is for, made from the tables that the program itself goes by. */
export class HelpDialog implements Dialog {
  readonly title = 'Help';
  readonly keys = '↑ ↓ PgUp PgDn scroll   Esc close';
  readonly width = 96;
  readonly height = 100;
  readonly #controller: Controller;
  readonly #lines: readonly HelpLine[];
  #top = 0;
  #room = 1;

  /** The commands are handed in: they open this dialog, and a circle of imports would stop the bundle's start. */
  constructor(controller: Controller, commands: readonly Command[]) {
    this.#controller = controller;
    this.#lines = helpLines(commands);
  }

  onKey(key: KeyEvent): void {
    const by =
      key.name === 'down' || key.text === 'j'
        ? 1
        : key.name === 'up' || key.text === 'k'
          ? -1
          : key.name === 'pagedown' || key.text === ' '
            ? this.#room
            : key.name === 'pageup'
              ? -this.#room
              : undefined;
    if (by === undefined) {
      this.#controller.closeDialog();
      return;
    }
    this.#top = Math.max(0, Math.min(this.#lines.length - this.#room, this.#top + by));
    this.#controller.dialogChanged();
  }

  render(width: number, height: number) {
    this.#room = Math.max(1, Math.min(this.#lines.length, height - 2));
    const shown = this.#lines.slice(this.#top, this.#top + this.#room);
    const rest = this.#lines.length - this.#top - this.#room;
    return (
      <Box flexDirection="column">
        {shown.map(({ id, heading, text }) => (
          <Text key={id} bold={heading} wrap="truncate">
            {text.slice(0, width) || ' '}
          </Text>
        ))}
        <Text dimColor>{rest > 0 ? `↓ ${rest} more lines` : ' '}</Text>
      </Box>
    );
  }
}

function helpLines(commands: readonly Command[]): HelpLine[] {
  const lines: HelpLine[] = [];
  const add = (text: string, heading = false) => lines.push({ id: lines.length, heading, text });
  const head = (text: string) => {
    if (lines.length > 0) add('');
    add(text, true);
  };
  for (const group of ['Movement', 'Edits', 'Table', 'Program'] as const) {
    head(group);
    for (const command of commands.filter((candidate) => candidate.group === group)) {
      add(`  ${command.keys.map(keyLabel).join(' ').padEnd(14)} ${command.help}`);
    }
  }
  head('Columns');
  for (const column of columns) add(`  ${column.title.padEnd(21)} ${column.meaning}`);
  head('Signs');
  add('  …         not known yet: two steps of the kernel’s counters are needed, up to 4 s');
  add('  not seen  under DR and TUN real servers answer clients directly, past the director');
  add('  *         tagged: an edit goes to all tagged rows');
  return lines;
}
