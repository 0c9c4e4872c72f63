import { afterEach, describe, expect, test } from 'vitest';
import { type Journal, JournalError } from '../../src/changes/journal/journal.ts';
import { createMemoryJournal } from '../../src/changes/journal/memory-journal.ts';
import { makePlan } from '../../src/changes/plan/make-plan.ts';
import { findUnfinished } from '../../src/changes/undo/unfinished.ts';
import { allAtOnce } from '../../src/system/turns.ts';
import { openUnfinished } from '../../src/ui/dialogs/unfinished-dialog.tsx';
import { afterDeath } from '../changes/journal/after-death.ts';
import { directorWith, real, web } from '../changes/table.ts';
import { deleteRealServer, setRealServer, setService } from '../director/table-edits.ts';
import { key } from './keys.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

const origin = { user: 'root', behind: 'ada', from: '192.0.2.7', by: 'screen' } as const;
const site = () =>
  directorWith({
    'tcp:203.0.113.10:80': [{ scheduler: 'rr' }, ['10.0.0.21:80', { weight: 3 }], ['10.0.0.22:80', {}]],
  });

/** A journal that cannot be written. */
function brokenJournal(): Journal {
  const refuse = (): never => {
    throw new JournalError('/var/lib/lvstop/changes.journal', 'the disk is full');
  };
  return { ...createMemoryJournal(), begin: refuse, settle: refuse };
}

/** A journal that waits for the disk, when it is written or read, until `arrive` is called. */
function slowJournal(slow: 'begin' | 'read') {
  const disk = Promise.withResolvers<void>();
  const memory = createMemoryJournal();
  const wait = { atOnce: () => undefined, meanwhile: () => disk.promise };
  const journal: Journal = {
    ...memory,
    *begin(change) {
      if (slow === 'begin') yield wait;
      return yield* memory.begin(change);
    },
    *read(atLeast) {
      if (slow === 'read') yield wait;
      return yield* memory.read(atLeast);
    },
  };
  return { journal, arrive: disk.resolve };
}

/** Sets the weight of the first real server by key. */
async function setWeight(weight: string): Promise<void> {
  await screen.press('down', 'w', 'ctrl+u');
  await screen.type(weight);
  await screen.press('enter');
}

describe('a journal that cannot be written', () => {
  test('holds the change up, and y does it without a record', async () => {
    const director = site();
    screen = await openScreen({ director, journalling: { journal: brokenJournal(), origin } });
    const weight = () =>
      [...director.realServerBatches(web)]
        .flat()
        .find(({ realServer }) => realServer.identity.address === '10.0.0.21')?.realServer.weight;
    await setWeight('7');
    expect(screen.text()).toContain('The journal cannot be written');
    expect(screen.text()).toContain('/var/lib/lvstop/changes.journal: the disk is full');
    expect(screen.text()).toContain('ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 7');
    expect(weight()).toBe(3);
    // The key that asked does not answer.
    await screen.press('enter', 'n');
    expect(screen.text()).not.toContain('The journal cannot be written');
    expect(weight()).toBe(3);

    await screen.press('w', 'ctrl+u');
    await screen.type('7');
    await screen.press('enter', 'y');
    expect(weight()).toBe(7);
    expect(screen.text()).toContain('weight 3 → 7');
  });
});

describe('a disk that takes its time', () => {
  test('leaves the screen alive, and q waits until the change is written', async () => {
    const { journal, arrive } = slowJournal('begin');
    const director = site();
    screen = await openScreen({ director, journalling: { journal, origin } });
    const { controller, requests } = screen;
    await screen.press('down', 'w', 'ctrl+u');
    await screen.type('7');
    // Not by `press`, which waits until all is done.
    controller.onInput(key('enter'));
    expect(controller.getState()).toMatchObject({
      dialog: null,
      message: { text: expect.stringContaining('writing edit real server 10.0.0.21:80') },
    });
    controller.onInput(key('q'));
    expect(controller.getState().message?.text).toBe('the change is being written: lvstop ends after it');
    expect(requests).toEqual([]);
    arrive();
    await screen.waitFor(({ message }) => message?.kind === 'done');
    expect(requests).toEqual(['quit']);
    expect(allAtOnce(journal.read(1)).changes).toMatchObject([{ state: 'done' }]);
  });
});

describe('a journal that takes long to be read', () => {
  test('says so, and shows its changes when they are there', async () => {
    const { journal, arrive } = slowJournal('read');
    screen = await openScreen({ director: site(), journalling: { journal, origin } });
    await setWeight('7');
    screen.controller.onInput(key('J'));
    await screen.read();
    expect(screen.text()).toContain('Reading the journal …');
    arrive();
    await screen.read();
    expect(screen.text()).toContain('weight 3 → 7 on 10.0.0.21:80');
  });

  test('does not bring back who has turned to something else meanwhile', async () => {
    const { journal, arrive } = slowJournal('read');
    screen = await openScreen({ director: site(), journalling: { journal, origin } });
    const { controller } = screen;
    await setWeight('7');
    controller.onInput(key('u'));
    expect(controller.getState().message?.text).toBe('looking for the last change …');
    controller.onInput(key('w'));
    const { dialog } = controller.getState();
    expect(dialog).not.toBeNull();
    arrive();
    await screen.read();
    expect(controller.getState().dialog).toBe(dialog);
  });

  test('opens the undo of the last change when it is read', async () => {
    const { journal, arrive } = slowJournal('read');
    screen = await openScreen({ director: site(), journalling: { journal, origin } });
    const { controller } = screen;
    await setWeight('7');
    controller.onInput(key('u'));
    arrive();
    await screen.waitFor(({ dialog }) => dialog !== null);
    expect(screen.text()).toContain('ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 3');
    expect(controller.getState().message).toBeNull();
  });
});

describe('a change that was cut off', () => {
  test('is told with what was done, and undone by u', async () => {
    const director = site();
    const memory = createMemoryJournal();
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'tun' }]),
    );
    const entry = allAtOnce(memory.begin({ origin, undoes: null, steps: plan.steps as never }));
    const [first] = plan.steps;
    if (first?.kind === 'set real server') setRealServer(director, web, first.after);
    const journal = afterDeath(memory);
    screen = await openScreen({ director, journalling: { journal, origin } });
    openUnfinished(screen.controller, allAtOnce(findUnfinished(director, journal)));
    await screen.read();
    const text = screen.text().replace(/[│\s]+/g, ' ');
    expect(text).toContain('A change was cut off before its end');
    expect(text).toContain('by ada as root from 192.0.2.7');
    expect(text).toContain(
      '0 of 2 steps seen done; the table shows 1 more done, by this change or by another hand; 1 step is not done',
    );

    await screen.press('u');
    expect(screen.text()).toContain('ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 3');
    await screen.press('enter');
    // What was not seen done is asked about, with both versions; Enter, which has asked, does not answer.
    const question = screen.text().replace(/[│\s]+/g, ' ');
    expect(question).toContain('y do it');
    expect(question).toContain('so another hand may have made it');
    expect(question).toContain(
      '10.0.0.21:80 of tcp:203.0.113.10:80 is TUN, weight 3, tunnel ipip, and undoing makes it DR, weight 3',
    );
    await screen.press('enter');
    expect(allAtOnce(journal.read(9)).changes).toHaveLength(1);
    await screen.press('y');
    expect(screen.text()).toContain('undone: forwarding DR → TUN on');
    expect(allAtOnce(journal.read(9)).changes).toMatchObject([
      { undoes: entry.id, state: 'done' },
      { id: entry.id, state: 'interrupted', done: 1, undoneBy: expect.any(String) },
    ]);
    expect(allAtOnce(findUnfinished(director, journal))).toEqual([]);
  });

  test('and never did anything is told, with nothing to undo', async () => {
    const director = site();
    const memory = createMemoryJournal();
    const plan = allAtOnce(
      makePlan(director, [{ kind: 'switch mode', service: web, realServer: null, mode: 'tun' }]),
    );
    allAtOnce(memory.begin({ origin, undoes: null, steps: plan.steps as never }));
    const journal = afterDeath(memory);
    screen = await openScreen({ director, journalling: { journal, origin } });
    const reports = allAtOnce(findUnfinished(director, journal));
    openUnfinished(screen.controller, reports);
    await screen.read();
    expect(screen.text()).toContain('0 of 2 steps done; 2 steps are not done');
    expect(screen.text()).not.toContain('u undo');
    await screen.press('u');
    await screen.press('enter');
    expect(allAtOnce(findUnfinished(director, journal))).toEqual([]);
  });
});

describe('the list of changes', () => {
  test.each([80, 120, 200])('at %d columns', async (columns) => {
    const director = site();
    let now = Date.UTC(2026, 0, 7, 12, 0, 0);
    const journal = createMemoryJournal(() => (now += 1000));
    screen = await openScreen({ columns, rows: 24, director, journalling: { journal, origin } });
    await setWeight('7');
    // Each is to be written before the next begins.
    for (const keys of [['+', 'enter'], ['u'], ['enter'], ['J']]) await screen.press(...keys);
    // Below them a line that is cut stands once more, in full.
    const lines = screen
      .lines()
      .filter((line) => /weight \d → \d|CHANGE|TIME/.test(line))
      .slice(0, 4);
    expect(lines[0]).toMatch(columns === 80 ? /^ TIME +STATE +WHAT$/ : /^ CHANGE +TIME +WHO +STATE +WHAT$/);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain('undo ');
    expect(lines[2]).toMatch(/ undone.* weight 7 → 8 on 10\.0\.0\.21:80/);
    if (columns >= 120) expect(lines[3]).toContain('ada as root from 192.0.2.7');
    await screen.press('end', 'enter');
    const text = screen.text().replace(/[│\s]+/g, ' ');
    expect(text).toContain('before DR, weight 3 after DR, weight 7');
    expect(text).toContain('taken back by: ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:80 -g -w 3');
    await screen.press('escape');
    // A change by another hand since is shown before anything is done.
    setService(director, {
      identity: web,
      scheduler: 'wlc',
      schedulerFlags: 0,
      onePacket: false,
      persistence: null,
      engine: null,
    });
    deleteRealServer(director, web, real('10.0.0.21:80'));
    await screen.press('u');
    expect(screen.text().replace(/[│\s]+/g, ' ')).toContain(
      '10.0.0.21:80 of tcp:203.0.113.10:80 was changed since: this change left it DR, weight 7, and it is not there any more',
    );
  });
});
