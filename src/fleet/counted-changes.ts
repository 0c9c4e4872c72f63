import { KnownTable } from '../changes/events/known-table.ts';
import { OwnWrites } from '../changes/events/own-writes.ts';
import { TableWatch } from '../changes/events/table-watch.ts';
import { unseenOrigin } from '../changes/journal/origin.ts';
import type { Step } from '../changes/steps/step.ts';
import type { ChangeCount } from '../formats/metrics/measured.ts';
import type { View } from '../sampling/view.ts';
import { inTurns } from '../system/turns.ts';

/** The kinds of change to a table, in the order in which they are told, under the names that commands have. */
const changeKinds = [
  { step: 'add service', kind: 'add service' },
  { step: 'set service', kind: 'edit service' },
  { step: 'delete service', kind: 'delete service' },
  { step: 'add real server', kind: 'add real server' },
  { step: 'set real server', kind: 'edit real server' },
  { step: 'delete real server', kind: 'delete real server' },
] as const satisfies readonly { readonly step: Step['kind']; readonly kind: string }[];

/** Counts the changes between readings, whoever made them: only a watch sees who it was, and a scrape has none. */
export class CountedChanges {
  readonly #watch = new TableWatch(new OwnWrites(), new KnownTable());
  readonly #counts = new Map<Step['kind'], number>();

  /** Takes a reading, and gives all that was counted since the first. */
  async take(view: View): Promise<readonly ChangeCount[]> {
    const { events } = await inTurns(this.#watch.take(view, unseenOrigin('no watch')));
    for (const { change } of events)
      for (const { kind } of change?.steps ?? []) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    return changeKinds.map(({ step, kind }) => ({ kind, count: this.#counts.get(step) ?? 0 }));
  }
}
