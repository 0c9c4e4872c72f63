import { describeStep } from '../changes/describe.ts';
import { type PlanOutcome, performPlan } from '../changes/perform-plan.ts';
import type { Plan } from '../changes/plan.ts';
import type { Director } from '../director/director.ts';
import { IpvsError } from '../ipvs/error.ts';
import { formatService, realServerKey } from '../ipvs/identity.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { View } from '../sampling/view.ts';
import type { InputEvent, KeyEvent } from '../terminal/keys.ts';
import { commandOfKey } from './commands.ts';
import type { Dialog } from './dialog.ts';
import type { Preview } from './preview.ts';
import { type Message, type ScreenState, scrolled, withRows } from './screen-state.ts';
import { titleHeight } from './table-painter.ts';
import { TextField } from './text-field.ts';

/** What a controller works with. */
export interface ControllerOptions {
  readonly director: Director;
  readonly sampler: Sampler;
  readonly state: ScreenState;
  /** Leaves the program. */
  readonly quit: () => void;
  /** Stops the program as Ctrl-Z does. */
  readonly suspend: () => void;
  /** Paints everything anew. */
  readonly redraw: () => void;
}

/** Holds the screen's state, takes keys and views, and does what commands and dialogs ask for. */
export class Controller {
  readonly director: Director;
  readonly sampler: Sampler;
  readonly quit: () => void;
  readonly suspend: () => void;
  readonly redraw: () => void;
  /** The filter line while it is being typed. */
  readonly filterField = new TextField();
  #state: ScreenState;
  #tableHeight = 1;
  /** The newest view, which is not shown while frozen. */
  #newest: View | null = null;
  #performing = false;
  readonly #listeners = new Set<() => void>();

  constructor(options: ControllerOptions) {
    this.director = options.director;
    this.sampler = options.sampler;
    this.quit = options.quit;
    this.suspend = options.suspend;
    this.redraw = options.redraw;
    this.#state = options.state;
    this.filterField.set(options.state.filter);
  }

  readonly getState = (): ScreenState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Changes the state, rebuilds the rows, keeps the cursor in sight and tells who listens. */
  update(change: Partial<ScreenState>): void {
    this.replace(withRows({ ...this.#state, ...change }));
  }

  /** Replaces the state as a whole where the rows stay the same, as a cursor movement does. */
  replace(state: ScreenState): void {
    this.#state = scrolled(state, this.pageHeight);
    for (const listener of this.#listeners) listener();
  }

  /** Rows of the table that are in sight at once. */
  get pageHeight(): number {
    return Math.max(1, this.#tableHeight - titleHeight);
  }

  /** Tells how many rows the table's rectangle has; `true` when that moved the rows. */
  setTableHeight(height: number): boolean {
    if (height === this.#tableHeight) return false;
    this.#tableHeight = height;
    const before = this.#state.top;
    this.#state = scrolled(this.#state, this.pageHeight);
    return this.#state.top !== before;
  }

  /** Takes a reading of the sampler. */
  readonly onView = (view: View): void => {
    this.#newest = view;
    if (!this.#state.frozen) this.update({ view });
    this.#state.dialog?.onView?.();
  };

  /** Shows the newest view, or holds the present one. */
  setFrozen(frozen: boolean): void {
    this.update({ frozen, ...(!frozen && this.#newest !== null && { view: this.#newest }) });
  }

  readonly onInput = (event: InputEvent): void => {
    if (event.type === 'key') this.#onKey(event);
    else if (event.type === 'paste') this.#onPaste(event.text);
  };

  openDialog(dialog: Dialog): void {
    this.update({ dialog, message: null });
  }

  closeDialog(): void {
    this.update({ dialog: null });
  }

  /** Something in the dialog changed. */
  dialogChanged(): void {
    this.update({});
  }

  say(kind: Message['kind'], text: string): void {
    this.update({ message: { kind, text } });
  }

  /** Does what a preview showed, says what came of it, and reads the table again. */
  async perform(preview: Preview): Promise<void> {
    if (preview.kind !== 'plan' || this.#performing) return;
    this.#performing = true;
    try {
      const outcome = performPlan(this.director, preview.plan);
      this.update({ dialog: null, message: outcomeMessage(preview.plan, outcome) });
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      this.update({ dialog: null, message: { kind: 'refusal', text: error.message } });
    } finally {
      this.#performing = false;
    }
    await this.sampler.refresh();
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
    if (this.#state.rows.some((row) => row.key === key)) this.update({ cursorKey: key });
  }

  #onKey(key: KeyEvent): void {
    const { dialog, filtering } = this.#state;
    if (key.ctrl && key.name === 'c') {
      if (dialog === null && !filtering) this.quit();
      else this.update({ dialog: null, filtering: false });
    } else if (dialog !== null) {
      if (key.name === 'escape') this.closeDialog();
      else dialog.onKey(key);
    } else if (filtering) {
      this.#onFilterKey(key);
    } else {
      this.#onCommandKey(key);
    }
  }

  #onCommandKey(key: KeyEvent): void {
    const command = commandOfKey(key);
    if (command === undefined) {
      if (this.#state.message !== null) this.update({ message: null });
      return;
    }
    const obstacle = command.obstacle?.(this);
    if (obstacle !== undefined) {
      this.say('hint', `${command.title}: ${obstacle}`);
      return;
    }
    if (this.#state.message !== null) this.#state = { ...this.#state, message: null };
    command.run(this);
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

  #onPaste(text: string): void {
    const { dialog, filtering } = this.#state;
    if (dialog !== null) {
      dialog.onPaste?.(text);
    } else if (filtering) {
      this.filterField.insert(text);
      this.update({ filter: this.filterField.text });
    }
  }
}

function outcomeMessage({ steps }: Plan, outcome: PlanOutcome): Message {
  if (outcome.kind === 'partly done') return { kind: 'refusal', text: outcome.error.message };
  if (outcome.deviations.length > 0) return { kind: 'refusal', text: outcome.deviations.join(' ') };
  const [first] = steps;
  const more = steps.length > 1 ? `, and ${steps.length - 1} more` : '';
  return { kind: 'done', text: `${first === undefined ? 'nothing to do' : describeStep(first)}${more}` };
}
