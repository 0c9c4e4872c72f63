import type { ServiceState } from '../changes/steps/table-state.ts';
import { IpvsError } from '../ipvs/error.ts';
import { isWholeView, type ServiceView, type View } from '../sampling/view.ts';
import { readSystemText } from '../system/plain-file.ts';
import { inTurns, type Work } from '../system/turns.ts';
import { type Drift, driftsOf } from './drift.ts';
import type { KeepalivedProcess } from './keepalived-process.ts';
import {
  hasItsFiles,
  hasItsIncludes,
  type ManagedConfiguration,
  readingManagedConfiguration,
} from './managed-configuration.ts';
import { type RowChecks, rowChecks, type SeenDown } from './row-checks.ts';
import { configuredNames, hostNames, RowNames } from './row-names.ts';
import { type StandingInstance, standingInstances } from './vrrp.ts';

/** What is known of the program that keeps the table. */
export type ManagerView =
  | { readonly kind: 'none' }
  /** It runs, and what it has cannot be read; one clause says why. */
  | { readonly kind: 'unreadable'; readonly keepalived: KeepalivedProcess; readonly reason: string }
  | {
      readonly kind: 'keepalived';
      readonly managed: ManagedConfiguration;
      readonly drifts: readonly Drift[];
      /** VRRP instances, with what this machine is of them. */
      readonly instances: readonly StandingInstance[];
    };

/** Milliseconds from one look at processes and files to the next. */
const betweenLooks = 5000;

/** What is known of rows, and by what it is told. */
export interface RowsKnown {
  readonly checks: RowChecks;
  /** Names that keepalived's files and `/etc/hosts` give. */
  readonly names: RowNames;
}

/** Keeps up with the keepalived of this table and with what the table differs from its configuration in. */
export class ManagerWatch {
  readonly #find: () => KeepalivedProcess | undefined;
  readonly #onChange: () => void;
  #view: ManagerView = { kind: 'none' };
  #rows: RowsKnown = { checks: new Map(), names: RowNames.none };
  readonly #seen: SeenDown = new Map();
  #isFirst = true;
  #looked = -Infinity;
  #isLooking = false;

  constructor(find: () => KeepalivedProcess | undefined, onChange: () => void) {
    this.#find = find;
    this.#onChange = onChange;
  }

  get view(): ManagerView {
    return this.#view;
  }

  /** What is known of rows as of the last look. */
  get rows(): RowsKnown {
    return this.#rows;
  }

  /** The configuration as it is on the disk now; `null` where no keepalived runs. Throws an input `IpvsError`. */
  *readingNow(): Work<ManagedConfiguration | null> {
    const keepalived = this.#find();
    if (keepalived === undefined) return null;
    const kept = this.#kept(keepalived);
    if (kept !== undefined && hasItsIncludes(kept)) return kept;
    return yield* readingManagedConfiguration(keepalived);
  }

  /** Has the next view compared, since something was just changed. */
  hurry(): void {
    this.#looked = -Infinity;
  }

  /** Compares a view with the configuration, now and then; files that are as they were are not read again. */
  async take(view: View): Promise<void> {
    if (this.#isLooking || !isWholeView(view) || view.time - this.#looked < betweenLooks) return;
    this.#isLooking = true;
    this.#looked = view.time;
    try {
      const table = view.services.map(stateOf);
      this.#view = await inTurns(this.#look(table));
      this.#rows = await inTurns(this.#rowsOf(this.#view, table, view.time));
      this.#onChange();
    } finally {
      this.#isLooking = false;
    }
  }

  *#look(table: readonly ServiceState[]): Work<ManagerView> {
    const keepalived = this.#find();
    if (keepalived === undefined) return { kind: 'none' };
    try {
      const managed = yield* this.#managed(keepalived);
      yield;
      const [problem] = managed.reading.problems;
      if (problem !== undefined) return { kind: 'unreadable', keepalived, reason: problem.reason };
      const drifts = yield* driftsOf(managed, table);
      return { kind: 'keepalived', managed, drifts, instances: standingInstances(managed) };
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      return { kind: 'unreadable', keepalived, reason: error.reason };
    }
  }

  *#rowsOf(view: ManagerView, table: readonly ServiceState[], now: number): Work<RowsKnown> {
    const hosts = hostNames(textOf('/etc/hosts'));
    if (view.kind !== 'keepalived') {
      return { checks: new Map(), names: new RowNames({}, new Map(), hosts) };
    }
    const { managed, drifts } = view;
    const checks = yield* rowChecks(managed, table, drifts, {
      seen: this.#seen,
      isFirst: this.#isFirst,
      now,
    });
    this.#isFirst = false;
    return { checks, names: new RowNames({}, yield* configuredNames(managed), hosts) };
  }

  *#managed(keepalived: KeepalivedProcess): Work<ManagedConfiguration> {
    return this.#kept(keepalived) ?? (yield* readingManagedConfiguration(keepalived));
  }

  /** What was read, where its files are as they were. A file that comes into an `include` is seen when another one changes, or an edit is planned. */
  #kept({ pid }: KeepalivedProcess): ManagedConfiguration | undefined {
    if (this.#view.kind !== 'keepalived') return undefined;
    const { managed } = this.#view;
    return managed.keepalived.pid === pid && hasItsFiles(managed) ? managed : undefined;
  }
}

function textOf(path: string): string {
  try {
    return readSystemText(path);
  } catch {
    return '';
  }
}

function stateOf({ service, realServers }: ServiceView): ServiceState {
  return {
    service,
    realServers: realServers.map(({ realServer, connections: { active, inactive } }) => ({
      realServer,
      active,
      inactive,
    })),
  };
}
