import { useMemo, useState } from 'react';
import { wrapText } from '../../terminal/wrap-text.ts';
import { Box, Text } from '../kit/ink.ts';
import { InputText } from '../kit/input-text.tsx';
import { keyLabel } from '../kit/key-label.ts';
import { keyParts } from '../kit/key-parts.ts';
import type { Part } from '../kit/page.ts';
import { Styled } from '../kit/styled.tsx';
import { TextField } from '../kit/text-field.ts';
import { type Command, worksInPane } from '../state/command.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import { columns } from '../table/columns.ts';
import { useDesk, useKeys, usePage } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { RestLine } from './scrolled-dialog.tsx';

interface HelpEntry {
  /** The heading that it stands under. */
  readonly group: string;
  readonly heading: boolean;
  /** Keys and name, or a heading. */
  readonly label: string;
  /** Cells of the label that are keys, a column's title or a sign; the rest of it is calmer. */
  readonly lead: number;
  readonly meaning: string;
}

/** A line of an entry. */
interface HelpLine {
  readonly parts: readonly Part[];
  readonly heading: boolean;
}

/** Shows every key and every column with what it is for, made from the tables that the program itself goes by. */
export function openHelp(desk: Desk, commands: readonly Command[]): void {
  desk.openDialog(<HelpDialog commands={commands} />);
}

function HelpDialog({ commands }: { commands: readonly Command[] }) {
  const desk = useDesk();
  const { pane } = desk.getState();
  const entries = useMemo(
    () => (pane === null ? helpEntries(commands) : paneEntries(pane, commands)),
    [commands, pane],
  );
  const [search] = useState(() => new TextField());
  const page = usePage();
  useKeys((key) => {
    // Letters and the blank go to the search. While it is empty all other keys may scroll; otherwise Ctrl keys, Home
    // and End edit it.
    const scrolls =
      key.text === undefined &&
      (search.text === '' || (!key.ctrl && key.name !== 'home' && key.name !== 'end'));
    if (scrolls && page.onKey(key)) return;
    if (search.onKey(key)) page.moveTo(0);
    else if (key.name === 'enter' || key.name === 'f1' || key.name === 'f10') desk.closeDialog();
  });
  return (
    <DialogFrame
      title={pane === null ? 'Help' : 'Help of this pane'}
      keys="type to search   ↑ ↓ PgUp PgDn scroll   Esc close"
      width={widestHelp}
      height={100}
    >
      {(width, height) => {
        const isWide = width >= 2 * leastColumn + columnGap;
        const column = isWide ? Math.floor((width - columnGap) / 2) : width;
        const all = found(entries, search.text).flatMap((entry) => linesOf(entry, column));
        const lines = isWide ? inPairs(all, column) : all.map((line) => line.parts);
        const shown = page.fit(lines, height - 3);
        return (
          <Box flexDirection="column">
            <Text wrap="truncate">
              {'search: '}
              <InputText field={search} focused />
            </Text>
            {shown.map((parts, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
              <Text key={index} wrap="truncate">
                {parts.map(({ text, role }, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: likewise
                  <Styled key={place} as={role}>
                    {text || ' '}
                  </Styled>
                ))}
              </Text>
            ))}
            {lines.length === 0 && <Text>nothing holds that</Text>}
            <RestLine below={page.below} />
          </Box>
        );
      }}
    </DialogFrame>
  );
}

/** The entries that hold what is searched for, each under its heading. */
function found(entries: readonly HelpEntry[], text: string): readonly HelpEntry[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return entries;
  const matching = new Set(
    entries.filter(
      ({ heading, label, meaning }) => !heading && `${label} ${meaning}`.toLowerCase().includes(wanted),
    ),
  );
  const groups = new Set([...matching].map(({ group }) => group));
  return entries.filter((entry) => (entry.heading ? groups.has(entry.group) : matching.has(entry)));
}

/** Cells of the dialog where there is room: two columns. */
const widestHelp = 210;
/** Cells of a column from which on two stand side by side. */
const leastColumn = 78;
const columnGap = 3;

/** Lines in two columns, the second half beside the first; it begins with a heading where one is near. */
function inPairs(lines: readonly HelpLine[], width: number): Part[][] {
  const middle = Math.ceil(lines.length / 2);
  const heading = lines.findIndex((line, place) => place >= middle && line.heading);
  const cut = heading >= 0 && heading - middle <= lines.length / 8 ? heading : middle;
  return Array.from({ length: Math.max(cut, lines.length - cut) }, (_, place) => {
    const left = place < cut ? lines[place] : undefined;
    const right = lines[cut + place];
    const first = left?.parts ?? [];
    const used = first.reduce((sum, { text }) => sum + text.length, 0);
    const between: Part = { text: ' '.repeat(Math.max(0, width + columnGap - used)) };
    return right === undefined ? [...first] : [...first, between, ...right.parts];
  });
}

/** The keys of a pane, and the commands that work in it. */
function paneEntries(pane: Pane, commands: readonly Command[]): HelpEntry[] {
  const own = 'Keys of this pane';
  const working = 'Commands that work here, too';
  const entry = (group: string, label: string, meaning: string): HelpEntry => ({
    group,
    heading: false,
    label,
    lead: keyWidth,
    meaning,
  });
  return [
    headingOf(own),
    // Keys and what they do are words one blank apart; one key and the next are at least two apart.
    ...pane.keys.split(/ {2,}/).map((text) => {
      const [keys = { text }, { text: meaning } = { text: '' }] = keyParts(text);
      return entry(own, `  ${keys.text.trim().padEnd(14)}`, meaning);
    }),
    entry(working, '', ''),
    headingOf(working),
    ...commands
      .filter((command) => worksInPane(command, pane))
      .map((command) => entry(working, commandLabel(command), command.help)),
  ];
}

/** Cells of the keys in front of a command, and of a column's title. */
const keyWidth = 16;
const titleWidth = 23;

/** Keys and name of a command. */
function commandLabel({ id, keys, argument }: Command): string {
  const name = `:${id}${argument === undefined ? '' : ` ${argument.name}`}`;
  return `  ${keys.map(keyLabel).join(' ').padEnd(14)} ${name.padEnd(18)}`;
}

/** With fewer cells beside the labels, meanings stand on lines of their own. */
const leastMeaning = 24;

function headingOf(title: string): HelpEntry {
  return { group: title, heading: true, label: title, lead: 0, meaning: '' };
}

/** An entry in lines of at most `width` cells, nothing of it cut off. */
function linesOf({ heading, label, lead, meaning }: HelpEntry, width: number): HelpLine[] {
  const parts: Part[] = heading
    ? [{ text: label, role: 'service' }]
    : [
        { text: label.slice(0, lead), role: 'key' },
        { text: label.slice(lead), role: 'dim' },
      ];
  if (meaning === '') return [{ heading, parts }];
  const room = width - label.length - 1;
  if (room < leastMeaning && meaning.length > room) {
    const below = wrapText(meaning, Math.max(1, width - 4)).map((part) => `    ${part}`);
    return [{ heading, parts }, ...below.map((text) => ({ heading, parts: [{ text }] }))];
  }
  return wrapText(meaning, room).map((text, index) => ({
    heading,
    parts: [...(index === 0 ? parts : [{ text: ' '.repeat(label.length) }]), { text: ` ${text}` }],
  }));
}

function helpEntries(commands: readonly Command[]): HelpEntry[] {
  const entries: HelpEntry[] = [];
  let group = '';
  const add = (label: string, meaning: string, lead = label.length) =>
    entries.push({ group, heading: false, label, lead, meaning });
  const head = (title: string) => {
    if (entries.length > 0) add('', '');
    group = title;
    entries.push(headingOf(title));
  };
  for (const title of ['Movement', 'Edits', 'Table', 'Time', 'Program'] as const) {
    head(title);
    for (const command of commands.filter((candidate) => candidate.group === title)) {
      add(commandLabel(command), command.help, keyWidth);
    }
  }
  head('Columns');
  for (const column of columns)
    add(`  ${column.title.padEnd(21)} ${column.id.padEnd(18)}`, column.meaning, titleWidth);
  head('Signs');
  for (const [sign, meaning] of signs) add(`  ${sign.padEnd(9)}`, meaning);
  return entries;
}

/** Signs of the table, beside a row or in its cells, and what they mean. */
const signs: readonly (readonly [sign: string, meaning: string])[] = [
  ['…', 'not known yet: a step of the kernel’s counters is needed, some 2 s after the start'],
  ['?', 'not readable without the capability CAP_NET_ADMIN'],
  ['—', 'nothing is seen: under DR and TUN real servers answer clients directly, past the director'],
  ['*', 'tagged: an edit goes to all tagged rows'],
  ['✗ ▲', 'the doctor found an error or a warning here: ! tells what, and what mends it'],
  ['⊘', 'over its upper threshold: it takes no new connections until it is below the lower one'],
  ['▽', 'draining: at weight 0 until it is empty; D ends it'],
  ['~', 'read before the last refresh, since it was out of sight; what is in view is read at once'],
];
