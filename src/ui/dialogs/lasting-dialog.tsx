import { useMemo } from 'react';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import { type LastingPlan, planLasting, undoneWhen } from '../../manager/lasting/lasting-plan.ts';
import type { ManagedConfiguration } from '../../manager/managed-configuration.ts';
import type { Work } from '../../system/turns.ts';
import type { Part } from '../kit/page.ts';
import type { Desk } from '../state/desk.ts';
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
  readonly onDone: (() => void) | undefined;
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
  let lasting: Offer['lasting'];
  try {
    lasting = yield* planLasting(desk.director, managed, intentions, desk.recentNetwork?.facts);
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    lasting = error;
  }
  return lasting && { preview, managed, undone: undoneWhen(managed, first), lasting };
}

/** Asks how long an edit shall last: for now only, or in keepalived's configuration too. */
export function openLasting(desk: Desk, offer: Offer): void {
  desk.openDialog(<LastingDialog {...offer} />);
}

function LastingDialog({ preview, managed, undone, lasting, onDone }: Offer) {
  const desk = useDesk();
  const page = usePage();
  const lines = useMemo(() => offerLines(managed, undone, lasting), [managed, undone, lasting]);
  const canLast = lasting !== undefined && !(lasting instanceof IpvsError);
  return (
    <ScrolledDialog
      title="keepalived has this in its configuration: how long shall it last?"
      keys={() =>
        `n now only${canLast ? '   l lasting' : ''}   Esc leave it${page.isScrolled ? '   ↑ ↓ scroll' : ''}`
      }
      width={96}
      height="whole"
      lines={lines}
      page={page}
      onKey={(key) => {
        if (key.text === 'n') void desk.perform(nowOnly(preview), onDone);
        else if (key.text === 'l' && canLast) void desk.performLasting(lasting, preview, onDone);
        else return false;
        return true;
      }}
    />
  );
}

function offerLines(managed: ManagedConfiguration, undone: string, lasting: Offer['lasting']): Part[] {
  const now: Part[] = [
    { text: 'n  now only', role: 'strong' },
    { text: `   keepalived ${undone}` },
    { text: '' },
  ];
  if (lasting === undefined || lasting instanceof IpvsError) {
    const reason =
      lasting === undefined ? 'its files say so already' : `${lasting.object}: ${lasting.reason}`;
    return [...now, { text: `It cannot be made lasting: ${visible(reason)}`, role: 'warning' }];
  }
  return [
    ...warningLines(lasting.warnings, 8),
    ...now,
    { text: 'l  lasting', role: 'strong' },
    {
      text: `   keepalived (process ${managed.keepalived.pid}) tests the file, reads it, and the table is watched`,
    },
    ...fileLines(lasting),
  ];
}
