import { useMemo } from 'react';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { type LastingPlan, planLasting, undoneWhen } from '../../manager/lasting/lasting-plan.ts';
import { isTrackable, planTracked } from '../../manager/lasting/tracked-plan.ts';
import type { ManagedConfiguration } from '../../manager/managed-configuration.ts';
import type { Work } from '../../system/turns.ts';
import type { Part } from '../kit/page.ts';
import type { Desk, WhenDone } from '../state/desk.ts';
import { nowOnly, type Preview } from '../state/preview.ts';
import { useDesk, usePage } from './dialog-context.ts';
import { fileLines, warningLines } from './preview-lines.ts';
import { ScrolledDialog } from './scrolled-dialog.tsx';

/** The preview of an edit. */
export type PlanPreview = Extract<Preview, { readonly kind: 'plan' }>;

/** An edit of what keepalived owns, and what would make it last. */
interface Offer {
  readonly preview: PlanPreview;
  readonly managed: ManagedConfiguration;
  /** When keepalived would undo an edit of the table only, as a clause. */
  readonly undone: string;
  /**
   * The plan that would make it last; `undefined` where keepalived's files say it already, an error where it cannot be
   * made lasting.
   */
  readonly lasting: LastingPlan | undefined | IpvsError;
  /**
   * The plan that would make it by the file of a FILE_CHECK; an error where that cannot be, `undefined` where there is
   * no such check, or its file says it already.
   */
  readonly tracked: LastingPlan | undefined | IpvsError;
  readonly onDone: WhenDone | undefined;
}

/** What to ask about an edit of what keepalived owns; `undefined` where there is nothing to ask. */
export function* lastingOffer(
  desk: Desk,
  managed: ManagedConfiguration,
  preview: PlanPreview,
): Work<Omit<Offer, 'onDone'> | undefined> {
  const { intentions = [] } = preview;
  const [first] = intentions;
  if (first === undefined) return undefined;
  const lasting = yield* orError(planLasting(desk.director, managed, intentions, desk.recentNetwork?.facts));
  const tracked = isTrackable(managed, intentions)
    ? yield* orError(planTracked(desk.director, managed, intentions))
    : undefined;
  return (lasting ?? tracked) && { preview, managed, undone: undoneWhen(managed, first), lasting, tracked };
}

function* orError<Plan>(work: Work<Plan>): Work<Plan | IpvsError> {
  try {
    return yield* work;
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return error;
  }
}

/** Asks how long an edit shall last: for now only, or in keepalived's configuration too. */
export function openLasting(desk: Desk, offer: Offer): void {
  desk.openDialog(<LastingDialog {...offer} />);
}

function LastingDialog(offer: Offer) {
  const { preview, lasting, tracked, onDone } = offer;
  const desk = useDesk();
  const page = usePage();
  const lines = useMemo(() => offerLines(offer), [offer]);
  const canLast = isPlan(lasting);
  const canTrack = isPlan(tracked);
  return (
    <ScrolledDialog
      title="keepalived has this in its configuration: how long shall it last?"
      keys={() =>
        `n now only${canLast ? '   l lasting' : ''}${canTrack ? '   f by its file' : ''}   Esc leave it${page.isScrolled ? '   ↑ ↓ scroll' : ''}`
      }
      width={96}
      height="whole"
      lines={lines}
      page={page}
      onKey={(key) => {
        if (key.text === 'n') void desk.perform(nowOnly(preview), onDone);
        else if (key.text === 'l' && canLast) void desk.performLasting(lasting, preview, onDone);
        else if (key.text === 'f' && canTrack) void desk.performLasting(tracked, preview, onDone);
        else return false;
        return true;
      }}
    />
  );
}

function isPlan(plan: LastingPlan | undefined | IpvsError): plan is LastingPlan {
  return plan !== undefined && !(plan instanceof IpvsError);
}

function offerLines({ managed, undone, lasting, tracked }: Offer): Part[] {
  return [
    ...(isPlan(lasting) ? warningLines(lasting.warnings, 8) : []),
    { text: 'n  now only', role: 'strong' },
    { text: `   keepalived ${undone}` },
    { text: '' },
    ...trackedLines(tracked),
    ...lastingLines(managed, lasting),
  ];
}

function trackedLines(tracked: Offer['tracked']): Part[] {
  if (tracked === undefined) return [];
  if (tracked instanceof IpvsError) {
    const reason = `${tracked.object}: ${tracked.reason}`;
    return [
      { text: `By its track_file it cannot be made: ${visible(reason)}`, role: 'warning' },
      { text: '' },
    ];
  }
  return [
    ...warningLines(tracked.warnings, 8),
    { text: 'f  lasting, by the track_file of its FILE_CHECK', role: 'strong' },
    { text: '   keepalived follows the number in it: nothing is reloaded, and the table is watched' },
    ...fileLines(tracked),
    { text: '' },
  ];
}

function lastingLines(managed: ManagedConfiguration, lasting: Offer['lasting']): Part[] {
  if (!isPlan(lasting)) {
    const reason =
      lasting === undefined ? 'its files say so already' : `${lasting.object}: ${lasting.reason}`;
    return [{ text: `It cannot be made lasting: ${visible(reason)}`, role: 'warning' }];
  }
  return [
    { text: 'l  lasting', role: 'strong' },
    {
      text: `   keepalived (process ${managed.keepalived.pid}) tests the file, reads it, and the table is watched`,
    },
    ...fileLines(lasting),
  ];
}
