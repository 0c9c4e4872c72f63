import type { Drain, DrainOrder, DrainReading } from '../changes/drain/drain.ts';
import { persistentStillCome } from '../changes/drain/drain-obstacles.ts';
import { Drains, drainKey } from '../changes/drain/drains.ts';
import { type Journal, JournalError } from '../changes/journal/journal.ts';
import { createMemoryJournal } from '../changes/journal/memory-journal.ts';
import { type Journalling, performJournalled } from '../changes/journal/perform-journalled.ts';
import type { Plan } from '../changes/plan/plan.ts';
import { savedTableInMemory } from '../changes/saved/saved-table-in-memory.ts';
import type { SavedTablePlace } from '../changes/saved/saved-table-place.ts';
import { UnsavedWatch } from '../changes/saved/unsaved-watch.ts';
import { describeStep, describeSteps, stepService } from '../changes/steps/step-kinds.ts';
import { type PlanOutcome, performPlan } from '../changes/write/perform-plan.ts';
import type { Director, ReadableDirector } from '../director/director.ts';
import { RecentNetwork } from '../doctor/recent-network.ts';
import { DoctorRounds, type Examination } from '../doctor/rounds.ts';
import { savedStates } from '../doctor/saved-state.ts';
import type { SaveOutcome, Settings } from '../formats/settings.ts';
import type { Network } from '../forwarding/network.ts';
import type { HostSampler, HostView } from '../host/host-view.ts';
import type { MachineSampler } from '../host/machine.ts';
import { IpvsError } from '../ipvs/error.ts';
import { formatService, realServerKey } from '../ipvs/identity.ts';
import type { History } from '../sampling/history.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { View } from '../sampling/view.ts';
import { inTurns } from '../system/turns.ts';
import type { InputEvent, KeyEvent, MouseEvent } from '../terminal/keys.ts';
import { CommandLine } from './command-line.ts';
import { commandOfKey, runCommand } from './commands.ts';
import { LeaveDialog } from './dialogs/leave-dialog.tsx';
import { UnrecordedDialog } from './dialogs/unrecorded-dialog.tsx';
import { remembering } from './kit/remembering.ts';
import { TextField } from './kit/text-field.ts';
import { alarmedServices } from './state/alarmed-services.ts';
import { rowCommands, worksInPane } from './state/command.ts';
import type { Desk } from './state/desk.ts';
import type { Dialog } from './state/dialog.ts';
import { isSameNeed, neededServices } from './state/needed-services.ts';
import type { Pane } from './state/pane.ts';
import type { Preview } from './state/preview.ts';
import { settingsOfState, stateOfSettings } from './state/screen-settings.ts';
import {
  changed,
  type Message,
  moveCursor,
  type ScreenState,
  scrolled,
  toggled,
} from './state/screen-state.ts';
import type { TypedLine } from './state/typed-line.ts';
import { findingMarks } from './table/finding-marks.ts';
import { titleHeight } from './table/table-painter.ts';

/** What a controller works with. */
export interface ControllerOptions {
  readonly director: Director;
  /** Who is asked where the right to the director is missing; the director when not given. */
  readonly reader?: ReadableDirector;
  readonly sampler: Sampler;
  readonly state: ScreenState;
  /** The machine that forwards; none in tests. */
  readonly host?: HostSampler;
  /** Its network; none in tests. */
  readonly network?: Network;
  /** What checks ask of it beyond that; none in tests. */
  readonly machine?: MachineSampler;
  /** Leaves the program. */
  readonly quit: () => void;
  /** Stops the program as Ctrl-Z does. */
  readonly suspend: () => void;
  /** Paints everything anew. */
  readonly redraw: () => void;
  /** Switches the terminal's reporting of the mouse. */
  readonly reportMouse: (on: boolean) => void;
  /** Drains under way, those that were kept among them; none, and none kept, where it is left out. */
  readonly drains?: Drains;
  /** Where changes are recorded; in memory where it is left out. */
  readonly journalling?: Omit<Journalling, 'undoes'>;
  /** Where the table is saved for the next boot; in memory where it is left out. */
  readonly savedTable?: SavedTablePlace;
  /** Keeps settings for the next start; where it is left out there is no place for them. */
  readonly saveSettings?: (settings: Settings) => SaveOutcome;
}

/** Rows that a turn of the mouse wheel moves the cursor by. */
const wheelRows = 3;

/** Holds the screen's state, takes keys and views, and does what commands and dialogs ask for. */
export class Controller implements Desk {
  readonly director: Director;
  readonly reader: ReadableDirector;
  readonly sampler: Sampler;
  readonly drains: Drains;
  readonly savedTable: SavedTablePlace;
  readonly #journalling: Omit<Journalling, 'undoes'>;
  readonly #unsaved: UnsavedWatch;
  readonly #rounds: DoctorRounds | undefined;
  /** The newest, which is not shown while frozen. */
  #examination: Examination | null = null;
  /** The network as it was seen last; none where there is no machine to look at. */
  readonly recentNetwork: RecentNetwork | undefined;
  readonly #quit: () => void;
  readonly suspend: () => void;
  readonly redraw: () => void;
  readonly #reportMouse: (on: boolean) => void;
  readonly #saveSettings: (settings: Settings) => SaveOutcome;
  /** The filter line while it is being typed. */
  readonly filterField = new TextField();
  readonly #host: HostSampler | undefined;
  readonly network: Network | undefined;
  readonly machine: MachineSampler | undefined;
  #hostView: HostView | null = null;
  #state: ScreenState;
  #table = { y: 0, height: 1, width: 80 };
  /** The newest view, which is not shown while frozen. */
  #newest: View | null = null;
  /** Each frame asks, whether or not anything has changed. */
  readonly #neededServices = remembering(neededServices);
  #performing = false;
  /** What was typed before the first reading. */
  readonly #early: InputEvent[] = [];
  /** Leaves when the change that is being written is. */
  #leavesAfterwards = false;
  readonly #listeners = new Set<() => void>();

  constructor(options: ControllerOptions) {
    this.director = options.director;
    this.sampler = options.sampler;
    this.#quit = options.quit;
    this.drains = options.drains ?? new Drains({ director: options.director });
    this.savedTable = options.savedTable ?? savedTableInMemory(null);
    this.#unsaved = new UnsavedWatch(this.savedTable, (unsaved) => this.update({ unsaved }));
    this.#journalling = options.journalling ?? {
      journal: createMemoryJournal(),
      origin: { user: 'unknown', behind: null, from: null, by: 'screen' },
    };
    this.suspend = options.suspend;
    this.redraw = options.redraw;
    this.#reportMouse = options.reportMouse;
    this.#saveSettings =
      options.saveSettings ?? (() => ({ isSaved: false, text: 'there is no place to keep settings' }));
    this.#host = options.host;
    this.network = options.network;
    this.machine = options.machine;
    this.reader = options.reader ?? options.director;
    this.#rounds = this.#openRounds();
    this.recentNetwork =
      options.network &&
      options.machine &&
      new RecentNetwork(options.network, options.machine, () => this.#state.dialog?.onView?.());
    this.#state = options.state;
    this.filterField.set(options.state.filter);
  }

  /** The record of all changes. */
  get journal(): Journal {
    return this.#journalling.journal;
  }

  readonly getState = (): ScreenState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Changes the state, rebuilds the rows where that concerns them, keeps the cursor in sight and tells who listens. */
  update(change: Partial<ScreenState>): void {
    this.replace(changed(this.#state, change));
  }

  /** Replaces the state as a whole where the rows stay the same, as a cursor movement does. */
  replace(state: ScreenState): void {
    this.#state = scrolled(state, this.pageHeight);
    this.#tellNeed();
    for (const listener of this.#listeners) listener();
  }

  /** Rows of the table that are in sight at once. */
  get pageHeight(): number {
    return Math.max(1, this.#table.height - titleHeight);
  }

  /** Cells that the table is wide. */
  get tableWidth(): number {
    return this.#table.width;
  }

  /** Tells where the table's rectangle is; scrolls when that leaves the cursor out of sight. */
  setTableArea(area: { readonly y: number; readonly height: number; readonly width?: number }): void {
    this.#table = { ...this.#table, ...area };
    this.#state = scrolled(this.#state, this.pageHeight);
    this.#tellNeed();
  }

  /** Has the sampler read what is in view now; while frozen nothing of it would be shown. */
  #tellNeed(): void {
    if (this.#state.view === null || this.#state.frozen) return;
    const need = this.#neededServices(this.#state, this.pageHeight);
    if (!isSameNeed(need, this.sampler.need)) this.sampler.need = need;
  }

  /** Takes a reading of the sampler. */
  readonly onView = (view: View): void => {
    this.#newest = view;
    this.#followDrains(view);
    if (!this.#state.frozen) this.update({ view, host: this.#hostView });
    for (const event of this.#early.splice(0)) this.onInput(event);
    this.#state.dialog?.onView?.();
    this.compareWithSaved();
    // Behind the frame that shows this view, the first of all above all.
    setImmediate(() => {
      void this.#rounds?.take(view);
      void this.#sampleHost();
    });
  };

  /** Where there is a machine to look at, the doctor makes its rounds beside the sampler. */
  #openRounds(): DoctorRounds | undefined {
    const { director, reader, network, machine } = this;
    if (network === undefined || machine === undefined) return undefined;
    const saved = savedStates(this.savedTable, () => this.#state.unsaved);
    return new DoctorRounds({ director, reader, network, machine, saved }, (examination) => {
      this.recentNetwork?.take(examination.network);
      this.#examination = examination;
      if (!this.#state.frozen) this.#showExamination();
    });
  }

  #showExamination(): void {
    const examination = this.#examination;
    if (examination === null || examination === this.#state.examination) return;
    const { findings } = examination;
    const alarmed = alarmedServices(findings, this.#state.view?.services ?? []);
    this.update({ examination, marks: findingMarks(findings), alarmed });
  }

  lookNow(): void {
    void this.#rounds?.lookNow();
  }

  /** Counts anew what of the table is not saved, after it was saved for one. */
  compareWithSaved(): void {
    if (this.#newest !== null) void this.#unsaved.take(this.#newest);
  }

  /** Leaves the program: after a change that is being written, unless it is asked twice. Asks first while drains run. */
  readonly quit = (): void => {
    if (this.#performing && !this.#leavesAfterwards) {
      this.#leavesAfterwards = true;
      this.say('hint', 'the change is being written: lvstop ends after it');
      return;
    }
    if (this.drains.all.length === 0) this.#quit();
    else this.openDialog(new LeaveDialog(this, this.#quit));
  };

  /** Watches real servers whose weight was just set to 0. */
  beginDrains(orders: readonly DrainOrder[]): void {
    const problem = this.drains.begin(orders);
    this.update({
      drains: this.drains.all,
      ...(problem !== undefined && { message: { kind: 'refusal', text: problem } }),
    });
  }

  /** Watches real servers no more. */
  forgetDrains(keys: readonly string[]): void {
    this.drains.forget(...keys);
    this.update({ drains: this.drains.all });
  }

  /** Lets drains of a former run end as they were ordered to. */
  releaseDrains(keys: readonly string[]): void {
    this.drains.release(keys);
    this.update({ drains: this.drains.all });
  }

  /** Takes the connection numbers of a view, whether it is shown or not, and says which drains have ended. */
  #followDrains({ director, time, services }: View): void {
    if (this.drains.all.length === 0 || director.state.kind === 'lost') return;
    const ends = this.drains.take(time, (drain) => this.#readingOf(drain, services, time));
    const failed = ends.some(({ kind }) => kind === 'failed');
    this.update({
      drains: this.drains.all,
      ...(ends.length > 0 && {
        message: { kind: failed ? 'refusal' : 'done', text: ends.map(({ text }) => text).join('; ') },
      }),
    });
  }

  #readingOf({ order }: Drain, services: View['services'], time: number): DrainReading | null {
    const service = services.find(({ key }) => key === formatService(order.service));
    const row = service?.realServers.find(({ key }) => key === drainKey(order));
    if (service === undefined || row === undefined) return null;
    const { persistent, ...connections } = row.connections;
    return {
      time: service.realServersTime ?? time,
      weight: row.realServer.weight,
      numbers: { ...connections, persistent: persistent ?? 0 },
      connections: row.counters?.connections ?? 0,
      persistentStillCome: persistentStillCome({
        service: service.service,
        persistentMoveOn: this.director.setting('expire_quiescent_template') === '1',
        udpTimeout: 0,
      }),
    };
  }

  /** Shows the newest view, or holds the present one. */
  setFrozen(frozen: boolean): void {
    this.update({ frozen, ...(!frozen && this.#newest !== null && { view: this.#newest }) });
    if (!frozen) this.#showExamination();
  }

  readonly onInput = (event: InputEvent): void => {
    const { view, dialog } = this.#state;
    if (view === null && dialog === null && !isInterrupt(event)) {
      // Typed ahead: what it is meant for is not there yet.
      this.#early.push(event);
      return;
    }
    if (event.type === 'key') this.#onKey(event);
    else if (event.type === 'paste') this.#onPaste(event.text);
    else this.#onMouse(event);
  };

  /** Puts settings into force, for now. */
  applySettings(settings: Settings): void {
    if (settings.interval !== this.sampler.interval) this.sampler.interval = settings.interval;
    this.sampler.budget = settings.budget;
    if (settings.mouse !== this.#state.mouse) this.#reportMouse(settings.mouse);
    this.update(stateOfSettings(settings));
  }

  /** Keeps the settings in force for the next start, and says what came of it. */
  saveSettings(): void {
    const { isSaved, text } = this.#saveSettings(settingsOfState(this.#state));
    this.update({ dialog: null, message: { kind: isSaved ? 'done' : 'refusal', text } });
  }

  openCommandLine(): void {
    this.update({ commandLine: new CommandLine(this), message: null });
  }

  history(key: string): History | null {
    return this.sampler.history(key);
  }

  setFilter(text: string): void {
    this.filterField.set(text);
    this.update({ filter: text });
  }

  setMouse(mouse: boolean): void {
    this.#reportMouse(mouse);
    this.update({
      mouse,
      message: { kind: 'hint', text: mouse ? 'mouse on: hold Shift to select text' : 'mouse off' },
    });
  }

  /** The result is shown with the next view: a frame of its own would double the bytes for nothing. */
  async #sampleHost(): Promise<void> {
    this.#hostView = (await this.#host?.sample()) ?? null;
  }

  openDialog(dialog: Dialog): void {
    this.update({ dialog, message: null });
  }

  closeDialog(): void {
    this.update({ dialog: null });
  }

  openPane(pane: Pane): void {
    this.update({ pane, message: null });
  }

  /** Leads back to the table. */
  closePane(): void {
    this.update({ pane: this.#state.pane?.behind ?? null, message: null });
  }

  /** Leads to a row of the table, whatever stands in its place; `false` when the row is not there. */
  leadTo(key: string): boolean {
    if (!this.#goTo(key)) return false;
    this.update({ pane: null, message: null });
    return true;
  }

  /** Something in the dialog changed. */
  dialogChanged(): void {
    this.update({});
  }

  say(kind: Message['kind'], text: string): void {
    this.update({ message: { kind, text } });
  }

  /**
   * Does what a preview showed, says what came of it, and reads the table again. `onDone` is called when all of it
   * was done. When it cannot be recorded nothing is done, and the operator is asked whether it shall be without.
   */
  async perform(
    preview: Preview,
    onDone?: () => void,
    recorded: 'recorded' | 'without a record' = 'recorded',
  ): Promise<void> {
    if (preview.kind !== 'plan') return;
    if (this.#performing) {
      this.say('hint', 'the change before is still being written');
      return;
    }
    this.#performing = true;
    let own: Partial<ScreenState> = { dialog: null };
    let isWell = false;
    try {
      const { plan, undoes } = preview;
      const journalling = { ...this.#journalling, ...(undoes !== undefined && { undoes }) };
      const work = inTurns(
        recorded === 'recorded'
          ? performJournalled(this.director, plan, journalling)
          : performPlan(this.director, plan),
      );
      const hint = { kind: 'hint', text: `writing ${describeSteps(plan.steps)} …` } as const;
      if (work instanceof Promise) {
        this.update({ dialog: null, message: hint });
        // A dialog that is opened meanwhile is another one's.
        own = {};
      }
      const outcome = work instanceof Promise ? await work : work;
      this.update({ ...own, message: outcomeMessage(plan, outcome) });
      if (outcome.kind === 'done') onDone?.();
      isWell = outcome.kind === 'done' && outcome.deviations.length === 0;
    } catch (error) {
      if (error instanceof JournalError) {
        this.openDialog(new UnrecordedDialog(this, error, preview, onDone));
        return;
      }
      if (!(error instanceof IpvsError)) throw error;
      this.update({ ...own, message: { kind: 'refusal', text: error.message } });
    } finally {
      this.#performing = false;
      const leaves = this.#leavesAfterwards && isWell;
      this.#leavesAfterwards = false;
      if (leaves) this.quit();
    }
    this.#rounds?.hurry();
    await this.sampler.refresh(servicesOf(preview.plan));
    this.#goToAdded(preview.plan);
  }

  /** Brings the cursor to what was just added, which is what the next key is most likely meant for. */
  #goToAdded({ steps }: Plan): void {
    const step = steps[0];
    if (step?.kind !== 'add service' && step?.kind !== 'add real server') return;
    const key =
      step.kind === 'add service'
        ? formatService(step.after.identity)
        : realServerKey(step.service, step.after.identity);
    if (this.#state.rows.indexOf(key) >= 0) this.update({ cursorKey: key });
  }

  #onKey(key: KeyEvent): void {
    const { pane, dialog, filtering, commandLine } = this.#state;
    if (key.ctrl && key.name === 'c') {
      if (dialog === null && !filtering && commandLine === null) {
        if (pane === null) this.quit();
        else this.closePane();
      } else {
        dialog?.onCancel?.();
        this.update({ dialog: null, filtering: false, commandLine: null });
      }
    } else if (dialog !== null) {
      if (key.name === 'escape') {
        dialog.onCancel?.();
        this.update({ dialog: dialog.behind ?? null });
      } else dialog.onKey(key);
    } else if (commandLine !== null) {
      this.#onCommandLineKey(commandLine, key);
    } else if (filtering) {
      this.#onFilterKey(key);
    } else if (pane !== null) {
      this.#onPaneKey(pane, key);
    } else {
      this.#onCommandKey(key);
    }
  }

  #onPaneKey(pane: Pane, key: KeyEvent): void {
    if (key.name === 'escape') {
      this.closePane();
      return;
    }
    if (pane.onKey(key)) return;
    const command = commandOfKey(key);
    if (command === undefined) {
      if (this.#state.message !== null) this.update({ message: null });
    } else if (!worksInPane(command, pane)) {
      this.say('hint', `${command.title}: belongs to the table, which is behind Esc`);
    } else if ((command.group === 'Edits' || rowCommands.has(command.id)) && !this.#goTo(pane.rowKey)) {
      this.say('hint', `${command.title}: this row is gone, or left out by the filter`);
    } else {
      runCommand(this, command);
    }
  }

  /** Brings the cursor to a row; `false` when it is not in the table. */
  #goTo(key: string | null): boolean {
    if (key === null || this.#state.rows.indexOf(key) < 0) return false;
    if (this.#state.cursorKey !== key) this.replace({ ...this.#state, cursorKey: key });
    return true;
  }

  #onCommandKey(key: KeyEvent): void {
    const command = commandOfKey(key);
    if (command === undefined) {
      if (this.#state.message !== null) this.update({ message: null });
      return;
    }
    runCommand(this, command);
  }

  #onFilterKey(key: KeyEvent): void {
    if (key.name === 'escape') {
      this.filterField.set('');
      this.update({ filtering: false, filter: '' });
    } else if (key.name === 'enter') {
      this.update({ filtering: false });
    } else if (this.filterField.onKey(key)) {
      this.update({ filter: this.filterField.text });
    }
  }

  #onCommandLineKey(line: TypedLine, key: KeyEvent): void {
    if (key.name === 'escape') {
      this.update({ commandLine: null });
      return;
    }
    // What the command shows belongs to a screen without the line.
    if (key.name === 'enter') this.#state = { ...this.#state, commandLine: null };
    line.onKey(key);
    this.update({});
  }

  #onMouse({ action, button, y }: MouseEvent): void {
    const { pane, dialog, rows, top, cursorKey } = this.#state;
    if (dialog !== null) return;
    if (pane !== null) {
      if (action === 'scroll-up') pane.scroll(-wheelRows);
      else if (action === 'scroll-down') pane.scroll(wheelRows);
      return;
    }
    if (action === 'scroll-up') this.replace(moveCursor(this.#state, -wheelRows));
    else if (action === 'scroll-down') this.replace(moveCursor(this.#state, wheelRows));
    else if (action === 'press' && button === 'left') {
      const row = rows.at(top + y - this.#table.y - titleHeight);
      if (row === undefined || y < this.#table.y + titleHeight || y >= this.#table.y + this.#table.height)
        return;
      // A second click on a service opens or closes it.
      if (row.key !== cursorKey) this.update({ cursorKey: row.key });
      else if (row.kind === 'service') this.update({ closed: toggled(this.#state.closed, row.key) });
    }
  }

  #onPaste(text: string): void {
    const { dialog, filtering, commandLine } = this.#state;
    if (dialog !== null) {
      dialog.onPaste?.(text);
    } else if (commandLine !== null) {
      commandLine.field.insert(text.trim());
      this.update({});
    } else if (filtering) {
      // What is copied as a line brings its end along.
      this.filterField.insert(text.trim());
      this.update({ filter: this.filterField.text });
    }
  }
}

/** Whether it is the key that always leaves. */
function isInterrupt(event: InputEvent): boolean {
  return event.type === 'key' && event.ctrl && event.name === 'c';
}

/** Keys of the services that a plan writes. */
function servicesOf({ steps }: Plan): ReadonlySet<string> {
  const services = new Set<string>();
  for (const step of steps) {
    const service = stepService(step);
    if (service !== null) services.add(formatService(service));
  }
  return services;
}

function outcomeMessage({ steps }: Plan, outcome: PlanOutcome): Message {
  if (outcome.kind === 'partly done') return { kind: 'refusal', text: outcome.error.message };
  if (outcome.deviations.length > 0) return { kind: 'refusal', text: outcome.deviations.join(' ') };
  const [first] = steps;
  const more = steps.length > 1 ? `, and ${steps.length - 1} more` : '';
  return { kind: 'done', text: `${first === undefined ? 'nothing to do' : describeStep(first)}${more}` };
}
