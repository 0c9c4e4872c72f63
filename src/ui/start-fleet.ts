import type { FleetDirector, FleetSource } from '../fleet/directors/fleet-director.ts';
import type { Settings } from '../formats/settings/settings.ts';
import { BackgroundQuestion } from '../terminal/background-question.ts';
import { KeyDecoder } from '../terminal/keys.ts';
import { TerminalSession } from '../terminal/session.ts';
import { FleetController } from './fleet/fleet-controller.ts';
import { openFleetScreen } from './fleet/fleet-screen.ts';
import { type AutomaticLook, type Look, lookOf, themeOf } from './state/screen-settings.ts';

/** How the screen of several directors is opened. */
export interface StartFleetOptions {
  readonly source: FleetSource;
  readonly settings: Settings;
  /** How to draw where the settings say `auto`. */
  readonly automaticLook: Look;
  /** Filter to begin with; empty for none. */
  readonly filter: string;
  /** Id of the column to sort by at first; `null` for the names. */
  readonly sortColumn: string | null;
  /**
   * Opens the live screen of a director on the terminal, which is handed over to it as to a shell. Resolves when that
   * screen has ended, with a message to show or `null`. Left out where no director can be reached.
   */
  readonly openDirector?: (director: FleetDirector) => Promise<string | null>;
  /** What to say of a crash, with its line end. */
  readonly describeCrash: (error: unknown) => string;
}

/** Milliseconds between two looks at the source's news: with many directors, something is new at any moment. */
const newsGap = 250;

/** Milliseconds between two looks in any case, so that ages go on where nothing new comes. */
const ageGap = 1000;

/**
 * Opens the screen of several directors on this process's terminal. The process ends with it: with code 0 when the
 * operator quits, 128 and the signal's number after a signal. Throws when standard input or output is no terminal.
 */
export function startFleet(options: StartFleetOptions): void {
  const { source, settings } = options;
  const background = new BackgroundQuestion({ write: (text) => process.stdout.write(text) });
  let automatic: AutomaticLook = options.automaticLook;
  const look = lookOf(settings, automatic);
  const decoder = new KeyDecoder({
    onEvent(event) {
      if (event.type !== 'background') controller.onInput(event);
      else if (background.answer(event.color)) setBackground(event.color);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const session = new TerminalSession({
    input: process.stdin,
    output: process.stdout,
    onInput: (bytes) => decoder.push(bytes),
    describeCrash: options.describeCrash,
    mouse: settings.mouse,
    onSuspend: () => shown?.screen.suspend(),
    onResume: () => {
      // The size may have changed while the terminal was another's.
      process.emit('SIGWINCH', 'SIGWINCH');
      shown?.screen.resume();
    },
    settled: async () => {
      await Promise.all([shown?.screen.settled(), background.settled()]);
    },
    onEnd: () => {
      clearTimeout(timer);
      clearInterval(ages);
      source.stop();
    },
  });
  const controller: FleetController = new FleetController({
    source,
    filter: options.filter,
    sortColumn: options.sortColumn,
    quit: () => void session.quit(),
    suspend: () => void session.suspend(),
    redraw: () => shown?.screen.redraw(),
    enter: ({ director }) => {
      const { openDirector } = options;
      if (openDirector === undefined)
        controller.say('refusal', `${director.name} has no screen of its own: it is simulated`);
      else
        void session
          .lend(() => openDirector(director))
          .then((said) => {
            if (typeof said === 'string') controller.say('refusal', said);
          });
    },
  });
  session.enter();
  const shown = openFleetScreen({
    controller,
    output: process.stdout,
    look,
    theme: themeOf(settings, automatic),
    onLost: () => session.lose(),
  });
  if (settings.theme === 'auto' && (look.colorDepth === '256' || look.colorDepth === 'true'))
    background.ask(() => setBackground('untold'));
  const ages = setInterval(controller.takeNews, ageGap);
  source.start(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      controller.takeNews();
    }, newsGap);
  });

  function setBackground(told: AutomaticLook['background']): void {
    automatic = { ...automatic, ...(told !== undefined && { background: told }) };
    shown?.setTheme(themeOf(settings, automatic));
  }
}
