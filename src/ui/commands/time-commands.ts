import type { Command } from '../state/command.ts';
import type { LookingBack } from '../state/replay.ts';
import { type Entry, inGroup } from './entry.ts';
import { TimeEntry } from './time-entry.ts';

/** Commands that go back and forth in time. */
export const timeCommands: readonly Command[] = inGroup('Time', [
  {
    ...time('step-back', 'the sample before, from now on or in a recording', ['['], (back) => back.step(-1)),
    bar: '[ ] step',
  },
  time('step-on', 'the next sample', [']'], (back) => back.step(1)),
  {
    ...time('event-back', 'to what happened before', ['{'], (back) => back.toEvent(-1)),
    bar: '{ } event',
  },
  time('event-on', 'to what happened next', ['}'], (back) => back.toEvent(1)),
  {
    ...time('back', 'to a time: 03:12, 2026-11-30 03:12, -2h, +10m', ['b'], () => {}),
    bar: 'time',
    argument: { name: 'TIME', run: (desk, text) => desk.lookingBack.goTo(text) },
    run: (desk) => desk.update({ typed: new TimeEntry(desk) }),
  },
  {
    id: 'live',
    title: 'live',
    help: 'from the recording back to now',
    keys: ['L'],
    bar: 'live',
    obstacle: (desk) => (desk.getState().replay === null ? 'this is now' : undefined),
    run: (desk) => desk.lookingBack.live(),
  },
]);

function time(id: string, help: string, keys: readonly string[], go: (back: LookingBack) => void): Entry {
  return {
    id,
    help,
    keys,
    obstacle: (desk) => desk.lookingBack.obstacle(),
    run: (desk) => go(desk.lookingBack),
  };
}
