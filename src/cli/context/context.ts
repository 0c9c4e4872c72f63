import type { Journal } from '../../changes/journal/journal.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import type { Director, PublicDirector } from '../../director/director.ts';
import type { Network } from '../../forwarding/network.ts';
import type { MachineSampler } from '../../host/machine/machine.ts';
import type { KeepalivedProcess } from '../../manager/keepalived/keepalived-process.ts';
import type { LastingTools } from '../../manager/lasting/lasting-change.ts';
import type { LdirectordProcess } from '../../manager/ldirectord/ldirectord-process.ts';
import type { ManagerTools } from '../../manager/manager-watch.ts';
import type { DirectorClock } from '../../system/clock.ts';
import type { Account } from './account.ts';
import type { Clock } from './clock.ts';
import type { CommandConsole } from './console.ts';
import type { Demo } from './demo.ts';
import type { UnconfirmedUndo } from './unconfirmed-undo.ts';

/** Which director a command speaks to. */
export interface DirectorChoice {
  /** A simulated one, which needs neither Linux nor a right; `false` for this machine's. */
  readonly demo: Demo | false | undefined;
  /** The simulated one's time; this machine's where it is left out. */
  readonly simulatedTime?: DirectorClock | undefined;
}

/** What every command is given. */
export interface CommandContext {
  readonly console: CommandConsole;
  readonly openDirector: (choice: DirectorChoice) => Promise<Director>;
  /** What everybody may read of this machine's director; `/proc` where it is left out. */
  readonly openPublicDirector?: () => Promise<PublicDirector>;
  /** Opens the network around the director; this machine's where it is left out, or a simulated one with `demo`. */
  readonly openNetwork?: (choice: DirectorChoice) => Promise<Network>;
  /**
   * Opens the rest of the machine: processes, modules, settings; this machine's where it is left out, or a simulated
   * one with `demo`.
   */
  readonly openMachine?: (choice: DirectorChoice) => Promise<MachineSampler>;
  /** Looks for the keepalived that keeps this machine's table; in `/proc` where it is left out. */
  readonly findKeepalived?: () => KeepalivedProcess | undefined;
  /** Looks for the ldirectord that keeps this machine's table; in `/proc` where it is left out. */
  readonly findLdirectord?: () => LdirectordProcess | undefined;
  /** What lasting changes are made with in place of keepalived's own program and signals. */
  readonly lastingTools?: Partial<Pick<LastingTools, 'test' | 'reload' | 'patience'>>;
  /** How keepalived's own account of its state is got; from its log and its dumps where it is left out. */
  readonly keepalivedTools?: Pick<ManagerTools, 'readLog' | 'ask'>;
  /** Whose configuration counts; the process's own where it is left out. */
  readonly account?: Account;
  /** Where changes of a director are recorded; the account's own place where it is left out. */
  readonly openJournal?: () => Journal;
  /** The addresses of this machine; those of its interfaces where it is left out. */
  readonly heldAddresses?: () => ReadonlySet<string>;
  /** Sees to it that a change is taken back unless it is confirmed; by the system where it is left out. */
  readonly armUndo?: (undo: UnconfirmedUndo) => Promise<void>;
  /** Milliseconds since 1970; the machine's own where it is left out. */
  readonly now?: () => number;
  /** Where it is given, edits hand their plans to it, and nothing is written. */
  readonly foresee?: (director: Director, plan: Plan) => Promise<void>;
  /** The clock of commands that wait; the machine's own where it is left out. */
  readonly clock?: Clock;
}

/** Opens the director for as long as `use` takes. */
export async function withDirector<Result>(
  context: CommandContext,
  choice: DirectorChoice,
  use: (director: Director) => Result | Promise<Result>,
): Promise<Result> {
  const director = await context.openDirector(choice);
  try {
    return await use(director);
  } finally {
    director.close();
  }
}
