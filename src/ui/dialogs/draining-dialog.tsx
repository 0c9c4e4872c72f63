import { type Drain, drainProgress } from '../../changes/drain/drain.ts';
import { drainNumbersText, endingText } from '../../changes/drain/drain-line.ts';
import { drainObstacles } from '../../changes/drain/drain-obstacles.ts';
import { drainKey } from '../../changes/drain/drains.ts';
import type { Intention } from '../../changes/plan/intention.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { formatRealServer } from '../../ipvs/identity.ts';
import { bar } from '../kit/bar.ts';
import type { Part } from '../kit/page.ts';
import type { Desk } from '../state/desk.ts';
import type { Preview } from '../state/preview.ts';
import { ChoiceDialog } from './choice-dialog.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { useDesk, useDeskState } from './dialog-context.ts';

const goOn = 'go on';
const stop = 'stop';
const finish = 'delete now';
const leave = 'leave';

/** Cells of the bar that shows how far a drain is. */
const barWidth = 40;

/** Opens the dialog of a drain under way. */
export function openDraining(desk: Desk, drain: Drain): void {
  desk.openDialog(<DrainingDialog begun={drain} />);
}

/** A drain under way: how far it is, what holds it up, and the ways to end it early; `begun` is the drain as it was. */
function DrainingDialog({ begun }: { begun: Drain }) {
  const desk = useDesk();
  useDeskState();
  const { service, realServer, formerWeight } = begun.order;
  const key = drainKey(begun.order);
  const lasting = desk.drains.lasting.find(key);
  const end = `${endingText(lasting?.ending ?? begun.order.ending, formerWeight)}${lasting === undefined ? '' : ", in keepalived's files too"}`;
  const title = `${formatRealServer(realServer)} is draining`;

  function intentions(name: string): Intention[] {
    switch (name) {
      case stop:
        return [{ kind: 'edit real server', service, realServer, change: { weight: formerWeight } }];
      case finish:
        return [{ kind: 'delete real server', service, realServer }];
      default:
        return [];
    }
  }

  function confirm(preview: Preview, name: string): void {
    if (preview.kind === 'refusal') return;
    const forget = () => desk.drains.forget([key]);
    if (preview.kind === 'nothing') {
      if (name === goOn) desk.drains.release([key]);
      else forget();
      desk.closeDialog();
    } else if (preview.plan.destructive) {
      desk.openDialog(<ConfirmDialog title={`${title}: ${name}?`} preview={preview} onDone={forget} />);
    } else {
      void desk.perform(preview, forget);
    }
  }

  return (
    <ChoiceDialog
      title={title}
      choices={[
        { name: goOn, meaning: begun.isHeld || lasting !== undefined ? `draining: ${end}` : 'draining' },
        {
          name: stop,
          meaning:
            formerWeight === 0
              ? 'draining; its weight was 0 before'
              : `draining: weight ${formerWeight} again`,
        },
        { name: leave, meaning: 'it at weight 0, without watching it any longer' },
        { name: finish, meaning: 'with the connections that it still has' },
      ]}
      first={begun.isHeld ? leave : goOn}
      intentions={intentions}
      confirm={confirm}
      note={() => drainNote(desk, desk.drains.find(key) ?? begun)}
    />
  );
}

/** How far a drain is, and what holds it up. */
function drainNote(desk: Desk, drain: Drain): Part[] {
  const surroundings = desk.drains.surroundings(drain);
  const obstacles = surroundings === null ? [] : drainObstacles(drain, surroundings);
  const { ending, formerWeight, beganAt } = drain.order;
  const held = `left by a former lvstop, begun ${formatTime(beganAt)}: it ends only after "${goOn}"`;
  return [
    { text: bar(drainProgress(drain).progress, barWidth) },
    { text: `${drainNumbersText(drain)}; ${endingText(ending, formerWeight)}` },
    ...[...(drain.isHeld ? [held] : []), ...obstacles].map(
      (warning): Part => ({ text: `▲ ${warning}`, role: 'warning' }),
    ),
  ];
}
