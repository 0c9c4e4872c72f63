import { drainLine } from '../../changes/drain/drain-line.ts';
import { rampName } from '../../changes/drain/ramps.ts';
import { Box, Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import { endingName, type LastingEnding } from '../state/lasting-endings.ts';
import { useDesk, useDeskState, useKeys } from './dialog-context.ts';
import { DialogFrame } from './dialog-frame.tsx';

/** Asks before lvstop is left while drains run; `leave` leaves it. */
export function openLeave(desk: Desk, leave: () => void): void {
  desk.openDialog(<LeaveDialog leave={leave} />);
}

function LeaveDialog({ leave }: { leave: () => void }) {
  const desk = useDesk();
  const { drains, ramps } = useDeskState();
  useKeys(({ text }) => {
    if (text === 'y') leave();
    else if (text === 'n') desk.closeDialog();
  });
  const { due } = desk.drains.lasting;
  return (
    <DialogFrame
      title={drains.length + due.length > 0 ? 'Leave while draining?' : 'Leave while weights are raised?'}
      keys="y leave   n Esc stay"
      width={76}
      height={10}
    >
      {(_width, height) => (
        <Box flexDirection="column">
          {drains.slice(0, Math.max(1, height - 5)).map((drain) => (
            <Text key={drainLine(drain)} wrap="truncate">{`▽ ${drainLine(drain)}`}</Text>
          ))}
          {due.slice(0, 2).map((ending) => (
            <Text key={endingName(ending)} wrap="truncate">
              {`▽ ${endingName(ending)} is empty: ${endingTexts[ending.ending]}`}
            </Text>
          ))}
          {drains.length + due.length > 0 && (
            <Text wrap="wrap">
              {`They stay at weight 0, and nothing ends them while lvstop is not running. ${whatBecomes(desk)}`}
            </Text>
          )}
          {ramps.slice(0, 2).map((ramp) => (
            <Text key={rampName(ramp)} wrap="truncate">
              {`△ ${rampName(ramp)}: weight ${ramp.present} of ${ramp.steps.at(-1)?.weight ?? ramp.present}`}
            </Text>
          ))}
          {ramps.length > 0 && (
            <Text wrap="wrap">
              {`${ramps.length === 1 ? 'It stays' : 'They stay'} at the weight of now: steps end with lvstop, and are not kept.`}
            </Text>
          )}
        </Box>
      )}
    </DialogFrame>
  );
}

const endingTexts: Readonly<Record<LastingEnding['ending'], string>> = {
  delete: 'to be deleted',
  restore: 'to get its weight back',
};

/** What the next start makes of the drains that are left. */
function whatBecomes({ drains: { all, isKept, lasting } }: Desk): string {
  if (all.length === 0) return "What was to end them in keepalived's files ends with lvstop.";
  if (!isKept) return 'They are not kept: the next start knows nothing of them.';
  return lasting.areAwaited || lasting.due.length > 0
    ? "The next start finds them, but not what was to end them in keepalived's files: there they stay at weight 0."
    : 'The next start finds them, and asks before it deletes one or gives a weight back.';
}
