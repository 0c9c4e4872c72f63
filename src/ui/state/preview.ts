import type { JournalledChange } from '../../changes/journal/journalled-change.ts';
import type { Intention } from '../../changes/plan/intention.ts';
import { makePlan } from '../../changes/plan/make-plan.ts';
import { addressesOfSteps } from '../../changes/plan/network-doubts.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { describeBriefly } from '../../changes/undo/change-words.ts';
import type { Director } from '../../director/director.ts';
import type { RecentNetwork } from '../../doctor/evidence/recent-network.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { LastingChange } from '../../manager/lasting/lasting-change.ts';
import { planWholeUndo } from '../../manager/lasting/lasting-undo.ts';
import type { ManagedConfiguration } from '../../manager/managed-configuration.ts';
import type { Work } from '../../system/turns.ts';

/** What an edit would do, or why it cannot be done. */
export type Preview =
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      /** The change that the plan takes back. */
      readonly undoes?: string;
      /** The change that the plan takes back, in words. */
      readonly undone?: string;
      /**
       * What is wanted. Where keepalived owns it, the operator is asked how long it shall last; nobody is asked where
       * it is left out.
       */
      readonly intentions?: readonly Intention[];
      /** What takes a lasting change back in keepalived's file and in the table. */
      readonly lasting?: LastingChange;
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refusal'; readonly error: IpvsError };

/** What is wanted: at hand, or, where many services have to be read for it, worked out in turns of the event loop. */
export type Wanted = readonly Intention[] | Work<readonly Intention[]>;

/**
 * Plans the intentions in order, as one plan, without doing anything. With `network` the plan warns of what the network
 * speaks against, as far as its routes are known; routes that are not known are looked up.
 */
export function* previewOf(
  director: Director,
  intentions: () => Wanted,
  network?: RecentNetwork,
): Work<Preview> {
  try {
    const found = intentions();
    const wanted = 'next' in found ? yield* found : found;
    const plan = yield* makePlan(director, wanted, network?.facts);
    network?.lookUp(addressesOfSteps(plan.steps));
    return previewOfFinished(plan, { intentions: wanted });
  } catch (error) {
    return refusalOf(error);
  }
}

/** The preview for a change in the table only, whoever keeps it: the operator is not asked how long it shall last. */
export function nowOnly(preview: Preview): Preview {
  if (preview.kind !== 'plan') return preview;
  const { intentions: _, ...rest } = preview;
  return rest;
}

/** Plans the undo of a change, without doing anything. `read` reads keepalived's configuration, `null` where none runs. */
export function* previewUndo(
  director: Director,
  change: JournalledChange,
  read: () => Work<ManagedConfiguration | null>,
): Work<Preview> {
  try {
    const plan = yield* planWholeUndo(director, change, read);
    return previewOfFinished(plan, {
      undoes: change.id,
      undone: describeBriefly(change),
      ...(plan.lasting !== null && { lasting: plan.lasting }),
    });
  } catch (error) {
    return refusalOf(error);
  }
}

function previewOfFinished(
  plan: Plan,
  more: Omit<Extract<Preview, { readonly kind: 'plan' }>, 'kind' | 'plan'>,
): Preview {
  if (plan.steps.length === 0 && more.lasting === undefined) return { kind: 'nothing' };
  return { kind: 'plan', plan, ...more };
}

function refusalOf(error: unknown): Preview {
  if (!(error instanceof IpvsError)) throw error;
  return { kind: 'refusal', error };
}
