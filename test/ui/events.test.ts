import { afterEach, describe, expect, test } from 'vitest';
import { savedTableInMemory } from '../../src/changes/saved/saved-table-in-memory.ts';
import { allRealServers, type Director } from '../../src/director/director.ts';
import { parseRealServer, parseService } from '../../src/ipvs/identity.ts';
import { defaultRealServerSettings } from '../../src/ipvs/real-server.ts';
import { fakeWatch, seenRequest } from '../changes/fake-watch.ts';
import { directorWith } from '../changes/table.ts';
import { VirtualClock } from '../sampling/virtual-clock.ts';
import { openDesk } from './desk.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen?.close());

const web = parseService('tcp:203.0.113.10:80');
const nat = { forwarding: 'nat' } as const;
const table = { 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', nat], ['10.0.0.22:8080', nat]] } as const;

/** What another program does to the first real server. */
function anotherHand(director: Director, weight: number): void {
  const identity = parseRealServer('10.0.0.21:8080');
  const realServer = { ...defaultRealServerSettings, ...nat, identity, weight };
  director.write([{ operation: 'edit real server', identity: web, realServer }]);
}

function weightOf(director: Director): number | undefined {
  return allRealServers(director, web).find(({ realServer }) => realServer.identity.address === '10.0.0.21')
    ?.realServer.weight;
}

/** Lines of the open list of events, without their time. */
function listed(): string[] {
  return screen
    .lines()
    .filter((line) => /^ \d\d:\d\d:\d\d {2}/.test(line))
    .map((line) => line.slice(11));
}

describe('events', () => {
  test('are told on the message line when another hand was there, and E lists them', async () => {
    const director = directorWith(table);
    screen = await openScreen({ director });
    anotherHand(director, 7);
    await screen.read();
    expect(screen.text()).toMatch(
      /· \d\d:\d\d:\d\d edited: weight 1 → 7 on 10\.0\.0\.21:8080 of tcp:203\.0\.113\.10:80, by another hand/,
    );
    await screen.press('E');
    expect(listed()).toEqual([
      '· edited        another hand  weight 1 → 7 on 10.0.0.21:8080 of tcp:203.0.113.10:80',
    ]);
    await screen.press('o');
    expect(screen.controller.getState().cursorKey).toBe('tcp:203.0.113.10:80 10.0.0.21:8080');
    expect(screen.controller.getState().pane).toBe(null);
  });

  test('that are wider than the screen are told in full below, while they are chosen', async () => {
    const director = directorWith(table);
    screen = await openScreen({ director, columns: 60, rows: 20 });
    anotherHand(director, 7);
    await screen.read();
    await screen.press('E');
    expect(listed()[0]).toMatch(/…$/);
    expect(screen.text().replace(/\s+/g, ' ')).toContain(
      'edited weight 1 → 7 on 10.0.0.21:8080 of tcp:203.0.113.10:80, by another hand',
    );
  });

  test('of lvstop itself are in the list, and not by another hand', async () => {
    const director = directorWith(table);
    screen = await openScreen({ director, savedTable: savedTableInMemory([]) });
    await screen.press('down', '+', 'enter');
    await screen.read();
    await screen.press('u');
    await screen.press('enter');
    await screen.read();
    await screen.press('S');
    await screen.press('enter');
    await screen.waitFor(({ dialog }) => dialog === null);
    await screen.press('E');
    const [saved, ...others] = listed();
    expect(saved).toMatch(/^✓ saved {9}/);
    expect(others).toEqual([
      '· undone        lvstop  weight 1 → 2 on 10.0.0.21:8080 of tcp:203.0.113.10:80',
      '· edited        lvstop  edit real server 10.0.0.21:8080 of tcp:203.0.113.10:80: weight 1 → 2',
    ]);
  });

  test('of another hand are shown before and after, and taken back, once', async () => {
    const director = directorWith(table);
    screen = await openScreen({ director });
    anotherHand(director, 7);
    await screen.read();
    await screen.press('E', 'enter');
    expect(screen.text()).toContain('found by the difference between two readings');
    expect(screen.text()).toContain('before  NAT, weight 1');
    await screen.press('escape', 'u');
    expect(screen.text()).toContain('ipvsadm -e -t 203.0.113.10:80 -r 10.0.0.21:8080 -m -w 1');
    await screen.press('enter');
    expect(weightOf(director)).toBe(1);
    await screen.press('J');
    expect(screen.text()).toMatch(/undone by [0-9a-f]{8}.*weight 1 → 7 on 10\.0\.0\.21:8080/);
  });

  test('offer each key once, however wide the screen is', async () => {
    const director = directorWith(table);
    screen = await openScreen({ director, columns: 200 });
    anotherHand(director, 7);
    await screen.read();
    await screen.press('E');
    const bar = screen.lines().at(-1) ?? '';
    expect(bar).toContain('Esc back');
    expect(bar).toContain('drain');
    expect(bar.match(/u undo/g)).toHaveLength(1);
  });

  test('that were changed since are not taken back, and both versions are told', async () => {
    const director = directorWith(table);
    screen = await openScreen({ director });
    anotherHand(director, 7);
    await screen.read();
    anotherHand(director, 9);
    await screen.press('E', 'u');
    expect(screen.text().replace(/[\s│]+/g, ' ')).toContain(
      'was changed since: this change left it NAT, weight 7, and it is NAT, weight 9',
    );
    await screen.press('enter');
    expect(weightOf(director)).toBe(9);
  });

  test('tell who it was while F has others watched, and why not where nobody can be', async () => {
    const director = directorWith(table);
    const watch = fakeWatch();
    screen = await openScreen({ director, watch });
    await screen.press('E');
    expect(screen.text()).toContain('Who changes the table is not watched: F begins it.');
    await screen.read();
    await screen.press('F');
    watch.tell({ kind: 'begun' });
    const identity = parseRealServer('10.0.0.21:8080');
    const realServer = { ...defaultRealServerSettings, ...nat, identity, weight: 7 };
    watch.tell({
      kind: 'requests',
      requests: [seenRequest({ kind: 'set real server', identity: web, realServer }, { time: 0 })],
    });
    anotherHand(director, 7);
    await screen.read();
    expect(listed()).toEqual([
      '· edited        ipvsadm, ada as root from 192.0.2.7  weight 1 → 7 on 10.0.0.21:8080 of tcp:203.0.113.10:80',
      '✓ watch                                              changes are watched as they are made',
    ]);
    anotherHand(director, 8);
    await screen.read();
    await screen.waitFor(({ events }) => events.length === 3);
    expect(listed()[0]).toContain('not seen (not by netlink)');
    watch.tell({ kind: 'ended', reason: 'CAP_NET_RAW is missing' });
    await screen.waitFor(({ events }) => events.length === 4);
    expect(screen.text()).toContain('▲ Who changes the table is not watched: CAP_NET_RAW is missing');
  });

  test('light the row for some seconds', async () => {
    const director = directorWith(table);
    const clock = new VirtualClock();
    const { controller, read } = await openDesk({ director, waitingClock: clock });
    anotherHand(director, 7);
    await read();
    expect([...controller.getState().lit]).toEqual(['tcp:203.0.113.10:80 10.0.0.21:8080']);
    await clock.pass(5000);
    expect([...controller.getState().lit]).toEqual([]);
    expect(controller.getState().news).not.toBe(null);
    await clock.pass(5000);
    expect(controller.getState().news).toBe(null);
  });

  test('go out again though timers come early, as those of Node can by a part of a millisecond', async () => {
    const director = directorWith(table);
    const clock = new VirtualClock();
    clock.lateness = () => (clock.now() < 9999 ? -0.4 : 0);
    const { controller, read } = await openDesk({ director, waitingClock: clock });
    anotherHand(director, 7);
    await read();
    await clock.pass(20_000);
    expect([...controller.getState().lit]).toEqual([]);
    expect(controller.getState().news).toBe(null);
  });

  test('of drains tell how they began', async () => {
    screen = await openScreen({ director: directorWith(table) });
    await screen.press('down', 'D', 'enter');
    await screen.press('E');
    expect(listed().some((line) => line.startsWith('· drain begun   lvstop  10.0.0.21:8080'))).toBe(true);
  });

  test('an empty list says what would be there', async () => {
    screen = await openScreen({ director: directorWith(table) });
    await screen.press('E');
    expect(screen.text()).toContain('Nothing has happened yet');
    await screen.press('E');
    expect(screen.text()).toContain('SERVICE / REAL SERVER');
  });
});

test('an undo says what it undid, and how to go on', async () => {
  screen = await openScreen({ director: directorWith(table) });
  await screen.press('down', '+', 'enter');
  await screen.press('u');
  await screen.press('enter');
  expect(screen.text()).toContain(
    '✓ undone: weight 1 → 2 on 10.0.0.21:8080 of tcp:203.0.113.10:80; u again for the one before',
  );
});
