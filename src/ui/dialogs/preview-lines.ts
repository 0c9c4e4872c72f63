import { count } from '../../changes/steps/describe.ts';
import type { Step } from '../../changes/steps/step.ts';
import { stepLine } from '../../changes/steps/step-kinds.ts';
import type { DiffLine } from '../../formats/settings/line-edits.ts';
import { visible } from '../../ipvs/visible.ts';
import type { LastingChange } from '../../manager/lasting/lasting-change.ts';
import { shownDiff } from '../../manager/lasting/lasting-plan.ts';
import type { Part } from '../kit/page.ts';
import type { StyleRole } from '../kit/theme.ts';
import type { Preview } from '../state/preview.ts';

/** How many lines of a preview are shown. */
export interface MostTold {
  readonly commands: number;
  readonly warnings: number;
}

/** Nobody reads more of either, and a large table has ten thousand. */
export const mostRead: MostTold = { commands: 300, warnings: 300 };
/** More ipvsadm lines than this stand behind the warnings, which would be out of sight below them. */
const commandsBeforeWarnings = 8;

/**
 * An edit as lines: what it changes in keepalived's file, the ipvsadm lines that it equals, what the real servers
 * answered that it sends clients to, and its warnings; or why it is refused. A preview that is `undefined` is not worked
 * out yet.
 */
export function previewLines(
  preview: Preview | undefined,
  most: MostTold,
  answers: readonly Part[] = [],
): readonly Part[] {
  if (preview === undefined) return [{ text: 'working out what would change …', role: 'dim' }];
  switch (preview.kind) {
    case 'nothing':
      return [{ text: 'nothing would change', role: 'dim' }];
    case 'refusal':
      return [{ text: `✗ ${preview.error.reason}`, role: 'error' }, { text: `  ${preview.error.advice}` }];
    case 'plan': {
      const { steps, warnings } = preview.plan;
      const commands = commandLines(steps, most.commands);
      const doubts = warningLines(warnings, most.warnings);
      const file = preview.lasting === undefined ? [] : fileLines(preview.lasting);
      return commands.length > commandsBeforeWarnings
        ? [...answers, ...doubts, ...file, ...commands]
        : [...file, ...commands, ...answers, ...doubts];
    }
  }
}

/** The ipvsadm lines that steps equal; of more than `most`, how many more there are. */
export function commandLines(steps: readonly Step[], most: number): Part[] {
  const commands = steps.slice(0, most).map((step): Part => ({ text: stepLine(step), role: 'command' }));
  if (steps.length <= most) return commands;
  return [...commands, { text: `… and ${count(steps.length - most, 'more ipvsadm line')}`, role: 'dim' }];
}

/** Warnings as lines, `most` of them, and how many more there are. */
export function warningLines(warnings: readonly string[], most: number): Part[] {
  const rest = warnings.length - most;
  const told = rest <= 0 ? warnings : [...warnings.slice(0, most), `… and ${count(rest, 'more warning')}`];
  return told.map((text) => ({ text: `▲ ${text}`, role: 'warning' }));
}

/** The file of a lasting change with its diff. */
export function fileLines(change: LastingChange): Part[] {
  return [
    { text: `   ${visible(change.edit.path)}`, role: 'dim' },
    ...shownDiff(change.edit).map(
      ({ sign, text }): Part => ({
        text: `   ${sign} ${text}`,
        role: diffRoles[sign],
      }),
    ),
  ];
}

const diffRoles: Readonly<Record<DiffLine['sign'], StyleRole>> = {
  ' ': 'dim',
  '…': 'dim',
  '+': 'good',
  '-': 'error',
};
