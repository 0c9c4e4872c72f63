import type { ReactElement } from 'react';
import { Drains } from '../changes/drain/drains.ts';
import { changesIn } from '../changes/events/event-list.ts';
import type { Journal } from '../changes/journal/journal.ts';
import { createMemoryJournal } from '../changes/journal/memory-journal.ts';
import type { Journalling } from '../changes/journal/perform-journalled.ts';
import type { Plan } from '../changes/plan/plan.ts';
import { savedTableInMemory } from '../changes/saved/saved-table-in-memory.ts';
import type { SavedTablePlace } from '../changes/saved/saved-table-place.ts';
import { UnsavedWatch } from '../changes/saved/unsaved-watch.ts';
import type { PlanOutcome } from '../changes/write/perform-plan.ts';
import type { ChangeWatch } from '../director/change-watch.ts';
import type { Director, ReadableDirector } from '../director/director.ts';
import type { SimulatedTime } from '../director/simulated/simulated-time.ts';
import type { SetUpTimes } from '../doctor/evidence/evidence.ts';
import { RecentNetwork } from '../doctor/evidence/recent-network.ts';
import { savedStates } from '../doctor/evidence/saved-state.ts';
import { DoctorRounds, type Examination } from '../doctor/rounds/rounds.ts';
import { type ForesightRecord, foresightRecordInMemory } from '../foresight/foresight-record.ts';
import {
  type AlertChoice,
  probeIntervals,
  type SaveOutcome,
  type Settings,
} from '../formats/settings/settings.ts';
import type { Network } from '../forwarding/network.ts';
import type { HostSampler, HostView } from '../host/host-view.ts';
import type { MachineSampler } from '../host/machine/machine.ts';
import { IpvsError } from '../ipvs/error.ts';
import type { RowKey } from '../ipvs/identity.ts';
import type { KeepalivedProcess } from '../manager/keepalived/keepalived-process.ts';
import { standbyAddresses } from '../manager/keepalived/vrrp.ts';
import { isOwned } from '../manager/lasting/configuration-edit.ts';
import type { LastingTools } from '../manager/lasting/lasting-change.ts';
import type { ManagedConfiguration } from '../manager/managed-configuration.ts';
import { type ManagerTools, ManagerWatch } from '../manager/manager-watch.ts';
import { noAnswers } from '../probe/known-answers.ts';
import { Probing } from '../probe/probing.ts';
import type { RecentPast } from '../recording/recent-past.ts';
import type { History, HistorySpan } from '../sampling/history/history.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { Trend, View } from '../sampling/view.ts';
import { waitingClock } from '../system/clock.ts';
import { inTurns, type Work } from '../system/turns.ts';
import type { InputEvent } from '../terminal/keys.ts';
import { ChangeWriter } from './change-writer.ts';
import { openHostName } from './dialogs/host-name-dialog.tsx';
import { lastingOffer, openLasting, type PlanPreview } from './dialogs/lasting-dialog.tsx';
import { openLeave } from './dialogs/leave-dialog.tsx';
import { InputRouter } from './input-router.ts';
import { remembering } from './kit/remembering.ts';
import { LastingEnder } from './lasting-ender.ts';
import { LookBack, type RecordingSource } from './look-back.ts';
import { alarmedServices } from './state/alarmed-services.ts';
import type { Desk, WhenDone } from './state/desk.ts';
import { Dialog, type DialogOptions } from './state/dialog.ts';
import { readOnlyReasons } from './state/edit-obstacle.ts';
import type { Elsewhere } from './state/elsewhere.ts';
import { FollowedDrains } from './state/followed-drains.ts';
import { FollowedRamps } from './state/followed-ramps.ts';
import { Foresights } from './state/foresights.ts';
import { Happenings } from './state/happenings.ts';
import { isSameNeed, neededServices } from './state/needed-services.ts';
import { PacedTime } from './state/paced-time.ts';
import type { Pane } from './state/pane.ts';
import { ReadingWatch } from './state/reading-watch.ts';
import { type Shown, worksInRecording } from './state/replay.ts';
import { settingsOfState, stateOfSettings } from './state/screen-settings.ts';
import { changed, type Message, type ScreenState, scrolled } from './state/screen-state.ts';
import type { Surface } from './state/surface.ts';
import { noTraffic, withView } from './state/traffic.ts';
import { findingMarks } from './table/finding-marks.ts';
import { titleHeight } from './table/table-painter.ts';

/** What a controller works with. */
export interface ControllerOptions {
  readonly director: Director;
  /** What the table is read from: /proc where CAP_NET_ADMIN is missing; the director when not given. */
  readonly reader?: ReadableDirector;
  readonly sampler: Sampler;
  readonly state: ScreenState;
  /** The machine that forwards; none in tests. */
  readonly host?: HostSampler;
  /** The network around the director; none in tests. */
  readonly network?: Network;
  /** What checks read of the machine besides its network; none in tests. */
  readonly machine?: MachineSampler;
  /** Tables of other network namespaces; none in tests. */
  readonly elsewhere?: Elsewhere;
  /** Looks for the keepalived that keeps the table; none is looked for where it is left out. */
  readonly findKeepalived?: () => KeepalivedProcess | undefined;
  /** How to learn what keepalived itself says; by its log and its dumps where it is left out. */
  readonly keepalivedTools?: Pick<ManagerTools, 'readLog' | 'ask'>;
  /** Looks for the ldirectord that keeps the table where no keepalived does. */
  readonly ldirectord?: NonNullable<ManagerTools['ldirectord']>;
  /**
   * Stands in for keepalived's own program and signals when changes are made lasting; these are used where it is left
   * out.
   */
  readonly lastingTools?: Partial<LastingTools>;
  /** Leaves the program. */
  readonly quit: () => void;
  /** Stops the program as Ctrl-Z does. */
  readonly suspend: () => void;
  /** Paints everything anew. */
  readonly redraw: () => void;
  /** Switches the terminal's reporting of the mouse. */
  readonly reportMouse: (on: boolean) => void;
  /** Has the terminal copy a text; there is no terminal where it is left out. */
  readonly copy?: Desk['copy'];
  /** Calls the operator, who may be looking elsewhere; where it is left out nobody is called. */
  readonly alert?: (kind: Exclude<AlertChoice, 'off'>, text: string) => void;
  /** Watches who changes the table; nobody does where it is left out. */
  readonly watch?: ChangeWatch;
  /** Carries out plans without a question, such as the next step of a ramp; without a record where it is left out. */
  readonly performUnasked?: (plan: Plan) => PlanOutcome;
  /** Drains under way, those of an earlier run included; where it is left out there are none, and none are kept. */
  readonly drains?: Drains;
  /** Where forecasts of changes are kept; in memory where it is left out. */
  readonly foresightRecord?: ForesightRecord;
  /** Where changes are recorded; in memory where it is left out. */
  readonly journalling?: Omit<Journalling, 'undoes'>;
  /** Where the table is saved for the next boot; in memory where it is left out. */
  readonly savedTable?: SavedTablePlace;
  /** When set-up scripts were printed; none is known of where it is left out. */
  readonly setUps?: () => SetUpTimes;
  /** The clock for waiting for readings; the machine's own where it is left out. */
  readonly waitingClock?: typeof waitingClock;
  /** The time of a simulated director, to be held and sped up; it cannot be where it is left out. */
  readonly simulatedTime?: SimulatedTime;
  /** The recording that can be looked back at; none where it is left out. */
  readonly recording?: RecordingSource;
  /** Remembers the last minutes, to be looked back at where nothing is recorded; nothing does where it is left out. */
  readonly recentPast?: RecentPast;
  /** Keeps settings for the next start; where it is left out there is no place for them. */
  readonly saveSettings?: (settings: Settings) => SaveOutcome;
}

/** Stands in where there is no recording: opening it says so. */
const nothingRecorded: RecordingSource = {
  open() {
    throw IpvsError.input(
      'bad-file',
      'look back',
      '',
      'nothing is recorded here',
      '"lvstop record" keeps what happens from then on, and "lvstop replay" opens what was recorded elsewhere',
    );
  },
  canGoLive: true,
  speed: 10,
};

/** Parts of the state that show the director, or the recording while one is shown. */
const shownOfNow = [
  'view',
  'now',
  'host',
  'hostTime',
  'traffic',
  'events',
  'news',
  'lit',
  'unsaved',
  'examination',
  'marks',
  'alarmed',
  'answers',
  'probing',
  'manager',
  'checks',
  'drains',
  'ramps',
] as const satisfies readonly (keyof ScreenState)[];

/** Parts of the state that recordings tell nothing of, as they are while one is shown. */
const ofNowOnly: Partial<ScreenState> = {
  news: null,
  lit: new Set(),
  unsaved: null,
  answers: noAnswers,
  probing: { kind: 'off' },
  manager: { kind: 'none' },
  checks: new Map(),
  drains: [],
  ramps: [],
};

/** Whether a pane has anything to show of a recording. */
function showsRecorded({ command }: Pane): boolean {
  return command === undefined || worksInRecording({ id: command, group: 'Movement' });
}

/** Holds the screen's state, takes keys and views, and does what commands and dialogs ask for. */
export class Controller implements Desk {
  readonly director: Director;
  readonly sampler: Sampler;
  readonly drains: FollowedDrains;
  readonly happenings: Happenings;
  readonly ramps: FollowedRamps;
  readonly foresights: Foresights;
  readonly savedTable: SavedTablePlace;
  readonly journal: Journal;
  readonly network: Network | undefined;
  readonly machine: MachineSampler | undefined;
  readonly recentNetwork: RecentNetwork | undefined;
  readonly probing: Probing | undefined;
  readonly elsewhere: Elsewhere | undefined;
  readonly manager: ManagerWatch | undefined;
  readonly lookingBack: LookBack;
  readonly pacedTime: PacedTime | undefined;
  readonly suspend: () => void;
  readonly redraw: () => void;
  readonly #options: ControllerOptions;
  readonly #unsaved: UnsavedWatch;
  readonly #writer: ChangeWriter;
  readonly #ender: LastingEnder;
  readonly #input: InputRouter;
  readonly #rounds: DoctorRounds | undefined;
  readonly #readings: ReadingWatch;
  readonly #listeners = new Set<() => void>();
  #state: ScreenState;
  /** What is drawn, once a screen draws. */
  #surface: Surface = { lineText: () => '', dialogParts: () => undefined };
  #table = { y: 0, height: 1, width: 80 };
  #whole: { readonly width: number; readonly height: number } = this.#table;
  /** The newest view, examination and traffic, which are not shown while frozen. */
  #newest: View | null = null;
  #examination: Examination | null = null;
  #traffic = noTraffic;
  /** What the screen would show of the director while it shows a recording; `null` while it shows the director. */
  #now: ScreenState | null = null;
  #host: { readonly host: HostView | null; readonly hostTime: number } = { host: null, hostTime: 0 };
  /** Remembered, since each frame asks, whether or not anything has changed. */
  readonly #neededServices = remembering(neededServices);

  constructor(options: ControllerOptions) {
    const { director, sampler, network, machine, recentPast, simulatedTime } = options;
    this.#options = options;
    this.director = director;
    this.sampler = sampler;
    this.network = network;
    this.machine = machine;
    this.elsewhere = options.elsewhere;
    this.suspend = options.suspend;
    this.redraw = options.redraw;
    this.#state = options.state;
    this.#readings = new ReadingWatch(
      (now) => this.#updateNow({ now }),
      // While simulated time stands still, no reading is late.
      options.waitingClock ?? simulatedTime,
    );
    this.savedTable = options.savedTable ?? savedTableInMemory(null);
    const journalling = options.journalling ?? {
      journal: createMemoryJournal(),
      origin: { user: 'unknown', behind: null, from: null, by: 'screen' },
    };
    this.journal = journalling.journal;
    const update = (change: Partial<ScreenState>) => this.#updateNow(change);
    // While the screen is frozen, only its list of events goes on.
    const tell: typeof update = ({ events, ...rest }) =>
      update({ ...(events !== undefined && { events }), ...(!this.#state.frozen && rest) });
    const alert = (text: string) => {
      const { alerts } = this.#state;
      if (alerts !== 'off') options.alert?.(alerts, text);
    };
    this.happenings = new Happenings(
      tell,
      alert,
      { director, watch: options.watch },
      options.waitingClock ?? waitingClock,
    );
    if (options.state.watch) this.happenings.watch(true);
    this.foresights = new Foresights(
      director,
      () => this.getState().view,
      options.foresightRecord ?? foresightRecordInMemory(),
    );
    this.ramps = new FollowedRamps({ director, perform: options.performUnasked }, this.happenings, update);
    this.drains = new FollowedDrains(
      options.drains ?? new Drains({ director }),
      director,
      this.happenings,
      update,
    );
    this.#unsaved = new UnsavedWatch(this.savedTable, (unsaved) => this.#updateNow({ unsaved }));
    this.lookingBack = new LookBack(
      options.recording ?? nothingRecorded,
      {
        show: (shown) => this.#showRecorded(shown),
        leave: () => this.#leaveRecording(),
        say: (text) => this.say('hint', text),
      },
      recentPast && {
        recording: recentPast.recording,
        obstacle: () => recentPast.obstacle,
        events: () => this.happenings.events,
      },
    );
    this.pacedTime =
      simulatedTime &&
      new PacedTime(simulatedTime, {
        interval: () => this.#state.interval,
        show: (pace) => this.#updateNow({ pace }),
        readAgain: () => {
          this.#rounds?.hurry();
          return sampler.refresh();
        },
      });
    this.#input = new InputRouter(this, () => ({ table: this.#table, surface: this.#surface }));
    this.#writer = new ChangeWriter({
      desk: this,
      journalling,
      readAgain: (services) => {
        this.#rounds?.hurry();
        this.manager?.hurry();
        return sampler.refresh(services);
      },
    });
    this.#ender = new LastingEnder({ desk: this, writer: this.#writer, tools: this.#lastingTools });
    const { findKeepalived } = options;
    if (findKeepalived !== undefined) {
      this.manager = new ManagerWatch(findKeepalived, () => this.#state.dialog?.tell('reading', undefined), {
        syncDaemons: () => director.syncDaemons(),
        ...(options.ldirectord !== undefined && { ldirectord: options.ldirectord }),
        ...options.keepalivedTools,
      });
    }
    if (network !== undefined && machine !== undefined) {
      this.recentNetwork = new RecentNetwork(network, machine, () =>
        this.#state.dialog?.tell('reading', undefined),
      );
      this.probing = new Probing({ director: options.reader ?? director, network, machine }, () =>
        this.#rounds?.hearNews(),
      );
      this.#askAtInterval();
      this.#rounds = this.#openRounds(network, machine);
    }
  }

  readonly getState = (): ScreenState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  update(change: Partial<ScreenState>): void {
    this.#state = scrolled(changed(this.#state, change), this.pageHeight);
    this.#tellNeed();
    for (const listener of this.#listeners) listener();
  }

  /**
   * Changes what the screen shows of the director: at once or, while it shows a recording, for when it shows the
   * director again.
   */
  #updateNow(change: Partial<ScreenState>): void {
    if (this.#now === null) this.update(change);
    else this.#now = { ...this.#now, ...change };
  }

  /** Shows a moment of a recording in place of the director. */
  #showRecorded({ replay, moment, events }: Shown): void {
    this.#now ??= this.#state;
    const { view, host, findings, time: now } = moment;
    const { pane } = this.#state;
    const found = findings?.findings ?? [];
    this.update({
      ...ofNowOnly,
      replay,
      view,
      now,
      host,
      hostTime: now,
      events,
      traffic: withView(noTraffic, view),
      examination: findings,
      marks: findingMarks(found),
      alarmed: alarmedServices(found, view.services),
      ...(pane !== null && !showsRecorded(pane) && { pane: null }),
    });
    this.#input.goOn();
    this.#state.dialog?.tell('reading', undefined);
  }

  /** Shows the director again. */
  #leaveRecording(): void {
    const now = this.#now;
    if (now === null) return;
    this.#now = null;
    const kept = Object.fromEntries(shownOfNow.map((name) => [name, now[name]]));
    this.update({ ...kept, replay: null, message: null });
    if (!this.#state.frozen) this.setFrozen(false);
  }

  get pageHeight(): number {
    return Math.max(1, this.#table.height - titleHeight);
  }

  get tableWidth(): number {
    return this.#table.width;
  }

  get wholeArea(): { readonly width: number; readonly height: number } {
    return this.#whole;
  }

  /**
   * Tells where the table's rectangle is, and the whole that it shares with a detail; scrolls when that leaves the
   * cursor out of sight.
   */
  setTableArea(
    area: { readonly y: number; readonly height: number; readonly width?: number },
    whole?: { readonly width: number; readonly height: number },
  ): void {
    this.#table = { ...this.#table, ...area };
    this.#whole = whole ?? this.#table;
    this.#state = scrolled(this.#state, this.pageHeight);
    this.#tellNeed();
  }

  /** Takes what tells where things are drawn, for the mouse. */
  setSurface(surface: Surface): void {
    this.#surface = surface;
  }

  /** Has the sampler read what is in view now; while frozen nothing of it would be shown. */
  #tellNeed(): void {
    if (this.#state.view === null || this.#state.frozen || this.#state.replay !== null) return;
    const need = this.#neededServices(this.#state, this.pageHeight);
    if (!isSameNeed(need, this.sampler.need)) this.sampler.need = need;
  }

  /** Takes a reading of the sampler. */
  readonly onView = (view: View): void => {
    this.#newest = view;
    this.happenings.take(view);
    this.drains.follow(view);
    void this.#ender.take();
    this.ramps.follow(view);
    this.foresights.follow(view);
    this.#readings.take(view);
    const { time: now } = view;
    this.#traffic = withView(this.#traffic, view);
    this.#updateNow(
      this.#state.frozen ? { now } : { now, view, traffic: this.#traffic, ...this.#host, ...this.#answers },
    );
    this.#input.goOn();
    this.#state.dialog?.tell('reading', undefined);
    this.compareWithSaved();
    const { host } = this.#host;
    // After the frame that shows this view, which matters most for the first one.
    setImmediate(() => {
      void this.#options.recentPast?.take(view, host);
      void this.#rounds?.take(view);
      this.probing?.take(view);
      void this.manager?.take(view);
      void this.#sampleHost(view.time);
    });
  };

  /** Takes what comes from the terminal. */
  readonly onInput = (event: InputEvent): void => this.#input.take(event);

  /** Called when React has mounted a dialog: it gets the keys that were typed ahead for it. */
  readonly onDialogMounted = (dialog: Dialog): void => {
    dialog.mounted();
    // Not within React's commit.
    queueMicrotask(() => this.#input.goOn());
  };

  /** Where there is a machine to look at, the doctor makes its rounds beside the sampler. */
  #openRounds(network: Network, machine: MachineSampler): DoctorRounds {
    const { director } = this;
    const { reader = director, setUps } = this.#options;
    const saved = savedStates(this.savedTable, () => this.#state.unsaved);
    return new DoctorRounds(
      {
        director,
        reader,
        network,
        machine,
        saved,
        answers: () => this.probing?.known ?? noAnswers,
        standby: () => {
          const { view } = this.manager ?? {};
          return view?.kind === 'keepalived' ? standbyAddresses(view.instances) : new Set();
        },
        changes: () => changesIn(this.#state.events),
        ...(setUps && { setUps }),
      },
      (examination) => {
        this.recentNetwork?.take(examination.network);
        this.#examination = examination;
        this.#options.recentPast?.findings(examination);
        this.happenings.examined(examination);
        if (!this.#state.frozen) this.#showExamination();
      },
    );
  }

  #askAtInterval(): void {
    if (this.probing !== undefined) this.probing.interval = probeIntervals[this.#state.probe];
  }

  history(key: RowKey, span: HistorySpan = '5m'): History | null {
    return this.#state.replay === null
      ? this.sampler.history(key, span)
      : this.lookingBack.history(key, span);
  }

  traffic(key: RowKey): Trend {
    return this.#state.replay === null ? this.sampler.traffic(key) : [];
  }

  /**
   * What is known of real servers and their checks. It is shown with a view: a frame for each answer would be too many.
   */
  get #answers(): Partial<ScreenState> {
    const { probing, manager } = this;
    return {
      ...(probing !== undefined && { answers: probing.known, probing: probing.standing }),
      ...(manager !== undefined && {
        manager: manager.view,
        checks: manager.rows.checks,
        rowNames: manager.rows.names.withOwn(this.#state.names),
      }),
    };
  }

  #showExamination(): void {
    const examination = this.#examination;
    if (examination === null || examination === (this.#now ?? this.#state).examination) return;
    const { findings } = examination;
    const alarmed = alarmedServices(findings, (this.#now ?? this.#state).view?.services ?? []);
    this.#updateNow({ examination, marks: findingMarks(findings), alarmed });
  }

  lookNow(): void {
    void this.#rounds?.lookNow();
  }

  /** The result is shown with the next view: a frame of its own would double the bytes for nothing. */
  async #sampleHost(hostTime: number): Promise<void> {
    this.#host = { host: (await this.#options.host?.sample()) ?? null, hostTime };
  }

  compareWithSaved(): void {
    if (this.#newest !== null) void this.#unsaved.take(this.#newest);
  }

  /** A change is being written, a drain followed, or a weight raised in steps: all of them end with the screen. */
  get isBusy(): boolean {
    return this.#writer.isWriting || this.#isFollowing;
  }

  /** Whether something of the table goes on for as long as the screen is there. */
  get #isFollowing(): boolean {
    const { drains, ramps } = this;
    return drains.all.length + drains.lasting.due.length + ramps.all.length > 0;
  }

  readonly quit = (): void => {
    const { quit } = this.#options;
    if (this.#writer.leaveAfterwards()) {
      this.say('hint', 'the change is being written: lvstop ends after it');
    } else if (this.#isFollowing) openLeave(this, quit);
    else quit();
  };

  setFrozen(frozen: boolean): void {
    this.update({
      frozen,
      ...(!frozen && this.#newest !== null && { view: this.#newest, traffic: this.#traffic }),
    });
    if (frozen) return;
    this.#showExamination();
    this.happenings.showAgain();
  }

  applySettings(settings: Settings): void {
    if (settings.interval !== this.sampler.interval) this.sampler.interval = settings.interval;
    this.sampler.budget = settings.budget;
    if (settings.watch !== this.#state.watch) this.happenings.watch(settings.watch);
    if (settings.mouse !== this.#state.mouse) this.#options.reportMouse(settings.mouse);
    this.update(stateOfSettings(settings));
    this.#askAtInterval();
  }

  saveSettings(): void {
    const { saveSettings } = this.#options;
    const { isSaved, text } = saveSettings?.(settingsOfState(this.#state)) ?? {
      isSaved: false,
      text: 'there is no place to keep settings',
    };
    this.update({ dialog: null, message: { kind: isSaved ? 'done' : 'refusal', text } });
  }

  openDialog(element: ReactElement, { isAboutTable = false, isAbove = false }: DialogOptions = {}): void {
    const dialog = new Dialog(element, isAbove ? this.#state.dialog : null, isAboutTable);
    this.update({ dialog, message: null });
  }

  closeDialog(): void {
    this.update({ dialog: this.#state.dialog?.behind ?? null });
  }

  openPane(pane: Pane): void {
    this.update({ pane, message: null });
  }

  closePane(): void {
    this.update({ pane: this.#state.pane?.behind ?? null, message: null });
  }

  leadTo(key: RowKey): boolean {
    if (this.#state.rows.indexOf(key) < 0) return false;
    this.update({ cursorKey: key, pane: null, message: null });
    return true;
  }

  say(kind: Message['kind'], text: string): void {
    this.update({ message: { kind, text } });
  }

  copy(text: string): ReturnType<Desk['copy']> {
    return this.#options.copy?.(text) ?? { kind: 'refused', reason: 'there is no terminal' };
  }

  async perform(...order: Parameters<Desk['perform']>): Promise<void> {
    const [preview, onDone] = order;
    if (preview.kind === 'plan' && preview.lasting !== undefined) {
      await this.performLasting(preview.lasting, preview, onDone);
      return;
    }
    if (preview.kind === 'plan' && this.#isKept) {
      try {
        const answer = inTurns(this.#askKeepalived(preview));
        // What is typed meanwhile is for the dialog that comes.
        if (answer instanceof Promise) this.#input.hold();
        const ask = answer instanceof Promise ? await answer : answer;
        ask?.(onDone);
        if (ask !== undefined) return;
      } catch (error) {
        if (!(error instanceof IpvsError)) throw error;
        this.update({ dialog: null, message: { kind: 'refusal', text: error.message } });
        return;
      } finally {
        this.#input.release();
      }
    }
    await this.#onceNamed(() => this.#writer.perform(order));
  }

  performLasting(...order: Parameters<Desk['performLasting']>): Promise<void> {
    return this.#onceNamed(() => this.#writer.performLasting(this.#lastingTools, ...order));
  }

  get #lastingTools(): Pick<LastingTools, 'findKeepalived'> & Partial<LastingTools> {
    const { findKeepalived = () => undefined, lastingTools } = this.#options;
    return { findKeepalived, ...lastingTools };
  }

  async askKeepalived(): Promise<void> {
    const { manager } = this;
    const { readOnly } = this.#state;
    if (manager === undefined || manager.view.kind === 'none') {
      this.say('hint', 'no keepalived is seen here');
      return;
    }
    if (readOnly !== null) {
      this.say('hint', `keepalived is not asked, since it would write files: ${readOnlyReasons[readOnly]}`);
      return;
    }
    this.say('hint', 'keepalived is asked for its state …');
    try {
      await manager.ask();
      this.say('hint', 'keepalived has told its state');
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      this.say('refusal', error.message);
    }
  }

  *readManaged(): Work<ManagedConfiguration | null> {
    return this.manager === undefined ? null : yield* this.manager.readingNow();
  }

  /** Whether a keepalived was seen that keeps this table. */
  get #isKept(): boolean {
    const { view } = this.manager ?? {};
    return view !== undefined && view.kind !== 'none';
  }

  /** For an edit of what keepalived owns, what asks how long it shall last; `undefined` for all else. */
  *#askKeepalived(preview: PlanPreview): Work<((onDone?: WhenDone) => void) | undefined> {
    const { intentions = [] } = preview;
    const managed = yield* this.readManaged();
    const owned = managed !== null && intentions.some((intention) => isOwned(managed, intention));
    const offer = owned ? yield* lastingOffer(this, managed, preview) : undefined;
    return offer && ((onDone) => openLasting(this, { ...offer, onDone }));
  }

  /** Performs it; on a host in production, once the operator has typed its name. */
  #onceNamed(perform: () => Promise<void>): Promise<void> {
    const { far } = this.#state;
    if (far?.production !== true) return perform();
    openHostName(this, far.name, () => void perform());
    return Promise.resolve();
  }
}
