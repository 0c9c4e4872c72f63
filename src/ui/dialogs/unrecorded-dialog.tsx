import type { JournalError } from '../../changes/journal/journal.ts';
import { Box, Text } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';
import type { Desk } from '../state/desk.ts';
import type { Preview } from '../state/preview.ts';
import { useDesk, useKeys } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';
import { PlanPreview } from './plan-preview.tsx';

/** A change that was not made since it cannot be recorded. */
interface UnrecordedDialogProps {
  readonly error: JournalError;
  readonly preview: Preview;
  /** Called when all of it was done. */
  readonly onDone: (() => void) | undefined;
}

/** Says that a change cannot be recorded, and asks whether it shall be made without a record. */
export function openUnrecorded(desk: Desk, props: UnrecordedDialogProps): void {
  desk.openDialog(<UnrecordedDialog {...props} />);
}

function UnrecordedDialog({ error, preview, onDone }: UnrecordedDialogProps) {
  const desk = useDesk();
  useKeys(({ text }) => {
    if (text === 'y') void desk.perform(preview, onDone, 'without a record');
    else if (text === 'n') desk.closeDialog();
  });
  return (
    <DialogFrame
      title="The journal cannot be written"
      keys="y do it without a record   n Esc leave it"
      width={76}
      height={12}
    >
      {(_width, height) => (
        <Box flexDirection="column">
          <Styled as="error" wrap="wrap">{`✗ ${error.place}: ${error.reason}`}</Styled>
          <Text wrap="wrap">
            Nothing was done. Without a record the change cannot be undone by lvstop, and nobody finds it
            later.
          </Text>
          <Text> </Text>
          <PlanPreview preview={preview} limit={Math.max(1, height - 7)} />
        </Box>
      )}
    </DialogFrame>
  );
}
