import { useState } from 'react';
import type { Intention } from '../../changes/plan/intention.ts';
import type { SettingField } from '../../ipvs/settings-text.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { textWidth, truncateToWidth } from '../../terminal/width.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { Box, Text } from '../kit/ink.ts';
import { InputText } from '../kit/input-text.tsx';
import type { ListWindow } from '../kit/list-window.ts';
import type { Part } from '../kit/page.ts';
import { Styled } from '../kit/styled.tsx';
import { TextField } from '../kit/text-field.ts';
import type { Desk } from '../state/desk.ts';
import { useDialogEvent, useList } from './dialog-context.ts';
import { DialogFrame, frameHeight } from './dialog-frame.tsx';
import { foresightHeight, leastForesight } from './foresight-lines.ts';
import {
  ForetoldPreview,
  leastListed,
  listHeight,
  mostCommands,
  useGreatestHeight,
} from './foretold-preview.tsx';
import { usePlanLines } from './plan-preview.tsx';
import { useEdit } from './use-edit.tsx';

/** Opens a form. */
export function openForm(desk: Desk, spec: FormSpec): void {
  desk.openDialog(<FormDialog spec={spec} />);
}

/** What may be given, to be shown behind a value of `shownWidth` cells, as far as there is room. */
function hintOf(allowed: string, shownWidth: number, place: HintPlace): string {
  const padding = Math.max(place.valueWidth - shownWidth, 0) + 2;
  const room = hintRoom(shownWidth, place);
  return room < shortestHint ? '' : ' '.repeat(padding) + truncateToWidth(allowed, room);
}

/** Cells for a hint behind a value of `shownWidth` cells. */
function hintRoom(shownWidth: number, { valueWidth, width }: HintPlace): number {
  return width - labelWidth - 2 - Math.max(valueWidth, shownWidth) - 2;
}

/** Where hints stand. */
interface HintPlace {
  /** Cells of the values, behind which the hints stand in one column. */
  readonly valueWidth: number;
  /** Cells of a whole line. */
  readonly width: number;
}

/** What a form asks for and what it makes of the answers. */
export interface FormSpec {
  readonly title: string;
  /** Whether its edits can move connections, so that there is a forecast. */
  readonly movesConnections: boolean;
  readonly fields: readonly SettingField[];
  readonly texts: Readonly<Record<string, string>>;
  /** Gives the texts that the object has now, while the form is open; `undefined` when it is gone. */
  readonly present?: () => Readonly<Record<string, string>> | undefined;
  /** Gives hints by the names of fields, from what is typed into all of them; a hint takes the place of `allowed`. */
  readonly hints?: (texts: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** What the texts mean. Throws an input error, which the form shows. */
  readonly intentions: (texts: Readonly<Record<string, string>>) => readonly Intention[];
  /** Called when all of it was done. */
  readonly onDone?: (texts: Readonly<Record<string, string>>) => void;
}

/** A line of the form. */
interface FormField {
  readonly spec: SettingField;
  readonly input: TextField;
  /** The text when the form was opened, and as it is now. */
  readonly opened: string;
  present: string;
}

const labelWidth = 16;
/** Fewest cells for values. */
const leastValueWidth = 10;
/** Fewer cells of a hint tell nothing. */
const shortestHint = 12;

/** Rows of the text below the fields: usually, and at least, since a refusal has two. */
const usualTold = 6;
const leastTold = 2;

/** Fewest cells of the form, for what is said below the fields. */
const leastWidth = 84;

/** A form: one line a field, free text or a choice, and below them what would be done. */
function FormDialog({ spec }: { spec: FormSpec }) {
  const [fields] = useState(() =>
    spec.fields.map((field): FormField => {
      const text = spec.texts[field.name] ?? '';
      return { spec: field, input: new TextField(text), opened: text, present: text };
    }),
  );
  // The width at opening: the form shall not grow while somebody types.
  const [{ valueWidth, width }] = useState(() => placeFor(fields));
  const list = useList();
  const texts = () => Object.fromEntries(fields.map((field) => [field.spec.name, field.input.text]));
  const { preview, changed: planAnew } = useEdit({
    title: spec.title,
    onKey: (key) => onFormKey(fields, list, key),
    onDone: () => spec.onDone?.(texts()),
    intentions: () => {
      followOthers(fields, spec.present?.());
      return spec.intentions(texts());
    },
  });
  useDialogEvent('paste', (text) => {
    const field = fields[list.index];
    if (field === undefined || field.spec.choices !== undefined) return;
    field.input.insert(text.trim());
    planAnew();
  });
  // While nothing was typed yet, the text below already asks for what the hint would tell.
  const isAsking = isUntouched(fields) && preview?.kind === 'refusal';
  const lines = usePlanLines(preview, mostCommands);
  const told: readonly Part[] = isAsking ? [{ text: `  ${preview.error.advice}`, role: 'dim' }] : lines;
  const greatest = useGreatestHeight(told);
  const toldHeight = (room: number) => Math.max(leastTold, greatest(room));
  const foretold = spec.movesConnections ? leastForesight : 0;
  return (
    <DialogFrame
      title={spec.title}
      keys="Tab ↑ ↓ field   ← → choose   Enter apply   Esc cancel"
      width={width}
      height={frameHeight + fields.length + 1 + usualTold + (spec.movesConnections ? foresightHeight : 0)}
      least={(room) => Math.min(leastListed, fields.length) + 1 + toldHeight(room)}
    >
      {(room, height) => {
        const hints = spec.hints?.(texts()) ?? {};
        const focused = fields[list.index];
        // On a low screen the fields scroll, so that what would be done stays in sight.
        const rows = height - 1 - toldHeight(room);
        const fullHint = isAsking ? [] : cutHint(focused, hints, { valueWidth, width: room });
        const wholeHint = rows - fullHint.length < Math.min(leastListed, fields.length) ? [] : fullHint;
        const shown = list.fit(fields, listHeight(fields.length, rows - wholeHint.length, foretold));
        return (
          <Box flexDirection="column">
            {shown.map((field) => (
              <FieldLine
                key={field.spec.name}
                field={field}
                focused={field === focused}
                hint={hints[field.spec.name]}
                place={{ valueWidth, width: room }}
              />
            ))}
            <Styled as="dim">
              {list.isScrolled
                ? `  ${list.top + 1} to ${list.top + list.room} of ${fields.length} fields; ↑ ↓ show the others`
                : ' '}
            </Styled>
            {wholeHint.map((line) => (
              <Styled key={line} as="dim" wrap="truncate">
                {line}
              </Styled>
            ))}
            <ForetoldPreview
              preview={preview}
              told={told}
              width={room}
              height={height - shown.length - 1 - wholeHint.length}
            />
          </Box>
        );
      }}
    </DialogFrame>
  );
}

/** A field with its value and what may be given, or what somebody else has set meanwhile. */
function FieldLine(props: {
  readonly field: FormField;
  readonly focused: boolean;
  /** Shown in place of what may be given. */
  readonly hint: string | undefined;
  readonly place: HintPlace;
}) {
  const { field, focused, hint, place } = props;
  const { spec, input } = field;
  const meanwhile = changedMeanwhile(field);
  return (
    <Text wrap="truncate">
      <Styled
        as={focused ? 'key' : undefined}
      >{`${focused ? '›' : ' '} ${spec.name.padEnd(labelWidth)}`}</Styled>
      {spec.choices === undefined ? (
        <InputText field={input} focused={focused} />
      ) : (
        <Styled as={focused ? 'chosen' : undefined}>{`‹ ${input.text} ›`}</Styled>
      )}
      <Styled as={meanwhile === undefined ? 'dim' : 'warning'}>
        {hintOf(meanwhile ?? hint ?? spec.allowed, widthOf(field, focused), place)}
      </Styled>
    </Text>
  );
}

/** Takes a key and tells whether it means something in a form: it goes to another field, or changes the present one. */
function onFormKey(fields: readonly FormField[], list: ListWindow, key: KeyEvent): boolean {
  const { name, shift } = key;
  const by = name === 'down' || (name === 'tab' && !shift) ? 1 : name === 'up' || name === 'tab' ? -1 : 0;
  if (by !== 0) {
    list.moveTo((list.index + by + fields.length) % fields.length);
    return true;
  }
  if (name === 'pageup' || name === 'pagedown') return list.onKey(key);
  const field = fields[list.index];
  if (field === undefined) return false;
  const { input } = field;
  const { choices } = field.spec;
  return choices === undefined
    ? input.onKey(key)
    : onChoiceKey(input, choices, key) || (isEnd(key) && list.onKey(key));
}

function isEnd({ name }: KeyEvent): boolean {
  return name === 'home' || name === 'end';
}

function onChoiceKey(input: TextField, choices: readonly string[], { name, text }: KeyEvent): boolean {
  const by = name === 'left' ? -1 : name === 'right' || text === ' ' ? 1 : 0;
  const index = Math.max(0, choices.indexOf(input.text));
  const choice =
    by !== 0
      ? choices[(index + by + choices.length) % choices.length]
      : text === undefined
        ? undefined
        : choices.find((candidate) => candidate.startsWith(text));
  if (choice !== undefined) input.set(choice);
  return choice !== undefined;
}

/** Whether nothing was typed yet: then nothing is wrong, and what is missing is only asked for. */
function isUntouched(fields: readonly FormField[]): boolean {
  return fields.every(({ input, opened }) => input.text === opened);
}

/** Fields that the operator left alone show what somebody else sets meanwhile; the others keep what was typed. */
function followOthers(
  fields: readonly FormField[],
  present: Readonly<Record<string, string>> | undefined,
): void {
  if (present === undefined) return;
  for (const field of fields) {
    const text = present[field.spec.name];
    if (text === undefined || text === field.present) continue;
    if (field.input.text === field.present) field.input.set(text);
    field.present = text;
  }
}

/** The hint of the present field in full, where its line has no room for it. */
function cutHint(
  field: FormField | undefined,
  hints: Readonly<Record<string, string>>,
  place: HintPlace,
): string[] {
  if (field === undefined) return [];
  const { name, allowed } = field.spec;
  const hint = changedMeanwhile(field) ?? hints[name] ?? allowed;
  const isWhole = textWidth(hint) <= hintRoom(widthOf(field, true), place);
  return isWhole ? [] : wrapText(`${name}: ${hint}`, place.width - 2).map((line) => `  ${line}`);
}

/** Cells that the value of a field takes. */
function widthOf({ spec, input }: FormField, focused: boolean): number {
  return input.text.length + (spec.choices !== undefined ? 4 : focused ? 1 : 0);
}

/** Where the hints of these fields stand, and how wide a line is with the whole of what may be given. */
function placeFor(fields: readonly FormField[]): HintPlace {
  const valueWidth = Math.max(leastValueWidth, ...fields.map(longestWidth));
  const lineWidth = (field: FormField) =>
    labelWidth + 4 + Math.max(widthOf(field, true), valueWidth) + field.spec.allowed.length;
  return { valueWidth, width: Math.max(leastWidth, ...fields.map(lineWidth)) };
}

/** Cells that the longest value of a field takes, with the cursor behind it; 0 where no value is the longest. */
function longestWidth({ spec: { choices, longest } }: FormField): number {
  if (choices !== undefined) return Math.max(...choices.map(({ length }) => length)) + 4;
  return longest === undefined ? 0 : longest + 1;
}

/** What to say of a field that was typed into and that somebody else has changed since the form was opened. */
function changedMeanwhile({ input, opened, present }: FormField): string | undefined {
  if (present === opened || present === input.text) return undefined;
  return `▲ changed meanwhile from ${opened === '' ? 'nothing' : opened} to ${present === '' ? 'nothing' : present}`;
}
