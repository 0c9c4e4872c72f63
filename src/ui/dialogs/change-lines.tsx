import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import { byWhom } from '../../changes/journal/origin.ts';
import { describeSteps } from '../../changes/steps/step-kinds.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { visible } from '../../ipvs/visible.ts';
import { Text } from '../kit/ink.ts';
import { Styled } from '../kit/styled.tsx';

/** What a change of the journal did, when, and who made it. */
export function ChangeLines({ change }: { change: JournalledChange }) {
  return (
    <>
      <Text wrap="wrap">{describeSteps(change.steps)}</Text>
      <Styled as="dim" wrap="truncate">
        {`${formatTime(change.time)} ${visible(byWhom(change.origin))}`}
      </Styled>
    </>
  );
}
