import type { ServiceState } from '../changes/steps/table-state.ts';
import type { ConfigurationReading } from '../formats/configuration.ts';
import { noNames } from '../formats/names.ts';
import { readLdirectord } from '../formats/read-ldirectord.ts';
import { onlySource } from '../formats/source-lines.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { SyncDaemon } from '../ipvs/sync-daemon.ts';
import { isWholeView, type ServiceView, type View } from '../sampling/view.ts';
import { readSystemText } from '../system/plain-file.ts';
import { inTurns, type Work } from '../system/turns.ts';
import { type Drift, driftsOf } from './drift.ts';
import { askKeepalived } from './keepalived/keepalived-dump.ts';
import { type KeepalivedLog, readKeepalivedLog } from './keepalived/keepalived-log.ts';
import type { KeepalivedProcess } from './keepalived/keepalived-process.ts';
import { type Asked, type KeepalivedSays, keepalivedSays, saysNothing } from './keepalived/says.ts';
import { type StandingInstance, standingInstances } from './keepalived/vrrp.ts';
import { ldirectordDrifts } from './ldirectord/ldirectord-drift.ts';
import type { LdirectordProcess } from './ldirectord/ldirectord-process.ts';
import { checkedByLdirectord, ldirectordNames } from './ldirectord/ldirectord-rows.ts';
import {
  hasItsFiles,
  hasItsIncludes,
  type ManagedConfiguration,
  readingManagedConfiguration,
} from './managed-configuration.ts';
import { checkedByKeepalived, type RowChecks, rowChecks, type SeenDown } from './row-checks.ts';
import { configuredNames, hostNames, RowNames } from './row-names.ts';

/** What is known of the program that keeps the table. */
export type ManagerView =
  | { readonly kind: 'none' }
  /** It runs, and its configuration cannot be read; one clause says why. */
  | { readonly kind: 'unreadable'; readonly keepalived: KeepalivedProcess; readonly reason: string }
  | {
      readonly kind: 'keepalived';
      readonly managed: ManagedConfiguration;
      readonly drifts: readonly Drift[];
      /** VRRP instances, with what this machine is of them. */
      readonly instances: readonly StandingInstance[];
      /** Where what keepalived says of itself comes from. */
      readonly sources: SayingSources;
    };

/** Where what keepalived says of itself comes from. */
export interface SayingSources {
  /** `null` before it was looked for. */
  readonly log: KeepalivedLog | null;
  /** When it was asked, milliseconds since 1970; `null` where it was not, or the table has changed since. */
  readonly asked: number | null;
}

/** Where what is known of the table's keeper comes from, beside its configuration. */
export interface ManagerTools {
  /** Its lines in the system's log; those of this machine where it is left out. */
  readonly readLog?: (keepalived: KeepalivedProcess, now: number) => Promise<KeepalivedLog>;
  /** Has keepalived write its state, and reads that; by SIGUSR1 where it is left out. */
  readonly ask?: (keepalived: KeepalivedProcess) => Promise<Asked>;
  /** Looks for an ldirectord where no keepalived is seen, with the ports that names in its file mean; nobody does where it is left out. */
  readonly ldirectord?: {
    readonly find: () => LdirectordProcess | undefined;
    readonly ports: () => ReadonlyMap<string, number>;
  };
  /** The sync daemons that run; none where it is left out. */
  readonly syncDaemons?: () => readonly SyncDaemon[];
}

/** Milliseconds from one look at processes and files to the next. */
const betweenLooks = 5000;

/** Milliseconds after which the log is read again where nothing shows that it has more. */
const betweenReadings = 60_000;

/** What is known of rows: their checks and their names. */
export interface RowsKnown {
  readonly checks: RowChecks;
  /** Names that the keeper's files and `/etc/hosts` give. */
  readonly names: RowNames;
}

/** Follows the keepalived of this table, and how the table differs from its configuration. */
export class ManagerWatch {
  readonly #find: () => KeepalivedProcess | undefined;
  readonly #onChange: () => void;
  #view: ManagerView = { kind: 'none' };
  #rows: RowsKnown = { checks: new Map(), names: RowNames.none };
  readonly #seen: SeenDown = new Map();
  #isFirst = true;
  #looked = -Infinity;
  #isLooking = false;

  readonly #tools: ManagerTools;
  #ldirectordRead: { readonly text: string; readonly reading: ConfigurationReading } | undefined;
  #says: KeepalivedSays = saysNothing;
  #log: KeepalivedLog | null = null;
  #asked: Asked | null = null;
  /** What the table looked like when the log was read last. */
  #logged = '';
  /** When the log was read last, milliseconds since 1970. */
  #heard = -Infinity;

  constructor(find: () => KeepalivedProcess | undefined, onChange: () => void, tools: ManagerTools = {}) {
    this.#find = find;
    this.#onChange = onChange;
    this.#tools = tools;
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
      if (await this.#listen(view.time)) this.#view = await inTurns(this.#look(table));
      this.#rows = await inTurns(this.#rowsOf(this.#view, table, view.time));
      this.#onChange();
    } finally {
      this.#isLooking = false;
    }
  }

  /**
   * Asks keepalived for its state, which it writes into files: on the operator's word only. What it says is shown with
   * the next view. Throws an `IpvsError`.
   */
  async ask(): Promise<void> {
    const keepalived = this.#find();
    if (keepalived === undefined) {
      throw IpvsError.input('nothing-to-do', 'ask', 'keepalived', 'none is seen here', 'start it');
    }
    const { ask = askKeepalived } = this.#tools;
    this.#asked = await ask(keepalived);
    this.#logged = '';
    this.hurry();
  }

  /** Reads the log where something has changed that it may tell of; gives whether it has read it. */
  async #listen(now: number): Promise<boolean> {
    if (this.#view.kind !== 'keepalived') return false;
    const { managed, drifts, instances } = this.#view;
    const seen = JSON.stringify([
      managed.keepalived.pid,
      drifts.map(({ step }) => step),
      // A state that comes from the log itself is not a change that the log could tell of.
      instances.map(({ name, addresses, state }) => [
        name,
        addresses.length === 0 ? '' : state === 'fault' ? 'backup' : state,
      ]),
    ]);
    const hasChanged = seen !== this.#logged;
    if (!hasChanged && now - this.#heard < betweenReadings) return false;
    // What keepalived said when it was asked was about another table.
    if (hasChanged && this.#logged !== '') this.#asked = null;
    this.#logged = seen;
    this.#heard = now;
    const { readLog = readKeepalivedLog } = this.#tools;
    this.#log = await readLog(managed.keepalived, now);
    const sayings = this.#log.kind === 'read' ? this.#log.sayings : [];
    this.#says = await inTurns(keepalivedSays(managed, sayings, this.#asked));
    return true;
  }

  *#look(table: readonly ServiceState[]): Work<ManagerView> {
    const keepalived = this.#find();
    if (keepalived === undefined) return { kind: 'none' };
    try {
      const managed = yield* this.#managed(keepalived);
      yield;
      const [problem] = managed.reading.problems;
      if (problem !== undefined) return { kind: 'unreadable', keepalived, reason: problem.reason };
      const drifts = yield* driftsOf(managed, table, { says: this.#says });
      const instances = standingInstances(managed, { says: this.#says, daemons: this.#daemonsOf(managed) });
      const sources = { log: this.#log, asked: this.#asked?.time ?? null };
      return { kind: 'keepalived', managed, drifts, instances, sources };
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      return { kind: 'unreadable', keepalived, reason: error.reason };
    }
  }

  *#rowsOf(view: ManagerView, table: readonly ServiceState[], now: number): Work<RowsKnown> {
    const hosts = hostNames(textOf('/etc/hosts'));
    const known =
      view.kind === 'keepalived'
        ? {
            checked: checkedByKeepalived(view.managed),
            drifts: view.drifts,
            names: yield* configuredNames(view.managed),
          }
        : view.kind === 'none'
          ? this.#ofLdirectord(table)
          : null;
    if (known === null) return { checks: new Map(), names: new RowNames({}, new Map(), hosts) };
    const checks = yield* rowChecks(known.checked, table, known.drifts, {
      seen: this.#seen,
      isFirst: this.#isFirst,
      now,
      says: view.kind === 'keepalived' ? this.#says : saysNothing,
    });
    this.#isFirst = false;
    return { checks, names: new RowNames({}, known.names, hosts) };
  }

  /** What an ldirectord's file tells of the rows; `null` where none runs, or its file cannot be read. */
  #ofLdirectord(table: readonly ServiceState[]) {
    const { ldirectord } = this.#tools;
    const found = ldirectord?.find();
    if (ldirectord === undefined || found === undefined) return null;
    const text = textOf(found.file);
    const reading =
      this.#ldirectordRead?.text === text
        ? this.#ldirectordRead.reading
        : readLdirectord(onlySource(text), { ...noNames, ports: ldirectord.ports() });
    this.#ldirectordRead = { text, reading };
    if (reading.problems.length > 0) return null;
    const drifts = ldirectordDrifts(found, reading, text, table);
    return {
      checked: checkedByLdirectord(reading, text, drifts),
      drifts,
      names: ldirectordNames(reading, text),
    };
  }

  #daemonsOf({ reading: { outline } }: ManagedConfiguration): readonly SyncDaemon[] {
    if (outline.sync === null) return [];
    try {
      return this.#tools.syncDaemons?.() ?? [];
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      return [];
    }
  }

  *#managed(keepalived: KeepalivedProcess): Work<ManagedConfiguration> {
    return this.#kept(keepalived) ?? (yield* readingManagedConfiguration(keepalived));
  }

  /**
   * The configuration that was read, where its files are as they were. A new file that an `include` names is noticed
   * when another one changes, or an edit is planned.
   */
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
