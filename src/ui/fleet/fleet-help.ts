import { wrapText } from '../../terminal/wrap-text.ts';
import { keyLabel } from '../kit/key-label.ts';
import { ListWindow } from '../kit/list-window.ts';
import { emptyLine, type Line, span, textLine } from '../kit/page.ts';
import { fleetColumns } from './fleet-columns.ts';
import type { FleetPage } from './fleet-state.ts';

/** Cells of the keys, and of the titles of columns. */
const labelWidth = 20;
const gapWidth = 2;

/** All keys and columns with what they are for, made from the tables that the screen itself goes by. */
export function helpPage(
  commands: readonly { readonly keys: readonly string[]; readonly help: string }[],
): FleetPage {
  return {
    window: new ListWindow('page'),
    title: () => 'Help',
    lines: (_state, width) => [
      ...section(
        'Keys',
        commands.map(({ keys, help }) => [keys.map(keyLabel).join(' '), help]),
        width,
      ),
      emptyLine,
      ...section(
        'Columns',
        fleetColumns.map(({ title, meaning }) => [title, meaning]),
        width,
      ),
    ],
  };
}

function section(
  heading: string,
  entries: readonly (readonly [label: string, meaning: string])[],
  width: number,
): Line[] {
  return [
    textLine(heading, 'strong'),
    ...entries.flatMap(([label, meaning]) =>
      wrapText(meaning, Math.max(10, width - labelWidth - gapWidth - 1)).map((text, place) => [
        ...(place === 0 ? [span(1, label, 'key')] : []),
        span(1 + labelWidth + gapWidth, text),
      ]),
    ),
  ];
}
