import type { DroppedDrain } from '../changes/drain/judge-drains.ts';
import { findUnfinished } from '../changes/undo/unfinished.ts';
import type { ChangeWatch } from '../director/change-watch.ts';
import type { FarHost } from '../fleet/far-host.ts';
import type { HeldTable, TablesOfMachine } from '../fleet/held-tables.ts';
import { farCodes } from '../fleet/hosts/far-codes.ts';
import type { Settings } from '../formats/settings/settings.ts';
import { createSampler } from '../sampling/sampler.ts';
import type { EnteredNamespace } from '../system/network-namespace.ts';
import { allAtOnce, inTurns, type Work } from '../system/turns.ts';
import { bell, notification } from '../terminal/alerts.ts';
import { BackgroundQuestion } from '../terminal/background-question.ts';
import { clipboardOutlook, clipboardSequence } from '../terminal/clipboard.ts';
import { KeyDecoder } from '../terminal/keys.ts';
import { TerminalSession } from '../terminal/session.ts';
import { Controller, type ControllerOptions } from './controller.ts';
import { openFoundDrains } from './dialogs/found-drains-dialog.tsx';
import { openNamespaces } from './dialogs/namespaces-dialog.tsx';
import { openUnfinished } from './dialogs/unfinished-dialog.tsx';
import { notWhileBusy, obstacleTo } from './leave-obstacle.ts';
import { startScreenApp } from './screen-app.ts';
import { type Look, stateOfSettings } from './state/screen-settings.ts';
import { initialState, type ReadOnlyReason } from './state/screen-state.ts';

/** How the screen is opened. */
export interface StartOptions
  extends Pick<
      ControllerOptions,
      | 'setUps'
      | 'findKeepalived'
      | 'ldirectord'
      | 'foresightRecord'
      | 'host'
      | 'network'
      | 'machine'
      | 'performUnasked'
      | 'simulatedTime'
      | 'recentPast'
    >,
    Required<
      Pick<
        ControllerOptions,
        'director' | 'reader' | 'saveSettings' | 'journalling' | 'savedTable' | 'drains' | 'recording'
      >
    > {
  /** Watches who changes the table; `undefined` where nobody can. */
  readonly watch: ChangeWatch | undefined;
  /** The settings to begin with. */
  readonly settings: Settings;
  /** How to draw where the settings say `auto`. */
  readonly automaticLook: Look;
  /** Drains of an earlier run that are not continued. */
  readonly droppedDrains: readonly DroppedDrain[];
  /** What to say at first, of a broken configuration for one; `null` for nothing. */
  readonly notice: string | null;
  /** Why nothing can be edited; `null` where it can. */
  readonly readOnly: ReadOnlyReason | null;
  /** The network namespace that was entered for this table; `null` for the one in which lvstop was started. */
  readonly namespace: EnteredNamespace | null;
  /** How the caller of `--host` sees this machine; `null` where lvstop runs without `--host`. */
  readonly far: FarHost | null;
  /** Looks for tables of other network namespaces. */
  readonly findTables: () => Work<TablesOfMachine>;
  /**
   * Starts this process over for the table of another network namespace; comes back only where it cannot, with the
   * reason.
   */
  readonly startInNamespace: (word: string) => string;
  /** Filter to begin with; empty for none. */
  readonly filter: string;
  /** What to say of a crash, with its line end. */
  readonly describeCrash: (error: unknown) => string;
}

/**
 * Opens the screen on this process's terminal. The process ends with it: with code 0 when the operator
 * quits, 128 and the signal's number after a signal.
 * Throws when standard input or output is no terminal; nothing has been changed then.
 */
export function startScreen(options: StartOptions): void {
  const { director, reader } = options;
  const sampler = createSampler({ director: reader, ...options.settings });
  const background = new BackgroundQuestion({ write: (text) => process.stdout.write(text) });
  const decoder = new KeyDecoder({
    onEvent(event) {
      if (event.type !== 'background') controller.onInput(event);
      else if (background.answer(event.color)) app.setBackground(event.color);
    },
  });
  /** The table whose screen comes after this one; `null` for none. */
  let next: HeldTable | null = null;
  const session = new TerminalSession({
    input: process.stdin,
    output: process.stdout,
    onInput: (bytes) => decoder.push(bytes),
    describeCrash: options.describeCrash,
    mouse: options.settings.mouse,
    onSuspend: () => app?.screen.suspend(),
    onResume: () => {
      // The size may have changed while the terminal was the shell's, and only the shell was told.
      process.emit('SIGWINCH', 'SIGWINCH');
      app?.screen.resume();
    },
    settled: async () => {
      await Promise.all([app?.screen.settled(), background.settled()]);
    },
    onEnd: ({ reason }) => {
      sampler.stop();
      watch?.stop();
      director.close();
      if (reader !== director) reader.close();
      options.network?.close();
      controller.lookingBack.close();
      options.simulatedTime?.close();
      if (next !== null && reason === 'quit')
        process.stderr.write(`lvstop: ${options.startInNamespace(next.word)}\n`);
    },
  });
  const { watch, ...others } = options;
  const controller: Controller = new Controller({
    ...others,
    ...(watch !== undefined && { watch }),
    sampler,
    state: initialState(stateOfSettings(options.settings), options),
    elsewhere: {
      find: async () => inTurns(options.findTables()),
      go(table) {
        const obstacle = obstacleTo(table, controller);
        if (obstacle !== null) return obstacle;
        next = table;
        void session.quit();
        return null;
      },
    },
    quit: () => void session.quit(),
    suspend: () => suspend(options, controller, session),
    redraw: () => app?.screen.redraw(),
    reportMouse: (on) => session.setMouse(on),
    copy(text) {
      const sequence = clipboardSequence(text);
      if (sequence === null) return null;
      const outlook = clipboardOutlook(process.env);
      if (outlook.kind !== 'refused') app?.screen.send(sequence);
      return outlook;
    },
    alert: (kind, text) => app?.screen.send(kind === 'bell' ? bell : notification(text, process.env)),
  });
  session.enter();
  if (reader.access === 'full') {
    // At once, while nothing is shown yet, so that these dialogs come before whatever is typed.
    const unfinished = allAtOnce(findUnfinished(director, options.journalling.journal));
    const isToBeTold = options.droppedDrains.length > 0 || options.drains.all.some(({ isHeld }) => isHeld);
    const { message } = controller.getState();
    if (isToBeTold) openFoundDrains(controller, options.droppedDrains);
    if (unfinished.length > 0) openUnfinished(controller, unfinished);
    controller.update({ message });
  }
  const app = startScreenApp({
    controller,
    output: process.stdout,
    automaticLook: options.automaticLook,
    askBackground: () => background.ask(() => app.setBackground('untold')),
    onLost: () => session.lose(),
  });
  if (!options.recording.canGoLive) {
    controller.lookingBack.begin();
    return;
  }
  let isFirst = true;
  sampler.start((view) => {
    controller.onView(view);
    // An operator who sees nothing may be in the wrong network namespace.
    if (isFirst && view.services.length === 0) void openNamespaces(controller, false);
    isFirst = false;
  });
}

/** Over SSH there is no shell to go back to on this machine: the caller stops itself, and opens the screen again. */
function suspend({ far }: StartOptions, controller: Controller, session: TerminalSession): void {
  if (far === null) void session.suspend();
  else if (controller.isBusy) controller.say('refusal', notWhileBusy);
  else void session.quit(farCodes.suspended);
}
