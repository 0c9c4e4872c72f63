import { useMemo } from 'react';
import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { byWhom, howDone } from '../../changes/journal/origin.ts';
import {
  describeObjects,
  describeState,
  formatTime,
  type ObjectWords,
} from '../../changes/undo/change-words.ts';
import { inverseLines, type UndoObstacle, undoObstacle } from '../../changes/undo/plan-undo.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Work } from '../../system/turns.ts';
import type { Part } from '../kit/page.ts';
import type { Desk } from '../state/desk.ts';
import { editObstacle } from '../state/edit-obstacle.ts';
import { whenWorkedOut } from '../state/when-worked-out.ts';
import { useDesk, useDeskState, usePage } from './dialog-context.ts';
import { ScrolledDialog } from './scrolled-dialog.tsx';
import { openUndo } from './undo-dialog.tsx';

/** All that is shown of a change. */
interface ChangeContents {
  readonly objects: readonly ObjectWords[];
  /** The ipvsadm lines that would take it back. */
  readonly inverse: readonly string[];
  readonly obstacle: UndoObstacle | undefined;
}

function* contentsOf(change: JournalledChange): Work<ChangeContents> {
  return {
    objects: yield* describeObjects(change),
    inverse: yield* inverseLines(change),
    obstacle: yield* undoObstacle(change),
  };
}

/** Shows one change of the journal in full. */
export function openChange(desk: Desk, change: JournalledChange): void {
  whenWorkedOut(desk, `reading change ${change.id} …`, contentsOf(change), (contents) =>
    desk.openDialog(<ChangeDialog change={change} contents={contents} />),
  );
}

/** One change of the journal in full: each object before and after, and what takes it back. */
function ChangeDialog({ change, contents }: { change: JournalledChange; contents: ChangeContents }) {
  const desk = useDesk();
  useDeskState();
  const page = usePage();
  const obstacle = editObstacle(desk) ?? contents.obstacle?.reason;
  const foretold = desk.foresights.linesOf(change.id);
  const told = foretold.join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: lines are the same as long as they say the same
  const lines = useMemo(
    () => linesOf(change, contents, obstacle, foretold),
    [change, contents, obstacle, told],
  );
  return (
    <ScrolledDialog
      title={`Change ${change.id}: ${describeState(change)}`}
      keys={`${obstacle === undefined ? 'u undo it   ' : ''}↑ ↓ scroll   Esc back`}
      width={96}
      height={20}
      lines={lines}
      page={page}
      onKey={(key) => {
        if (key.name === 'enter') desk.closeDialog();
        else if (key.text !== 'u') return false;
        else if (obstacle === undefined) openUndo(desk, change);
        return true;
      }}
    />
  );
}

function linesOf(
  change: JournalledChange,
  { objects, inverse }: ChangeContents,
  obstacle: string | undefined,
  foretold: readonly string[],
): Part[] {
  const { time, origin, undoes, file, reason, deviations, isOfThisTable } = change;
  const texts = [
    `${formatTime(time)} ${visible(byWhom(origin))}`,
    howDone(origin),
    ...(undoes === null ? [] : [`takes back change ${undoes}`]),
    ...(file === null ? [] : [`made lasting in ${visible(file.path)}`]),
    ...(reason === null ? [] : [`✗ ${visible(reason)}`]),
    ...deviations.map((deviation) => `▲ ${visible(deviation)}`),
    ...(isOfThisTable ? [] : ['▲ made before a restart of the machine, or in another network namespace']),
    '',
    ...objects.flatMap(({ name, before, after }) => [name, `  before  ${before}`, `  after   ${after}`]),
    ...(foretold.length === 0 ? [] : ['', ...foretold]),
    '',
    ...(obstacle === undefined
      ? ['taken back by:', ...inverse.map((line) => `  ${line}`)]
      : [`cannot be undone: ${obstacle}`]),
  ];
  return texts.map((text) => ({ text }));
}
