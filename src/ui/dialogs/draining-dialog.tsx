import { type Drain, drainProgress } from '../../changes/drain/drain.ts';
import { drainNumbersText, endingText } from '../../changes/drain/drain-line.ts';
import { drainObstacles } from '../../changes/drain/drain-obstacles.ts';
import { drainKey } from '../../changes/drain/drains.ts';
import type { Intention } from '../../changes/plan/intention.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { formatRealServer } from '../../ipvs/identity.ts';
import { bar } from '../kit/bar.ts';
import { Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import type { Preview } from '../state/preview.ts';
import { ChoiceDialog } from './choice-dialog.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';

const goOn = 'go on';
const stop = 'stop';
const finish = 'delete now';
const leave = 'leave';

/** A drain under way: how far it is, what holds it up, and the ways to end it early. */
export class DrainingDialog extends ChoiceDialog {
  readonly title: string;
  readonly height = 16;
  readonly #key: string;
  readonly #drain: Drain;

  constructor(desk: Desk, drain: Drain) {
    const { realServer, formerWeight, ending } = drain.order;
    super(
      desk,
      [
        {
          name: goOn,
          meaning: drain.isHeld ? `draining: ${endingText(ending, formerWeight)}` : 'draining',
        },
        {
          name: stop,
          meaning:
            formerWeight === 0
              ? 'draining; its weight was 0 before'
              : `draining: weight ${formerWeight} again`,
        },
        { name: leave, meaning: 'it at weight 0, without watching it any longer' },
        { name: finish, meaning: 'with the connections that it still has' },
      ],
      undefined,
      drain.isHeld ? leave : goOn,
    );
    this.#key = drainKey(drain.order);
    this.#drain = drain;
    this.title = `${formatRealServer(realServer)} is draining`;
  }

  protected intentions(): Intention[] {
    const { service, realServer, formerWeight } = this.#drain.order;
    switch (this.chosen?.name) {
      case stop:
        return [{ kind: 'edit real server', service, realServer, change: { weight: formerWeight } }];
      case finish:
        return [{ kind: 'delete real server', service, realServer }];
      default:
        return [];
    }
  }

  protected override note(width: number) {
    const drain = this.desk.drains.find(this.#key) ?? this.#drain;
    const surroundings = this.desk.drains.surroundings(drain);
    const obstacles = surroundings === null ? [] : drainObstacles(drain, surroundings);
    const { ending, formerWeight, beganAt } = drain.order;
    return (
      <>
        <Text wrap="truncate">{bar(drainProgress(drain).progress, Math.min(40, width))}</Text>
        <Text wrap="wrap">{`${drainNumbersText(drain)}; ${endingText(ending, formerWeight)}`}</Text>
        {drain.isHeld && (
          <Text wrap="wrap" color="yellow">
            {`▲ left by a former lvstop, begun ${formatTime(beganAt)}: it ends only after "${goOn}"`}
          </Text>
        )}
        {obstacles.map((obstacle) => (
          <Text key={obstacle} wrap="wrap" color="yellow">{`▲ ${obstacle}`}</Text>
        ))}
      </>
    );
  }

  protected override confirm(preview: Preview): void {
    const { chosen, desk } = this;
    if (preview.kind === 'refusal') return;
    const forget = () => desk.forgetDrains([this.#key]);
    if (preview.kind === 'nothing') {
      if (chosen?.name === goOn) desk.releaseDrains([this.#key]);
      else forget();
      desk.closeDialog();
    } else if (preview.plan.destructive) {
      desk.openDialog(new ConfirmDialog(desk, `${this.title}: ${chosen?.name ?? ''}?`, preview, forget));
    } else {
      void desk.perform(preview, forget);
    }
  }
}
