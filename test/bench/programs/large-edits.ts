/**
 * Saves a table of 1,000 services of 10 real servers by `S`, changes the weight of all 10,000 by one edit and takes
 * that back by `u`, on the whole screen, with the saved table and the journal on the disk. Prints, as JSON, the longest time for which each step
 * held the event loop.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { createFileJournal } from '../../../src/changes/journal/file-journal.ts';
import { savedTableAt } from '../../../src/cli/files/saved-table-at.ts';
import { keepHeapSmall } from '../../../src/cli/opening/small-heap.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';
import { openWeight } from '../../../src/ui/dialogs/weight-dialog.tsx';
import { key } from '../../ui/keys.ts';
import { createCountedDirector } from './counted-director.ts';
import { openDrivenScreen } from './driven-screen.ts';

/** What is done on the screen, in this order. */
export type LargeEdit =
  | 'the first save is shown'
  | 'the first save is made'
  | 'the dialog of the edit opens'
  | 'a key in it'
  | 'the edit is written'
  | 'the undo is shown'
  | 'a reading beside it'
  | 'the undo is made'
  | 'the second save is shown'
  | 'the second save is made';

/** The longest turn of the event loop, in milliseconds. */
export interface LongestTurn {
  readonly held: number;
  /** Of it, what this thread itself did, the machine's other programs left out. */
  readonly worked: number;
}

/** What each of them came to. */
export type LargeEditReport = Readonly<Record<LargeEdit, LongestTurn>>;

keepHeapSmall();
const folder = mkdtempSync(join(tmpdir(), 'lvstop-bench-edits-'));
const director = createCountedDirector({ services: 1000, realServers: 10, now: () => performance.now() });
const sampler = createSampler({ director, interval: 1 });
const screen = await openDrivenScreen(director, sampler, 200, 50, {
  savedTable: savedTableAt(() => join(folder, 'ipvsadm.rules')),
  journalling: {
    journal: createFileJournal({ folder: join(folder, 'state'), userId: process.geteuid?.() ?? null }),
    origin: { user: 'root', behind: null, from: null, by: 'screen' },
  },
});
const { controller, app, settled } = screen;
const save = async (which: 'first' | 'second') => {
  await during(
    `the ${which} save is shown`,
    () => press('S'),
    () => isShown(/Enter save/),
  );
  await during(`the ${which} save is made`, () => press('enter'), isDone);
};
const report: Partial<Record<LargeEdit, LongestTurn>> = {};
try {
  controller.onView(await sampler.refresh());
  await app.dialogsReady;
  await settled();
  // What Ink's first dialog takes is no matter of large tables.
  for (const name of ['?', 'escape', '?', 'escape']) {
    press(name);
    await settled();
  }

  await save('first');

  const { view } = controller.getState();
  controller.update({
    tagged: new Set(view?.services.flatMap(({ realServers }) => realServers.map((row) => row.key))),
  });
  await settled();
  await during(
    'the dialog of the edit opens',
    () => openWeight(controller, 'exactly'),
    () => isShown(/Enter apply/),
  );
  await during(
    'a key in it',
    () => press('9'),
    () => isShown(/-w 9/),
  );
  await during('the edit is written', () => press('enter'), isDone);
  controller.update({ tagged: new Set(), message: null });
  controller.onView(await sampler.refresh());
  await settled();

  await save('second');

  await during(
    'the undo is shown',
    () => press('u'),
    () => isShown(/Enter undo/),
  );
  controller.update({ message: null });
  const { view: present } = controller.getState();
  await during(
    'a reading beside it',
    () => present !== null && controller.onView(present),
    () => true,
  );
  await during('the undo is made', () => press('enter'), isDone);
  console.log(JSON.stringify(report));
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);

function press(name: string): void {
  controller.onInput(key(name));
}

/** Whether this was drawn since the step began. */
function isShown(text: RegExp): boolean {
  return text.test(screen.written);
}

function isDone(): boolean {
  return controller.getState().message?.kind === 'done';
}

/** Does something, looks at how long each turn of the event loop takes until it is over, and notes the longest. */
async function during(what: LargeEdit, begin: () => void, isOver: () => boolean): Promise<void> {
  let held = 0;
  let worked = 0;
  let before = { time: performance.now(), work: threadTime() };
  screen.forget();
  begin();
  for (let rest = 20; rest > 0; ) {
    await turnOfLoop();
    const now = { time: performance.now(), work: threadTime() };
    held = Math.max(held, now.time - before.time);
    worked = Math.max(worked, now.work - before.work);
    before = now;
    // Frames and readings that it has asked for come after it.
    if (isOver()) rest--;
    else if (controller.getState().message?.kind === 'refusal')
      throw new Error(controller.getState().message?.text);
  }
  await settled();
  report[what] = { held, worked };
}

/** Milliseconds of the processor that this thread has had. */
function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
