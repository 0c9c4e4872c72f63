import { afterEach, describe, expect, test } from 'vitest';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { demoSite } from '../../src/director/simulated/sites/demo-site.ts';
import { defaultSyncDaemonSettings } from '../../src/ipvs/sync-daemon.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

const [network = ''] = demoSite.interfaces;
const site = () =>
  createSimulatedDirector({ now: () => 0, seed: 1, site: { ...demoSite, services: [], syncDaemons: [] } });

describe('y', () => {
  test('shows the time-outs and sets them, and u undoes it', async () => {
    const director = site();
    screen = await openScreen({ director });
    await screen.press('y');
    expect(screen.text()).toMatch(/› TCP +900/);
    expect(screen.text()).toMatch(/master +‹ off ›/);
    await screen.press('ctrl+u');
    await screen.type('600');
    expect(screen.text()).toContain('ipvsadm --set 600 120 300');
    await screen.press('enter');
    expect(director.timeouts()).toEqual({ tcp: 600, tcpFin: 120, udp: 300 });
    expect(screen.text()).toContain('set time-outs: TCP 900 s → 600 s');
    await screen.press('u');
    await screen.press('enter');
    expect(director.timeouts().tcp).toBe(900);
  });

  test('starts a daemon, and stops one after asking with another key', async () => {
    const director = site();
    screen = await openScreen({ director });
    await screen.press('y', 'down', 'down', 'down', 'right');
    expect(screen.text()).toContain('no interface is given yet');
    await screen.press('down');
    await screen.type(network);
    await screen.press('down', 'ctrl+u');
    await screen.type('7');
    expect(screen.text()).toContain(`ipvsadm --start-daemon master --mcast-interface ${network} --syncid 7`);
    await screen.press('enter');
    expect(director.syncDaemons()).toMatchObject([{ state: 'master', syncId: 7 }]);

    await screen.press('y', 'down', 'down', 'down');
    expect(screen.text()).toMatch(/master +‹ on ›/);
    await screen.press('left');
    expect(screen.text()).toContain('ipvsadm --stop-daemon master');
    await screen.press('enter', 'enter');
    expect(director.syncDaemons()).toHaveLength(1);
    await screen.press('y');
    expect(director.syncDaemons()).toEqual([]);
  });

  test('shows an interface with a name that a terminal would obey, and writes the name itself', async () => {
    const name = 'ev\x1b[1m';
    const daemon = { ...defaultSyncDaemonSettings, state: 'master', interface: name, syncId: 7 } as const;
    const director = createSimulatedDirector({
      now: () => 0,
      seed: 1,
      site: { ...demoSite, services: [], interfaces: [name], syncDaemons: [daemon] },
    });
    screen = await openScreen({ director });
    await screen.press('y');
    expect(screen.text()).toContain('ev␛[1m');
    await screen.press('down', 'down', 'down', 'down', 'down', 'ctrl+u');
    await screen.type('8');
    await screen.press('enter', 'y');
    expect(director.syncDaemons()).toMatchObject([{ interface: name, syncId: 8 }]);
  });

  test('changes nothing when nothing was changed, and tells what is wrong', async () => {
    const director = site();
    screen = await openScreen({ director });
    await screen.press('y', 'enter');
    expect(screen.text()).toContain('nothing was changed');
    await screen.press('y', 'ctrl+u');
    await screen.type('0');
    expect(screen.text()).toContain('give a whole number from 1 to 2147483');
    await screen.press('enter');
    expect(director.timeouts().tcp).toBe(900);
  });

  test('only tells what is where nothing can be edited', async () => {
    screen = await openScreen({ director: site(), readOnly: true });
    await screen.press('y');
    expect(screen.text()).toContain('TCP 900 s, TCP after FIN 120 s, UDP 300 s; no sync daemon');
  });
});
