import type { Drain } from '../../changes/drain/drain.ts';
import { drainNumbersText } from '../../changes/drain/drain-line.ts';
import { drainKey } from '../../changes/drain/drains.ts';
import { type DroppedDrain, drainTitle, droppedSentence } from '../../changes/drain/judge-drains.ts';
import { count } from '../../changes/steps/describe.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Desk } from '../state/desk.ts';
import { type DialogLine, ScrolledDialog } from './scrolled-dialog.tsx';

/**
 * Tells at the start of drains that a former run has left: of those that would delete a real server or give it its
 * weight back, which are not ended without a word, and of those that are not gone on with. It can be left open: what
 * waits for a word goes on waiting.
 */
export class FoundDrainsDialog extends ScrolledDialog {
  readonly title: string;
  override readonly width = 92;
  readonly #dropped: readonly DroppedDrain[];
  /** By the clock of the drains: ages are told as of the start. */
  readonly #now: number;

  constructor(desk: Desk, dropped: readonly DroppedDrain[], now = Date.now()) {
    super(desk);
    this.#dropped = dropped;
    this.#now = now;
    this.title =
      this.#held().length > 0 ? 'Drains of a former lvstop: go on?' : 'Drains of a former lvstop are dropped';
  }

  override get height(): number {
    return 16;
  }

  get keys(): string {
    return this.#held().length === 0
      ? 'Enter Esc close'
      : 'y go on, end them so   n stop, leave them at weight 0   Esc decide later';
  }

  onView(): void {
    this.desk.dialogChanged();
  }

  protected onOwnKey(key: KeyEvent): boolean {
    const { desk } = this;
    const held = this.#held();
    const keys = held.map(({ order }) => drainKey(order));
    if (held.length === 0) {
      if (key.name !== 'enter') return false;
      desk.closeDialog();
    } else if (key.text === 'y') {
      desk.releaseDrains(keys);
      desk.closeDialog();
      desk.say('done', `${count(held.length, 'drain')} of a former run: gone on with`);
    } else if (key.text === 'n') {
      desk.forgetDrains(keys);
      desk.closeDialog();
      desk.say('done', `${count(held.length, 'drain')} of a former run: stopped, the weight stays 0`);
    } else return false;
    return true;
  }

  protected lines(): readonly DialogLine[] {
    const held = this.#held();
    return [
      ...held.flatMap((drain): DialogLine[] => [
        { text: `▽ ${drainTitle(drain.order, this.#now)}`, bold: true },
        { text: `  at ${formatTime(drain.order.beganAt)}; now ${drainNumbersText(drain)}` },
      ]),
      ...(held.length === 0
        ? []
        : [
            {
              text: 'The lvstop that watched ended first. Table and journal show no hand on them since: weight 0, the same settings, no new connection but by persistence, no later change by lvstop. Until you say so none is ended.',
            },
          ]),
      ...this.#dropped.map(
        (dropped): DialogLine => ({ text: `▲ ${droppedSentence(dropped, this.#now)}`, color: 'yellow' }),
      ),
    ];
  }

  #held(): readonly Drain[] {
    return this.desk.drains.all.filter(({ isHeld }) => isHeld);
  }
}
