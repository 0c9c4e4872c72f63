import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allRealServers } from '../../src/director/director.ts';
import { deleteRealServer } from '../director/table-edits.ts';
import { real, service, smallSite, viewOf } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

describe('tagged rows', () => {
  let screen: OpenScreen;

  beforeEach(async () => {
    screen = await openScreen();
    await screen.read();
    // The first service's first two real servers.
    await screen.press('down', 'space', 'space');
  });

  afterEach(() => screen.close());

  test('are all edited while they can be seen', async () => {
    await screen.press('w');
    expect(screen.text()).toContain('Weight of 2 real servers');
  });

  test('are not edited, nor is the row under the cursor, while one of them is hidden', async () => {
    await screen.press('g', 'left', 'down', 'right', 'down');
    await screen.press('w');
    expect(screen.controller.getState().dialog).toBeNull();
    expect(screen.text()).toContain('2 of 2 tagged rows cannot be seen');
    await screen.press('U', 'w');
    expect(screen.controller.getState().dialog).not.toBeNull();
  });

  test('are forgotten when they are gone', async () => {
    const [service] = screen.controller.getState().view!.services;
    for (const { realServer } of service!.realServers) {
      deleteRealServer(screen.director, service!.service.identity, realServer.identity);
    }
    await screen.read();
    await screen.read();
    expect(screen.controller.getState().tagged.size).toBe(0);
  });
});

describe('keys for many rows', () => {
  let screen: OpenScreen;

  beforeEach(async () => {
    screen = await openScreen({ view: smallSite() });
  });

  afterEach(() => screen.close());

  const tagged = () => [...screen.controller.getState().tagged].map((key) => key.split(' ')[1]);

  test('tag all real servers that are shown, and turn that round', async () => {
    await screen.press('A');
    expect(tagged()).toHaveLength(7);
    await screen.press('down', 'space', '~');
    expect(tagged()).toEqual(['10.0.0.21:8080']);
  });

  test('tag a range from the row that was tagged last', async () => {
    await screen.press('down', 'space', 'down', 'down', 'down', 'T');
    expect(tagged()).toEqual(['10.0.0.21:8080', '10.0.0.22:8080', '10.0.0.23:8080', '10.0.2.11:53']);
  });

  test('close all services and open them again, the cursor on its service', async () => {
    await screen.press('down', '*');
    const state = () => screen.controller.getState();
    expect([...state().rows].map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'service'));
    expect(state().cursorKey).toBe('tcp:203.0.113.10:80');
    await screen.press('*');
    expect(state().rows.length).toBe(12);
  });

  test('a flat row names its service where there is room', async () => {
    await screen.press('t');
    expect(screen.text()).toContain('10.0.0.21:8080 of tcp:203.0.113.10:80');
    await screen.resize(70, 24);
    expect(screen.text()).toMatch(/10\.0\.0\.21:8080 /);
  });

  test('tag a machine in all services, and open those', async () => {
    await screen.show(
      viewOf([
        service('tcp:203.0.113.1:80', {}, [real('10.0.0.1:80'), real('10.0.0.2:80')]),
        service('tcp:203.0.113.1:443', {}, [real('10.0.0.1:443'), real('10.0.0.12:443')]),
      ]),
    );
    await screen.press('*', 'g', 'H');
    expect(screen.text()).toContain('tag machine: that is a service; select a real server');
    await screen.press('right', 'down', 'H');
    expect(tagged()).toEqual(['10.0.0.1:80', '10.0.0.1:443']);
    expect(screen.controller.getState().closed.size).toBe(0);
  });
});

describe('an edit of a service’s real servers', () => {
  let screen: OpenScreen;

  beforeEach(async () => {
    screen = await openScreen();
    await screen.read();
  });

  afterEach(() => screen.close());

  const weights = () =>
    allRealServers(screen.director, screen.controller.getState().view!.services[0]!.service.identity).map(
      ({ realServer }) => realServer.weight,
    );

  test('by + - and w goes to all of them, after a question', async () => {
    const before = weights();
    await screen.press('g', '+', 'enter');
    expect(screen.text()).toMatch(/Weight of \d real servers of tcp:\S+\?/);
    expect(weights()).toEqual(before);
    await screen.press('y');
    expect(weights()).toEqual(before.map((weight) => weight + 1));
  });

  test('by D drains all of them, after a question', async () => {
    await screen.press('g', 'D', 'enter');
    expect(screen.text()).toMatch(/Drain \d real servers of tcp:\S+\?/);
    expect(screen.controller.getState().drains).toEqual([]);
    await screen.press('y');
    expect(screen.controller.getState().drains.length).toBe(weights().length);
  });

  test('means nothing where it has none', async () => {
    await screen.show(viewOf([service('tcp:203.0.113.1:80')]));
    await screen.press('g', 'w');
    expect(screen.text()).toContain('weight: the service has no real servers yet');
  });
});
