import { afterEach, describe, expect, test } from 'vitest';
import { findRealServer } from '../../src/changes/steps/table-state.ts';
import type { Director } from '../../src/director/director.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { notWhileBusy, obstacleTo } from '../../src/ui/leave-obstacle.ts';
import type { Elsewhere } from '../../src/ui/state/elsewhere.ts';
import { directorWith } from '../changes/table.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;
let director: Director;
afterEach(() => screen.close());

const weightOf = (name: string) =>
  findRealServer(director, parseService('tcp:203.0.113.10:80'), parseRealServer(name))?.realServer.weight;

async function open(draft: ScreenDraft = {}): Promise<void> {
  director = directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', { forwarding: 'nat' }]] });
  screen = await openScreen({ director, ...draft });
  await screen.press('down');
}

/** Shows the table as it is so many seconds later. */
async function later(seconds: number): Promise<void> {
  const { view } = screen.controller.getState();
  if (view === null) throw new Error('nothing was read');
  await screen.show({ ...view, time: Date.now() + seconds * 1000 });
}

describe('a weight over a time', () => {
  test('is offered by o, told step by step, and goes on while the screen is open', async () => {
    await open();
    await screen.press('w', '1', '1', 'o');
    expect(screen.text()).toContain('over 1 min: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11.');
    expect(screen.text()).toContain('-w 2');
    await screen.press('enter');
    expect(weightOf('10.0.0.21:8080')).toBe(2);
    expect(screen.text()).toContain('△ 10.0.0.21:8080 of tcp:203.0.113.10:80: weight 2, 3 in');
    await later(30);
    expect(weightOf('10.0.0.21:8080')).toBe(6);
    await later(61);
    expect(weightOf('10.0.0.21:8080')).toBe(11);
    expect(screen.text()).toContain('has reached weight 11');
    expect(screen.text()).not.toContain('△');
  });

  test('ends with the screen, which says so before it is left', async () => {
    await open();
    await screen.press('w', '1', '1', 'o', 'enter');
    await screen.press('q');
    expect(screen.text()).toContain('Leave while weights are raised?');
    expect(screen.text().replace(/[│\s]+/g, ' ')).toContain(
      'It stays at the weight of now: steps end with lvstop, and are not kept.',
    );
    await screen.press('y');
    expect(screen.requests).toContain('quit');
  });

  test('keeps lvstop in its namespace until it has come to its end', async () => {
    const asked: string[] = [];
    const none = { word: 'rs1', file: '/nowhere', isOwn: false, services: 1, realServers: 1, keepers: [] };
    const elsewhere: Elsewhere = {
      find: () => Promise.resolve({ tables: [none], unseen: [] }),
      go(table) {
        const obstacle = obstacleTo(table, screen.controller);
        asked.push(obstacle ?? 'gone');
        return obstacle;
      },
    };
    await open({ elsewhere });
    await screen.press('w', '1', '1', 'o', 'enter');
    expect(screen.controller.isBusy).toBe(true);
    const go = async () => {
      await screen.press('O');
      await screen.waitFor(({ dialog }) => dialog !== null);
      await screen.press('enter');
    };
    await go();
    expect(screen.text()).toContain('not while a change or a drain goes on, or a weight is raised in steps');
    await later(30);
    await go();
    expect(weightOf('10.0.0.21:8080')).toBe(6);
    await later(61);
    expect(screen.controller.isBusy).toBe(false);
    await go();
    expect(asked).toEqual([notWhileBusy, notWhileBusy, expect.stringContaining('cannot be entered')]);
  });

  test('ends where its weight is set by hand', async () => {
    await open();
    await screen.press('w', '1', '1', 'o', 'enter');
    // Enter does nothing while the first step is still being written.
    await screen.press('w', '5', 'enter');
    expect(weightOf('10.0.0.21:8080')).toBe(5);
    await later(30);
    expect(weightOf('10.0.0.21:8080')).toBe(5);
    expect(screen.text().replace(/\s+/g, ' ')).toContain('was given weight 5 meanwhile');
  });
});

test('a new real server can be warmed up', async () => {
  await open();
  await screen.press('r');
  await screen.type('10.0.0.22:8080');
  await screen.press('down', 'down', 'backspace');
  await screen.type('10');
  await screen.press('up', 'up', 'up', 'right');
  await screen.press('enter');
  expect(weightOf('10.0.0.22:8080')).toBe(1);
  await later(61);
  expect(weightOf('10.0.0.22:8080')).toBe(10);
});
