import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deleteRealServer } from '../director/table-edits.ts';
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
