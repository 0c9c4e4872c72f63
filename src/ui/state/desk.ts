import type { ReactElement } from 'react';
import type { Journal } from '../../changes/journal/journal.ts';
import type { SavedTablePlace } from '../../changes/saved/saved-table-place.ts';
import type { Director } from '../../director/director.ts';
import type { RecentNetwork } from '../../doctor/evidence/recent-network.ts';
import type { Settings } from '../../formats/settings/settings.ts';
import type { Network } from '../../forwarding/network.ts';
import type { MachineSampler } from '../../host/machine/machine.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import type { LastingChange } from '../../manager/lasting/lasting-change.ts';
import type { Probing } from '../../probe/probing.ts';
import type { History, HistorySpan } from '../../sampling/history/history.ts';
import type { ClipboardOutlook } from '../../terminal/clipboard.ts';
import type { DialogOptions } from './dialog.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { FollowedDrains } from './followed-drains.ts';
import type { FollowedRamps } from './followed-ramps.ts';
import type { Foresights } from './foresights.ts';
import type { Happenings } from './happenings.ts';
import type { Pane } from './pane.ts';
import type { Preview } from './preview.ts';
import type { LookingBack } from './replay.ts';
import type { Message, ScreenState } from './screen-state.ts';

/** What commands, panes and dialogs may read and do. Whoever sits at it knows nothing of how the screen runs. */
export interface Desk {
  readonly director: Director;
  /** Real servers that are being drained. */
  readonly drains: FollowedDrains;
  /** Weights that are raised in steps. */
  readonly ramps: FollowedRamps;
  /** What is foretold of edits that are looked at. */
  readonly foresights: Foresights;
  /** What happens at the director. */
  readonly happenings: Happenings;
  /** The record of all changes. */
  readonly journal: Journal;
  /** Where the table is saved for the next boot. */
  readonly savedTable: SavedTablePlace;
  /** The network around the director; none where there is no machine to look at. */
  readonly network: Network | undefined;
  /** That network as it was seen last; none where there is no machine to look at. */
  readonly recentNetwork: RecentNetwork | undefined;
  /** What checks ask of the machine beyond its network; none where there is no machine to look at. */
  readonly machine: MachineSampler | undefined;
  /** Asks real servers whether they answer for the virtual address; none where there is no machine to look at. */
  readonly probing: Probing | undefined;
  /** Tables of other network namespaces; none where there is no machine to look at. */
  readonly elsewhere: Elsewhere | undefined;
  /** Leads through what was recorded. */
  readonly lookingBack: LookingBack;
  /** The last minutes of a service or a real server, by its row's key; `null` where nothing is known of it. */
  history(key: RowKey, span?: HistorySpan): History | null;

  readonly getState: () => ScreenState;
  /** Calls `listener` after each change of the state; gives what ends that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes the state, builds the rows anew where that concerns them, and keeps the cursor in sight. */
  update(change: Partial<ScreenState>): void;
  /** Tells one line. */
  say(kind: Message['kind'], text: string): void;

  openDialog(element: ReactElement, options?: DialogOptions): void;
  /** Leads back to what is behind the dialog. */
  closeDialog(): void;
  openPane(pane: Pane): void;
  /** Leads back to what is behind the pane. */
  closePane(): void;
  /** Leads to a row of the table, whatever stands in its place; `false` when the row is not there. */
  leadTo(key: RowKey): boolean;
  /** Has the doctor look now. */
  lookNow(): void;

  /** Rows of the table that are in sight at once. */
  readonly pageHeight: number;
  /** Cells that the table is wide. */
  readonly tableWidth: number;
  /** Cells and rows between header and footer, which the table may share with a detail. */
  readonly wholeArea: { readonly width: number; readonly height: number };
  /** Shows the newest view, or holds the present one. */
  setFrozen(frozen: boolean): void;

  /**
   * Does what a preview showed, says what came of it, and reads the table again. `onDone` is called when all of it
   * was done. When it cannot be recorded nothing is done, and the operator is asked whether it shall be without.
   */
  perform(preview: Preview, onDone?: () => void, recorded?: 'recorded' | 'without a record'): Promise<void>;
  /** Makes a change last in keepalived's configuration as it was shown, says what came of it, and reads the table again. */
  performLasting(
    change: LastingChange,
    preview: Extract<Preview, { readonly kind: 'plan' }>,
    onDone?: () => void,
  ): Promise<void>;
  /** Has keepalived write its state, and shows what it says; says why where nothing comes of it. */
  askKeepalived(): Promise<void>;
  /** Counts anew what of the table is not saved, after it was saved for one. */
  compareWithSaved(): void;

  /** Puts settings into force, for now. */
  applySettings(settings: Settings): void;
  /** Keeps the settings in force for the next start, and says what came of it. */
  saveSettings(): void;

  /** Has the terminal copy a text, and tells whether it does, as far as that is known; `null` where the text is too long. */
  copy(text: string): ClipboardOutlook | null;
  /** Paints everything anew. */
  redraw(): void;
  /** Stops the program as Ctrl-Z does. */
  suspend(): void;
  /** Leaves the program: after a change that is being written, unless it is asked twice. Asks first while drains run. */
  quit(): void;
}
