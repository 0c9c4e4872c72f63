import type { KeyEvent } from '../../terminal/keys.ts';
import { columns } from '../columns.ts';
import type { Command } from '../commands.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { Box, Text } from '../ink.ts';
import { InputText } from '../input-text.tsx';
import { keyLabel } from '../key-label.ts';
import { TextField } from '../text-field.ts';

interface HelpLine {
  readonly id: number;
  /** The heading that it stands under. */
  readonly group: string;
  readonly heading: boolean;
  readonly text: string;
}

/** Every key and every column with what it is for, made from the tables that the program itself goes by. */
export class HelpDialog implements Dialog {
  readonly title = 'Help';
  readonly keys = 'type to search   ↑ ↓ PgUp PgDn scroll   Esc close';
  readonly width = 110;
  readonly height = 100;
  readonly #controller: Controller;
  readonly #lines: readonly HelpLine[];
  readonly #search = new TextField();
  #top = 0;
  #room = 1;

  /** The commands are handed in: they open this dialog, and a circle of imports would stop the bundle's start. */
  constructor(controller: Controller, commands: readonly Command[]) {
    this.#controller = controller;
    this.#lines = helpLines(commands);
  }

  onKey(key: KeyEvent): void {
    const by = scrolling(key, this.#room);
    if (by !== undefined) this.#scrollBy(by);
    else if (this.#search.onKey(key)) this.#top = 0;
    else if (key.name === 'enter' || key.name === 'f1' || key.name === 'f10') this.#controller.closeDialog();
    this.#controller.dialogChanged();
  }

  render(width: number, height: number) {
    const found = this.#found;
    this.#room = Math.max(1, height - 3);
    const shown = found.slice(this.#top, this.#top + this.#room);
    const rest = Math.max(0, found.length - this.#top - this.#room);
    return (
      <Box flexDirection="column">
        <Text wrap="truncate">
          {'search: '}
          <InputText field={this.#search} focused />
        </Text>
        {shown.map(({ id, heading, text }) => (
          <Text key={id} bold={heading} wrap="truncate">
            {text.slice(0, width) || ' '}
          </Text>
        ))}
        {found.length === 0 && <Text>nothing holds that</Text>}
        <Text dimColor>{rest > 0 ? `↓ ${rest} more lines` : ' '}</Text>
      </Box>
    );
  }

  /** The lines that hold what is searched for, each under its heading. */
  get #found(): readonly HelpLine[] {
    const wanted = this.#search.text.trim().toLowerCase();
    if (wanted === '') return this.#lines;
    const matching = this.#lines.filter(
      ({ heading, text }) => !heading && text.toLowerCase().includes(wanted),
    );
    const groups = new Set(matching.map(({ group }) => group));
    return this.#lines.filter((line) => (line.heading ? groups.has(line.group) : matching.includes(line)));
  }

  #scrollBy(by: number): void {
    this.#top = Math.max(0, Math.min(this.#found.length - this.#room, this.#top + by));
  }
}

function scrolling(key: KeyEvent, room: number): number | undefined {
  switch (key.name) {
    case 'down':
      return 1;
    case 'up':
      return -1;
    case 'pagedown':
      return room;
    case 'pageup':
      return -room;
    default:
      return undefined;
  }
}

function helpLines(commands: readonly Command[]): HelpLine[] {
  const lines: HelpLine[] = [];
  let group = '';
  const add = (text: string, heading = false) => lines.push({ id: lines.length, group, heading, text });
  const head = (title: string) => {
    if (lines.length > 0) add('');
    group = title;
    add(title, true);
  };
  for (const title of ['Movement', 'Edits', 'Table', 'Program'] as const) {
    head(title);
    for (const command of commands.filter((candidate) => candidate.group === title)) {
      const name = `:${command.id}${command.argument === undefined ? '' : ` ${command.argument.name}`}`;
      add(`  ${command.keys.map(keyLabel).join(' ').padEnd(14)} ${name.padEnd(18)} ${command.help}`);
    }
  }
  head('Columns');
  for (const column of columns) add(`  ${column.title.padEnd(21)} ${column.id.padEnd(18)} ${column.meaning}`);
  head('Signs');
  add('  …         not known yet: a step of the kernel’s counters is needed, some 2 s after the start');
  add('  ?         not readable without the capability CAP_NET_ADMIN');
  add('  not seen  under DR and TUN real servers answer clients directly, past the director');
  add('  *         tagged: an edit goes to all tagged rows');
  return lines;
}
