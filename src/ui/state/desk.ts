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
import type { ManagedConfiguration } from '../../manager/managed-configuration.ts';
import type { Probing } from '../../probe/probing.ts';
import type { History, HistorySpan } from '../../sampling/history/history.ts';
import type { Work } from '../../system/turns.ts';
import type { ClipboardOutlook } from '../../terminal/clipboard.ts';
import type { DialogOptions } from './dialog.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { FollowedDrains } from './followed-drains.ts';
import type { FollowedRamps } from './followed-ramps.ts';
import type { Foresights } from './foresights.ts';
import type { Happenings } from './happenings.ts';
import type { PacedTime } from './paced-time.ts';
import type { Pane } from './pane.ts';
import type { Preview } from './preview.ts';
import type { LookingBack } from './replay.ts';
import type { Message, ScreenState } from './screen-state.ts';

/**
 * Called when all of a change was done; `made` is the change of file and table that it was made by, `undefined` where it
 * was of the table only.
 */
export type WhenDone = (made?: LastingChange) => void;

/** What commands, panes and dialogs may read and do, without knowing how the screen runs. */
export interface Desk {
  readonly director: Director;
  /** Real servers that are being drained. */
  readonly drains: FollowedDrains;
  /** Weights that are raised in steps. */
  readonly ramps: FollowedRamps;
  /** Forecasts for edits that are previewed. */
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
  /** What checks read of the machine besides its network; none where there is no machine to look at. */
  readonly machine: MachineSampler | undefined;
  /** Asks real servers whether they answer for the virtual address; none where there is no machine to look at. */
  readonly probing: Probing | undefined;
  /** Tables of other network namespaces; none where there is no machine to look at. */
  readonly elsewhere: Elsewhere | undefined;
  /** Moves through a recording, and back to the director. */
  readonly lookingBack: LookingBack;
  /** Holds, steps and speeds up the time of a simulated director; none for any other. */
  readonly pacedTime: PacedTime | undefined;
  /** The last minutes of a service or a real server, by its row's key; `null` where nothing is known of it. */
  history(key: RowKey, span?: HistorySpan): History | null;

  readonly getState: () => ScreenState;
  /** Calls `listener` after each change of the state; returns the function that ends this. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Changes the state, builds the rows again where the change concerns them, and keeps the cursor in sight. */
  update(change: Partial<ScreenState>): void;
  /** Shows a message below the table. */
  say(kind: Message['kind'], text: string): void;

  openDialog(element: ReactElement, options?: DialogOptions): void;
  /** Closes the dialog and shows the one that it was opened above, if any. */
  closeDialog(): void;
  openPane(pane: Pane): void;
  /** Closes the pane and shows what it was opened from. */
  closePane(): void;
  /** Closes the pane and puts the cursor on a row of the table; `false` when the table does not show that row. */
  leadTo(key: RowKey): boolean;
  /** Has the doctor run its checks now. */
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
   * Carries out what a preview showed, says what came of it, and reads the table again. `onDone` is called when all of
   * it was done. A change that cannot be recorded in the journal is not made; the operator is asked whether to make it
   * without a record.
   */
  perform(preview: Preview, onDone?: WhenDone, recorded?: 'recorded' | 'without a record'): Promise<void>;
  /**
   * Makes a change last by writing it into keepalived's configuration as it was shown, says what came of it, and reads
   * the table again.
   */
  performLasting(
    change: LastingChange,
    preview: Extract<Preview, { readonly kind: 'plan' }>,
    onDone?: WhenDone,
  ): Promise<void>;
  /** keepalived's configuration as it is on the disk now; `null` where none runs here. Throws an input `IpvsError`. */
  readManaged(): Work<ManagedConfiguration | null>;
  /** Has keepalived write out its state and shows it, or says why that failed. */
  askKeepalived(): Promise<void>;
  /** Counts again what of the table is not saved: for use after a save. */
  compareWithSaved(): void;

  /** Applies settings, for this run only. */
  applySettings(settings: Settings): void;
  /** Saves the present settings for the next start, and says what came of it. */
  saveSettings(): void;

  /**
   * Has the terminal copy a text, and tells whether the terminal does so, as far as that is known; `null` where the
   * text is too long.
   */
  copy(text: string): ClipboardOutlook | null;
  /** Paints everything anew. */
  redraw(): void;
  /** Stops the program as Ctrl-Z does. */
  suspend(): void;
  /**
   * Leaves the program. A change that is being written is finished first, unless this is asked twice; while drains or
   * ramps run, the operator is asked.
   */
  quit(): void;
}
