import type { Command } from '../state/command.ts';
import type { Desk } from '../state/desk.ts';
import type { LookingBack } from '../state/replay.ts';
import { formatSpeed, speedWithin } from '../state/speed.ts';
import { type Entry, inGroup } from './entry.ts';
import { pacedNow, playedOf } from './played.ts';
import { TimeEntry } from './time-entry.ts';

/** Commands that go back and forth in time. */
export const timeCommands: readonly Command[] = inGroup('Time', [
  {
    ...time('step-back', 'the sample before, from now on or in a recording', ['['], (back) => back.step(-1)),
    bar: '[ ] step',
  },
  {
    id: 'step-on',
    help: 'the next sample; in the demo, on by an interval and pause there',
    keys: [']'],
    obstacle: (desk) => (pacedNow(desk) === undefined ? desk.lookingBack.obstacle() : undefined),
    run(desk) {
      const paced = pacedNow(desk);
      if (paced === undefined) desk.lookingBack.step(1);
      else void paced.step();
    },
  },
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
    id: 'slower',
    help: 'half as fast: a recording, or the demo’s time',
    keys: ['('],
    bar: '( ) speed',
    obstacle: noSpeed,
    run: (desk) => changeSpeed(desk, (speed) => speed / 2),
  },
  {
    id: 'faster',
    help: 'twice as fast',
    keys: [')'],
    obstacle: noSpeed,
    run: (desk) => changeSpeed(desk, (speed) => speed * 2),
  },
  {
    id: 'speed',
    help: 'so many times as fast as the clock',
    keys: [],
    argument: { name: 'TIMES', run: setSpeed },
    obstacle: noSpeed,
    run: (desk) => changeSpeed(desk, (speed) => speed),
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

function noSpeed(desk: Desk): string | undefined {
  return playedOf(desk) === undefined ? 'only a recording and the demo have a speed' : undefined;
}

function changeSpeed(desk: Desk, change: (speed: number) => number): void {
  const played = playedOf(desk);
  if (played === undefined) return;
  played.speed = speedWithin(played.speeds, change(played.speed));
  const { least, greatest } = played.speeds;
  desk.say(
    'hint',
    `speed ${formatSpeed(played.speed)}, of ${formatSpeed(least)} to ${formatSpeed(greatest)}`,
  );
}

function setSpeed(desk: Desk, text: string): void {
  const speed = Number(text);
  if (speed > 0) changeSpeed(desk, () => speed);
  else desk.say('hint', `"${text}" is no speed: 1 is as fast as the clock, 8 eight times as fast`);
}
