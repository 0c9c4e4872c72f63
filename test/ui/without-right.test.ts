import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checks } from '../../src/doctor/rounds/checks.ts';
import { privilegedChecks } from '../../src/doctor/rounds/examine.ts';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { loadInk } from '../../src/ui/kit/ink.ts';
import { columnIds } from '../../src/ui/table/columns.ts';
import { openTable } from '../director/procfs/proc-table.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
let table: ReturnType<typeof openTable>;
beforeAll(loadInk);
beforeEach(async () => {
  table = openTable();
  screen = await openScreen({ reader: table.director, columns: 80, rows: 24 });
});
afterEach(() => {
  screen.close();
  table.end();
});

describe('a screen without the right', () => {
  test('says all the time what is missing and what to do', async () => {
    expect(screen.lines()[0]).toContain('READ-ONLY');
    expect(screen.text()).toContain('▲ No CAP_NET_ADMIN: from /proc');
    expect(screen.text().replace(/\s+/g, ' ')).toContain('Use sudo.');
    await screen.read();
    expect(screen.text()).toContain('No CAP_NET_ADMIN');
  });

  test('has the columns that can be filled', () => {
    const titles = screen.lines().find((line) => line.includes('SERVICE / REAL SERVER'));
    expect(titles?.trim().split(/ {1,}/)).toEqual(
      'SERVICE / REAL SERVER MODE SCHED WEIGHT ACTIVE INACT'.split(' '),
    );
    expect(screen.text()).toMatch(/10\.0\.0\.22:80 +TUN +0 +12\.3M +7/);
  });

  test('shows columns that were chosen, with what they have', async () => {
    screen.controller.update({
      columns: columnIds(['name', 'connections', 'upper', 'totalInBytes', 'persistent']),
    });
    await screen.read();
    expect(screen.text()).toMatch(/10\.0\.0\.21:8080 +\? +\? +\? +\?/);
  });

  test.each(['+', '-', 'w', 'm', 's', 'a', 'r', 'e', 'x', 'D', 'z', 'Z', 'u'])(
    '%s says why nothing can be edited',
    async (name) => {
      await screen.press('down', name);
      expect(screen.text().replace(/\s+/g, ' ')).toContain(
        'this user lacks CAP_NET_ADMIN, without which IPVS cannot be changed; start lvstop with sudo',
      );
    },
  );

  test('has the findings of the checks that can be made, and names the others', async () => {
    screen.close();
    screen = await openScreen({
      reader: table.director,
      network: createSimulatedNetwork(),
      machine: createSimulatedMachine(),
      columns: 80,
      rows: 30,
    });
    await screen.waitFor(({ examination }) => examination !== null);
    await screen.press('!');
    expect(screen.text()).toMatch(/ ▲ fwm:7 +no-real-server: there is none/);
    expect(screen.text().replace(/\s+/g, ' ')).toContain(
      `not looked at: ${privilegedChecks.length} of ${checks.length} checks, which need CAP_NET_ADMIN: ${privilegedChecks.map(({ id }) => id).join(', ')}`,
    );
  });

  test('offers no edits', async () => {
    expect(screen.lines().at(-1)).toMatch(/^Enter detail {2}W walk {2}\/ filter .*q quit$/);
    await screen.press('down', 'enter');
    expect(screen.lines().at(-1)).not.toContain('weight');
  });

  test('says why no script can be made', async () => {
    await screen.press('down', 'i');
    expect(screen.text().replace(/\s+/g, ' ')).toContain('which takes CAP_NET_ADMIN; start lvstop with sudo');
  });

  test('walks the packets all the same', async () => {
    await screen.press('down', 'W');
    expect(screen.text()).toContain('Packet walk 1 of 2: tcp:203.0.113.10:80 by 10.0.0.21:8080 (NAT)');
  });

  test('tells in the detail what cannot be read', async () => {
    await screen.resize(120, 60);
    await screen.press('down', 'enter');
    const text = screen.text();
    expect(text).toContain('not readable');
    expect(text).toMatch(/thresholds +needs CAP_NET_ADMIN/);
    expect(text).toMatch(/persistent +\?/);
    expect(text).not.toMatch(/persistent +0\b/);
  });
});
