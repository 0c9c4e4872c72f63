import { afterEach, describe, expect, it } from 'vitest';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { settingsOfState } from '../../src/ui/state/screen-settings.ts';
import { until } from '../until.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

/** The demo's screen while its real servers are asked every ten seconds, once all of them have answered. */
async function openProbing(draft: ScreenDraft = {}): Promise<void> {
  screen = await openScreen({
    network: createSimulatedNetwork(),
    machine: createSimulatedMachine(),
    rows: 45,
    settings: { probe: '10s' },
    ...draft,
  });
  await until('all are asked', async () => {
    await screen.read();
    const { answers, rows } = screen.controller.getState();
    return Array.from(rows).every(
      (row) => row.kind === 'service' || answers.of(row.key, row.realServer.realServer) !== undefined,
    );
  });
}

describe('the column of answers', () => {
  it('tells of each real server whether it answers, and of a service how many do', async () => {
    await openProbing();
    expect(screen.text()).toMatch(/10\.0\.1\.31:443 .*✓ 0\.4 ms +\d+s /);
    expect(screen.text()).toMatch(/10\.0\.1\.34:443 .*✗ gone +\d+s /);
    expect(screen.text()).toMatch(/tcp:203\.0\.113\.10:443 .*✗ 1 of 4 /);
    expect(screen.text()).toMatch(/tcp:203\.0\.113\.10:80 .*✓ 4 /);
  });

  it.each([60, 80, 120, 200])('is said in the header of %i cells', async (columns) => {
    await openProbing({ columns });
    const header = screen.text().split('SERVICE / REAL')[0];
    expect(header).toMatch(columns < 100 ? /probing every 10s/ : /probing 27 every 10s/);
  });

  it('is filtered by what was answered, and sorted with what is wrong first', async () => {
    await openProbing();
    await screen.press('/');
    await screen.type('answers:fault');
    await screen.press('enter');
    expect(screen.text()).toContain('10.0.1.34:443');
    expect(screen.text()).not.toContain('10.0.1.31:443');
    await screen.press('\\', ':');
    await screen.type('sort answers');
    await screen.press('enter');
    const rows = screen.lines().filter((line) => / (?:tcp|udp|fwm):/.test(line));
    expect(rows[0]).toContain('203.0.113.10:443');
  });

  it('goes with the setting', async () => {
    await openProbing();
    screen.controller.applySettings({ ...settingsNow(), probe: 'off' });
    await screen.read();
    expect(screen.text()).not.toMatch(/ANSWERS|probing/);
  });
});

function settingsNow() {
  return settingsOfState(screen.controller.getState());
}
