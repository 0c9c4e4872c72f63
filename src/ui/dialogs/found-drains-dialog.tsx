import { drainNumbersText } from '../../changes/drain/drain-line.ts';
import { drainKey } from '../../changes/drain/drains.ts';
import { type DroppedDrain, drainTitle, droppedSentence } from '../../changes/drain/judge-drains.ts';
import { count } from '../../changes/steps/describe.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Part } from '../kit/page.ts';
import type { Desk } from '../state/desk.ts';
import { useDesk, useDeskState, usePage } from './dialog-context.ts';
import { ScrolledDialog } from './scrolled-dialog.tsx';

/**
 * Shows the drains that an earlier run has left; `dropped` are those that are not continued. Ages are as of `now`,
 * milliseconds since the epoch.
 */
export function openFoundDrains(
  desk: Desk,
  dropped: readonly DroppedDrain[],
  now = desk.director.clock.time(),
): void {
  desk.openDialog(<FoundDrainsDialog dropped={dropped} now={now} />);
}

/**
 * Shows at the start the drains that an earlier run has left: those that would delete a real server or give it its
 * weight back, which wait for the operator's consent, and those that are not continued. Esc decides nothing: what waits
 * goes on waiting.
 */
function FoundDrainsDialog({ dropped, now }: { dropped: readonly DroppedDrain[]; now: number }) {
  const desk = useDesk();
  useDeskState();
  const held = desk.drains.all.filter(({ isHeld }) => isHeld);
  const page = usePage();

  function onKey(key: KeyEvent): boolean {
    const keys = held.map(({ order }) => drainKey(order));
    const about = `${count(held.length, 'drain')} of a former run`;
    if (held.length === 0) {
      if (key.name !== 'enter') return false;
      desk.closeDialog();
    } else if (key.text === 'y') {
      desk.drains.release(keys);
      desk.closeDialog();
      desk.say('done', `${about}: continued`);
    } else if (key.text === 'n') {
      desk.drains.forget(keys);
      desk.closeDialog();
      desk.say('done', `${about}: stopped, the weight stays 0`);
    } else return false;
    return true;
  }

  const explanation =
    'The lvstop that watched ended first. Table and journal show no hand on them since: weight 0, the same settings, no new connection but by persistence, no later change by lvstop. Until you say so none is ended.';
  const lines: Part[] = [
    ...held.flatMap((drain): Part[] => [
      { text: `▽ ${drainTitle(drain.order, now)}`, role: 'strong' },
      { text: `  at ${formatTime(drain.order.beganAt)}; now ${drainNumbersText(drain)}` },
    ]),
    ...(held.length === 0 ? [] : [{ text: explanation }]),
    ...dropped.map((drain): Part => ({ text: `▲ ${droppedSentence(drain, now)}`, role: 'warning' })),
  ];
  return (
    <ScrolledDialog
      title={held.length > 0 ? 'Drains of a former lvstop: go on?' : 'Drains of a former lvstop are dropped'}
      keys={
        held.length === 0
          ? 'Enter Esc close'
          : 'y go on, end them so   n stop, leave them at weight 0   Esc decide later'
      }
      width={92}
      height={16}
      lines={lines}
      page={page}
      onKey={onKey}
    />
  );
}
