import { drainLine } from '../../changes/drain/drain-line.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import { useDesk, useDeskState, useKeys } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';

/** Asks before lvstop is left while drains run; `leave` leaves it. */
export function openLeave(desk: Desk, leave: () => void): void {
  desk.openDialog(<LeaveDialog leave={leave} />);
}

function LeaveDialog({ leave }: { leave: () => void }) {
  const desk = useDesk();
  const { drains } = useDeskState();
  useKeys(({ text }) => {
    if (text === 'y') leave();
    else if (text === 'n') desk.closeDialog();
  });
  const whatBecomes = desk.drains.isKept
    ? 'The next start finds them, and asks before it deletes one or gives a weight back.'
    : 'They are not kept: the next start knows nothing of them.';
  return (
    <DialogFrame title="Leave while draining?" keys="y leave   n Esc stay" width={76} height={10}>
      {(_width, height) => (
        <Box flexDirection="column">
          {drains.slice(0, Math.max(1, height - 5)).map((drain) => (
            <Text key={drainLine(drain)} wrap="truncate">{`▽ ${drainLine(drain)}`}</Text>
          ))}
          <Text wrap="wrap">
            {`They stay at weight 0, and nothing ends them while lvstop is not running. ${whatBecomes}`}
          </Text>
        </Box>
      )}
    </DialogFrame>
  );
}
