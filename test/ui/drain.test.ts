import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DrainEnding } from '../../src/changes/drain/drain.ts';
import { Drains, type KeptDrain } from '../../src/changes/drain/drains.ts';
import type { DroppedDrain } from '../../src/changes/drain/judge-drains.ts';
import { allRealServers, type Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { formatRealServer, parseRealServer, parseService, realServerKey } from '../../src/ipvs/identity.ts';
import { openFoundDrains } from '../../src/ui/dialogs/found-drains-dialog.tsx';
import { directorWith } from '../changes/table.ts';
import { setRealServer } from '../director/table-edits.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

const web = parseService('tcp:203.0.113.10:80');
const server = '10.0.0.21:8080';

let now: number;
let director: Director;
let screen: OpenScreen;

beforeEach(async () => {
  now = 0;
  director = createSimulatedDirector({ now: () => now, seed: 1 });
  screen = await openScreen({ director });
  screen.controller.update({ cursorKey: realServerKey(web, parseRealServer(server)) });
});

afterEach(() => screen.close());

function weight(): number | undefined {
  return allRealServers(director, web).find(
    ({ realServer }) => formatRealServer(realServer.identity) === server,
  )?.realServer.weight;
}

/** Lets seconds pass, with a reading after each of them. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    now += 1000;
    await screen.read();
  }
}

/** Lets time pass until the drains have ended, ten minutes at most. */
async function passAll(): Promise<void> {
  for (let minutes = 0; minutes < 10 && draining() > 0; minutes += 0.25) {
    now += 15_000;
    await screen.read();
  }
}

const draining = () => screen.controller.drains.all.length;
const sign = () => screen.lines().find((line) => line.includes(`${server}   `));

describe('D', () => {
  test('drains a real server, shows how far it is, and leaves it at weight 0', async () => {
    await screen.press('D');
    expect(screen.text()).toContain(`Drain ${server}`);
    expect(screen.text()).toContain('-w 0');
    await screen.press('enter');
    expect(weight()).toBe(0);
    await pass(10);
    expect(sign()).toMatch(/^▌▽/);
    expect(screen.text()).toMatch(/▽ [━╸─]{12} 10\.0\.0\.21:8080: \d+ active, \d+ inactive, \d+ % gone/);
    await passAll();
    expect(draining()).toBe(0);
    expect(screen.text()).toContain('and stays at weight 0');
    expect(sign()).not.toContain('▽');
    expect(weight()).toBe(0);
  });

  test('asks once before it deletes, and then deletes without another question', async () => {
    await screen.press('D', 'end', 'enter');
    expect(screen.text()).toContain('deleted as soon as it is empty');
    expect(weight()).toBe(3);
    await screen.press('enter');
    expect(weight()).toBe(3);
    await screen.press('y');
    expect(weight()).toBe(0);
    await passAll();
    expect(weight()).toBeUndefined();
    expect(screen.text()).toContain('and deleted');
  });

  test('gives the old weight back', async () => {
    await screen.press('D', 'down', 'enter');
    await passAll();
    expect(weight()).toBe(3);
    expect(screen.text()).toContain('has its weight 3 back');
  });

  test('again stops the drain, or deletes at once', async () => {
    await screen.press('D', 'enter');
    await pass(3);
    await screen.press('D');
    expect(screen.text()).toContain(`${server} is draining`);
    await screen.press('down', 'enter');
    expect(weight()).toBe(3);
    expect(draining()).toBe(0);
    await screen.press('D', 'enter');
    await pass(3);
    await screen.press('D', 'end', 'enter');
    expect(weight()).toBe(0);
    await screen.press('y');
    expect(weight()).toBeUndefined();
    expect(draining()).toBe(0);
  });

  test('goes to all tagged ones', async () => {
    await screen.press('space', 'space', 'D', 'enter');
    await pass(2);
    expect(draining()).toBe(2);
    expect(screen.lines().filter((line) => line.startsWith('▽')).length).toBe(2);
  });

  test('says when another hand has given the weight back', async () => {
    await screen.press('D', 'enter');
    await pass(2);
    const entry = allRealServers(director, web).find(
      ({ realServer }) => formatRealServer(realServer.identity) === server,
    );
    if (entry !== undefined) setRealServer(director, web, { ...entry.realServer, weight: 5 });
    await pass(2);
    expect(draining()).toBe(0);
    expect(screen.text()).toContain('was given a weight again meanwhile');
    expect(weight()).toBe(5);
  });
});

test('leaving while a drain runs is asked about', async () => {
  await screen.press('D', 'enter', 'q');
  expect(screen.requests).toEqual([]);
  expect(screen.text()).toContain('They stay at weight 0');
  await screen.press('n', 'ctrl+c');
  expect(screen.requests).toEqual([]);
  await screen.press('y');
  expect(screen.requests).toEqual(['quit']);
});

/** The text in the dialog, its lines joined. */
function dialogText(): string {
  const inside = screen.lines().flatMap((line) => /│ (.*) │/.exec(line)?.[1]?.trim() ?? []);
  return inside.join(' ');
}

describe('drains that a former run has left', () => {
  const drop = (reason: string): DroppedDrain => ({ drain: left('delete', '10.0.0.22:8080'), reason });

  function left(ending: DrainEnding, text = server): KeptDrain {
    return {
      order: {
        service: web,
        realServer: parseRealServer(text),
        formerWeight: 3,
        ending,
        until: 'all',
        beganAt: -7_500_000,
        timeout: null,
      },
      greatest: 90,
      mark: null,
    };
  }

  /** The screen as it starts with such drains; the real server has no connections left. */
  async function start(found: readonly KeptDrain[], dropped: readonly DroppedDrain[] = []): Promise<void> {
    screen.close();
    director = directorWith({
      'tcp:203.0.113.10:80': [{}, [server, { weight: 0, forwarding: 'nat' }], ['10.0.0.22:8080', {}]],
    });
    screen = await openScreen({ director, drains: new Drains({ director, found }) });
    screen.controller.update({ cursorKey: realServerKey(web, parseRealServer(server)) });
    openFoundDrains(screen.controller, dropped, 0);
    await screen.read();
  }

  test('are told with their age, and one that deletes does not until y', async () => {
    await start([left('delete')]);
    expect(screen.text()).toContain('Drains of a former lvstop: go on?');
    expect(dialogText()).toContain('begun 2 h 5 min ago, deleted when empty');
    await pass(20);
    expect(weight()).toBe(0);
    await screen.press('y');
    await pass(2);
    expect(weight()).toBeUndefined();
    expect(screen.text()).toContain('and deleted');
  });

  test('are called off with n, and stay at weight 0', async () => {
    await start([left('delete')]);
    await screen.press('n');
    await pass(20);
    expect(draining()).toBe(0);
    expect(weight()).toBe(0);
    expect(screen.text()).toContain('stopped, the weight stays 0');
  });

  test('wait on after Esc; D then offers to leave it first, and to go on', async () => {
    await start([left('restore')]);
    await screen.press('enter', 'escape');
    await pass(20);
    expect(weight()).toBe(0);
    expect(screen.text()).toContain('ends only after D (weight 3 again when empty)');
    await screen.press('D');
    expect(dialogText()).toContain('it ends only after "go on"');
    await screen.press('home', 'enter');
    await pass(2);
    expect(weight()).toBe(3);
  });

  test('and D, Enter leaves one at weight 0 for good', async () => {
    await start([left('delete')]);
    await screen.press('escape', 'D', 'enter');
    await pass(20);
    expect(draining()).toBe(0);
    expect(weight()).toBe(0);
  });

  test('are told too where they are not continued, with the reason', async () => {
    await start([], [drop('it has weight 5 now')]);
    expect(screen.text()).toContain('Drains of a former lvstop are dropped');
    expect(dialogText()).toContain(
      'the drain of 10.0.0.22:8080 of tcp:203.0.113.10:80, begun 2 h 5 min ago, deleted when empty, is not continued: it has weight 5 now; nothing is done to it',
    );
    await screen.press('enter');
    expect(screen.text()).not.toContain('are dropped');
  });
});
