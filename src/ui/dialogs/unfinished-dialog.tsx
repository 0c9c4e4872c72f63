import { JournalError } from '../../changes/journal/journal.ts';
import { settle, type UnfinishedReport } from '../../changes/undo/unfinished.ts';
import { Box } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import { ChangeLines } from './change-lines.tsx';
import { useDesk, useDeskState, useDialogEvent, useKeys } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { MarkedText } from './marked-text.tsx';
import { openUndo } from './undo-dialog.tsx';

/**
 * Shows at the start the changes that were cut off, above any other dialog. Closing it notes in the journal that they
 * were told.
 */
export function openUnfinished(desk: Desk, reports: readonly UnfinishedReport[]): void {
  desk.openDialog(<UnfinishedDialog reports={reports} />, { isAbove: true });
}

function UnfinishedDialog({ reports }: { reports: readonly UnfinishedReport[] }) {
  const desk = useDesk();
  const isReadOnly = useDeskState().readOnly !== null;
  const [report, ...others] = reports;
  // Several are undone from the journal, one by one.
  const undone =
    report !== undefined &&
    others.length === 0 &&
    !isReadOnly &&
    (report.done > 0 || report.uncertain !== null)
      ? report.change
      : undefined;

  function note(): void {
    if (isReadOnly) return;
    try {
      for (const told of reports) settle(desk.journal, told);
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      // The change stays noted as unfinished, and is told again at the next start.
    }
  }

  useDialogEvent('cancel', note);
  useKeys(({ name, text }) => {
    if (name === 'enter') {
      note();
      desk.closeDialog();
    } else if (text === 'u' && undone !== undefined) {
      note();
      openUndo(desk, undone);
    }
  });
  return (
    <DialogFrame
      title="A change was cut off before its end"
      keys={undone === undefined ? 'Enter Esc close' : 'u undo what was done   Enter Esc leave it as it is'}
      width={84}
      height={12}
    >
      {() => (
        <Box flexDirection="column">
          {reports.map(({ change, sentence }) => (
            <Box key={change.id} flexDirection="column">
              <ChangeLines change={change} />
              <MarkedText text={`▲ ${sentence}`} as="warning" />
            </Box>
          ))}
        </Box>
      )}
    </DialogFrame>
  );
}
