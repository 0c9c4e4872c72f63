import { wrapText } from '../../terminal/wrap-text.ts';
import { keyLabel } from '../kit/key-label.ts';
import { fittedLine, type Line, type Part, textLine } from '../kit/page.ts';
import type { StyleRole } from '../kit/theme.ts';
import type { Message } from '../state/screen-state.ts';
import type { TypedLine } from '../state/typed-line.ts';

const messageRoles: Readonly<Record<Message['kind'], StyleRole>> = {
  done: 'good',
  refusal: 'error',
  hint: 'warning',
};
const messageSigns: Readonly<Record<Message['kind'], string>> = { done: '✓', refusal: '✗', hint: '·' };

/** What came of a key, in as many lines as it needs. */
export function messageLines({ kind, text }: Message, width: number): Line[] {
  return wrapText(`${messageSigns[kind]} ${text}`, width).map((line) => textLine(line, messageRoles[kind]));
}

/** A field with its cursor, between its label and what is offered. */
export function typedLine(
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

/** A command, as far as the bar shows it. */
export interface BarCommand {
  readonly id: string;
  readonly keys: readonly string[];
  /** Label in the bar; left out where the bar does not show the command. */
  readonly bar?: string;
}

/** A command in the bar. */
interface Label {
  readonly key: string;
  readonly text: string;
  /** Shown however narrow the screen is. */
  readonly always: boolean;
}

/** As many commands of the bar as fit, help and quit always. */
export function barOf(candidates: readonly BarCommand[], width: number): Part[] {
  const labels = candidates
    .filter((command) => command.bar !== undefined)
    .map(({ id, bar = '', keys }): Label => {
      const always = id === 'help' || id === 'quit';
      // Two keys share one label, which begins with them.
      if (/^\S \S /.test(bar)) return { always, key: bar.slice(0, 3), text: bar.slice(3) };
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
