/** The desk without a screen: commands and panes at work on it, what they open and say, over the simulated director. */
import type { Director, PublicDirector } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { defaultSettings, type Settings } from '../../src/formats/settings/settings.ts';
import { createSampler, type Sampler } from '../../src/sampling/sampler.ts';
import type { View } from '../../src/sampling/view.ts';
import { Controller, type ControllerOptions } from '../../src/ui/controller.ts';
import { stateOfSettings } from '../../src/ui/state/screen-settings.ts';
import { initialState, type ScreenState } from '../../src/ui/state/screen-state.ts';
import { key } from './keys.ts';

/** What there is at the desk. */
export interface DeskDraft
  extends Pick<
    ControllerOptions,
    | 'journalling'
    | 'drains'
    | 'savedTable'
    | 'network'
    | 'machine'
    | 'saveSettings'
    | 'findKeepalived'
    | 'lastingTools'
    | 'keepalivedTools'
    | 'elsewhere'
    | 'watch'
    | 'recording'
    | 'simulatedTime'
    | 'waitingClock'
    | 'recentPast'
  > {
  /** What is shown; what the director says when not given. */
  readonly view?: View;
  /** Whose clock stands still; the demo's when not given. */
  readonly director?: Director;
  /** What is read where the right is missing; the director when not given. */
  readonly reader?: PublicDirector;
  readonly readOnly?: boolean;
  readonly settings?: Partial<Settings>;
  readonly state?: Partial<ScreenState>;
}

/** A desk that is worked at. */
export interface OpenDesk {
  readonly controller: Controller;
  readonly director: Director;
  readonly sampler: Sampler;
  /** What was asked of the program: `quit`, `suspend`, `redraw`, `mouse on`. */
  readonly requests: string[];
  /** What keys began, and a screen has to wait for. */
  readonly work: WorkUnderWay;
  /** Presses keys one after the other. */
  press(...names: readonly string[]): void;
  /** Name of the dialog that is open; `null` for none. */
  readonly dialog: string | null;
  /** Name of the pane that is open, likewise. */
  readonly pane: string | null;
  /** What was said last. */
  readonly said: string | null;
  /** Lets the sampler read again. */
  read(): Promise<void>;
}

/** Sits down at a desk before the first reading. */
export function startDesk(draft: DeskDraft = {}): OpenDesk {
  const { readOnly = false, view, director: given, reader, settings: chosen, state, ...places } = draft;
  const director = given ?? createSimulatedDirector({ now: () => 0, seed: 1 });
  const settings = { ...defaultSettings, ...chosen };
  const work = new WorkUnderWay();
  const { interval } = settings;
  const sampler = shownSampler(
    createSampler({ director: reader ?? director, interval, budget: 100 }),
    view,
    work,
  );
  const requests: string[] = [];
  const controller = new Controller({
    director,
    ...(reader !== undefined && { reader }),
    sampler,
    state: {
      ...initialState(stateOfSettings(settings), {
        readOnly: reader === undefined ? (readOnly ? 'option' : null) : 'right',
      }),
      ...state,
    },
    quit: () => requests.push('quit'),
    suspend: () => requests.push('suspend'),
    redraw: () => requests.push('redraw'),
    copy(text) {
      requests.push(`copy ${text}`);
      return { kind: 'known' };
    },
    reportMouse: (on) => requests.push(`mouse ${on ? 'on' : 'off'}`),
    // Readings come when a test has them come, and a busy machine takes its time.
    waitingClock: { now: () => 0, after: () => () => undefined },
    ...places,
  });
  const perform = controller.perform.bind(controller);
  controller.perform = (...order) => work.follow(perform(...order));
  sampler.start(controller.onView);
  return {
    controller,
    director,
    sampler,
    requests,
    work,
    press(...names) {
      for (const name of names) controller.onInput(key(name));
    },
    get dialog() {
      const type = controller.getState().dialog?.element.type;
      return type instanceof Function ? type.name : null;
    },
    get pane() {
      return controller.getState().pane?.constructor.name ?? null;
    },
    get said() {
      return controller.getState().message?.text ?? null;
    },
    async read() {
      await sampler.refresh();
    },
  };
}

/** Sits down at a desk with a first reading. Dialogs count as mounted there, and take no keys but those that leave them. */
export async function openDesk(draft: DeskDraft = {}): Promise<OpenDesk> {
  const desk = startDesk(draft);
  const { controller } = desk;
  controller.subscribe(() => controller.getState().dialog?.mounted());
  await desk.read();
  return desk;
}

/** Edits and readings that keys began: on a busy machine they take more turns than a frame does. */
class WorkUnderWay {
  readonly #begun = new Set<Promise<unknown>>();

  get isGoingOn(): boolean {
    return this.#begun.size > 0;
  }

  follow<Result>(work: Promise<Result>): Promise<Result> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#begun.add(settled);
    void settled.then(() => this.#begun.delete(settled));
    return work;
  }

  async done(): Promise<void> {
    while (this.#begun.size > 0) await Promise.all(this.#begun);
  }
}

/** Gives one reading when it is asked, and none by itself. */
function shownSampler(real: Sampler, fixed: View | undefined, work: WorkUnderWay): Sampler {
  let onView: ((view: View) => void) | undefined;
  return {
    interval: real.interval,
    budget: real.budget,
    get need() {
      return real.need;
    },
    set need(need) {
      real.need = need;
    },
    start(given) {
      onView = given;
    },
    stop() {
      onView = undefined;
    },
    async refresh(services) {
      const view = fixed ?? (await work.follow(real.refresh(services)));
      onView?.(view);
      return view;
    },
    history: (name, span) => real.history(name, span),
    traffic: (key) => real.traffic(key),
  };
}
