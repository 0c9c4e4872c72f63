import { describeObjects, describeState, formatTime } from '../../changes/journal/change-words.ts';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { describeOrigin } from '../../changes/journal/origin.ts';
import { inverseLines, undoObstacle } from '../../changes/journal/plan-undo.ts';
import { visible } from '../../ipvs/visible.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Controller } from '../controller.ts';
import type { Dialog } from '../dialog.ts';
import { editObstacle } from '../edit-obstacle.ts';
import { Box, Text } from '../ink.ts';
import { wrapText } from '../wrap-text.ts';
import { UndoDialog } from './undo-dialog.tsx';

/** One change of the journal in full: each object before and after, and what takes it back. */
export class ChangeDialog implements Dialog {
  readonly title: string;
  readonly width = 96;
  readonly height = 20;
  readonly #controller: Controller;
  readonly #change: JournalledChange;
  #top = 0;
  /** Lines that were shown last, and how many there are. */
  #shown = { room: 1, all: 1 };

  constructor(controller: Controller, change: JournalledChange) {
    this.#controller = controller;
    this.#change = change;
    this.title = `Change ${change.id}: ${describeState(change)}`;
  }

  get keys(): string {
    return `${this.#obstacle() === undefined ? 'u undo it   ' : ''}↑ ↓ scroll   Esc back`;
  }

  onKey(key: KeyEvent): void {
    const by = scrollBy(key, this.#shown.room);
    if (key.name === 'enter') this.#controller.closeDialog();
    else if (key.text === 'u') this.#undo();
    else if (by !== 0) {
      this.#top = Math.max(0, Math.min(this.#shown.all - this.#shown.room, this.#top + by));
      this.#controller.dialogChanged();
    }
  }

  render(width: number, height: number) {
    const lines = this.#lines().flatMap((line) => (line === '' ? [''] : indented(line, width)));
    const room = Math.max(1, height - 1);
    this.#shown = { room, all: lines.length };
    const rest = lines.length - this.#top - room;
    return (
      <Box flexDirection="column">
        {lines.slice(this.#top, this.#top + room).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
          <Text key={index} wrap="truncate">
            {line === '' ? ' ' : line}
          </Text>
        ))}
        {rest > 0 && <Text dimColor>{`↓ ${rest} more lines`}</Text>}
      </Box>
    );
  }

  #obstacle(): string | undefined {
    return editObstacle(this.#controller) ?? undoObstacle(this.#change)?.reason;
  }

  #undo(): void {
    const obstacle = this.#obstacle();
    if (obstacle === undefined) {
      this.#controller.openDialog(new UndoDialog(this.#controller, this.#change, []));
    }
  }

  #lines(): string[] {
    const change = this.#change;
    const { time, origin, undoes, reason, deviations, isOfThisTable } = change;
    const obstacle = this.#obstacle();
    return [
      `${formatTime(time)} by ${visible(describeOrigin(origin))}, ${origin.by === 'screen' ? 'by key' : 'by command'}`,
      ...(undoes === null ? [] : [`takes back change ${undoes}`]),
      ...(reason === null ? [] : [`✗ ${visible(reason)}`]),
      ...deviations.map((deviation) => `▲ ${visible(deviation)}`),
      ...(isOfThisTable ? [] : ['▲ made before a restart of the machine, or in another network namespace']),
      '',
      ...describeObjects(change).flatMap(({ name, before, after }) => [
        name,
        `  before  ${before}`,
        `  after   ${after}`,
      ]),
      '',
      ...(obstacle === undefined
        ? ['taken back by:', ...inverseLines(change).map((line) => `  ${line}`)]
        : [`cannot be undone: ${obstacle}`]),
    ];
  }
}

function indented(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return wrapText(line.trimStart(), Math.max(1, width - indent.length - 2)).map(
    (part, index) => `${indent}${index === 0 ? '' : '  '}${part}`,
  );
}

function scrollBy(key: KeyEvent, room: number): number {
  switch (key.name) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'pageup':
      return -room;
    case 'pagedown':
    case 'space':
      return room;
    default:
      return key.text === 'k' ? -1 : key.text === 'j' ? 1 : 0;
  }
}
