import type { OwnKeys } from '../../formats/settings/own-keys.ts';
import { openHelp } from '../dialogs/help-dialog.tsx';
import { openNamespaces } from '../dialogs/namespaces-dialog.tsx';
import type { Command } from '../state/command.ts';
import type { Desk } from '../state/desk.ts';
import { settingsOfState } from '../state/screen-settings.ts';
import { CommandLine } from './command-line.ts';
import { inGroup } from './entry.ts';

/** Commands of the program itself. `all` gives every command, with the keys that the operator gave them. */
export function programCommands(all: (own?: OwnKeys) => readonly Command[]): readonly Command[] {
  return inGroup('Program', [
    {
      id: 'command',
      title: 'command line',
      help: 'a command by name, Tab completes: scheduler wrr, sort active, filter 10.0',
      keys: [':'],
      run: (desk) => desk.update({ typed: new CommandLine(desk, all()) }),
    },
    {
      id: 'namespaces',
      title: 'other namespaces',
      help: 'IPVS tables of other network namespaces of this machine; Enter goes to one',
      keys: ['O'],
      obstacle: (desk) => (desk.elsewhere === undefined ? 'there is no machine to look at' : undefined),
      run: (desk) => void openNamespaces(desk, true),
    },
    {
      id: 'watch',
      title: 'watch others',
      help: 'watch who changes the table, or no longer: makes a network device of lvstop’s meanwhile',
      keys: ['F'],
      obstacle: (desk) => (desk.happenings.watching === null ? 'here nobody can watch the table' : undefined),
      run: (desk) => switchWatch(desk, !desk.getState().watch),
    },
    {
      id: 'mouse',
      help: 'switch the mouse on or off: it selects, opens, scrolls, sorts by titles, presses keys that are shown',
      keys: ['M'],
      run: (desk) => switchMouse(desk, !desk.getState().mouse),
    },
    {
      id: 'help',
      help: 'this help',
      keys: ['?', 'f1'],
      bar: 'help',
      run: (desk) => openHelp(desk, all(desk.getState().keys)),
    },
    {
      id: 'redraw',
      help: 'paint the whole screen anew',
      keys: ['ctrl+l'],
      run: (desk) => desk.redraw(),
    },
    {
      id: 'suspend',
      help: 'back to the shell; fg returns',
      keys: ['ctrl+z'],
      run: (desk) => desk.suspend(),
    },
    {
      id: 'quit',
      help: 'leave lvstop',
      keys: ['q', 'f10'],
      bar: 'quit',
      run: (desk) => desk.quit(),
    },
  ]);
}

function switchWatch(desk: Desk, watch: boolean): void {
  desk.applySettings({ ...settingsOfState(desk.getState()), watch });
  desk.say(
    'hint',
    watch ? 'watching who changes the table: E shows it, F ends it' : 'who changes the table is not watched',
  );
}

function switchMouse(desk: Desk, mouse: boolean): void {
  desk.applySettings({ ...settingsOfState(desk.getState()), mouse });
  desk.say('hint', mouse ? 'mouse on: hold Shift to select text' : 'mouse off');
}
