import { afterEach, describe, expect, it } from 'vitest';
import type { Network } from '../../src/forwarding/network.ts';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

/** The demo's screen with the walk of the row that holds the text. */
async function openWalk(row: string, draft: ScreenDraft = {}): Promise<void> {
  screen = await openScreen({
    network: createSimulatedNetwork(),
    machine: createSimulatedMachine(),
    rows: 60,
    ...draft,
  });
  await screen.press('/');
  await screen.type(row);
  await screen.press('enter', 'G', 'W');
}

describe('the packet walk', () => {
  it('shows the way of the real server under the cursor', async () => {
    await openWalk('10.0.1.32');
    expect(screen.text()).toContain('Packet walk 2 of 4: tcp:203.0.113.10:443 by 10.0.1.32:443 (DR)');
    expect(screen.text()).toContain('52:54:00:00:01:20');
    expect(screen.text()).toContain('WHAT THE DIRECTOR SEES');
  });

  it('goes through the real servers of the service', async () => {
    await openWalk('10.0.1.34');
    expect(screen.text()).toContain('4 of 4');
    expect(screen.text()).toContain('▲ 10.0.1.34 is FAILED');
    await screen.press('right');
    expect(screen.text()).toContain('1 of 4: tcp:203.0.113.10:443 by 10.0.1.31:443 (DR)');
    await screen.press('left', 'left');
    expect(screen.text()).toContain('3 of 4: tcp:203.0.113.10:443 by 10.0.1.33:443 (DR)');
    await screen.press('tab');
    expect(screen.text()).toContain('4 of 4');
  });

  it('puts request and response side by side on a wide screen only', async () => {
    await openWalk('10.0.0.21');
    expect(screen.text()).toMatch(/REQUEST +RESPONSE/);
    await screen.resize(80, 60);
    expect(screen.text()).not.toMatch(/REQUEST +RESPONSE/);
    expect(screen.text()).toContain('RESPONSE');
  });

  it('lets edits go to its real server, and is still there afterwards', async () => {
    await openWalk('10.0.0.21');
    await screen.press('m');
    expect(screen.text()).toContain('10.0.0.21:8080');
    await screen.press('escape');
    expect(screen.text()).toContain('Packet walk');
    await screen.press('W');
    expect(screen.text()).not.toContain('Packet walk');
  });

  it('opens from the detail of a row, and leads back there', async () => {
    await openWalk('10.0.0.21');
    await screen.press('escape', 'enter', 'W');
    expect(screen.text()).toContain('Packet walk 1 of 4: tcp:203.0.113.10:80 by 10.0.0.21:8080');
    await screen.press('escape');
    expect(screen.text()).toContain('Real server 10.0.0.21:8080 of tcp:203.0.113.10:80');
  });

  it('looks again every few seconds, not at each view', async () => {
    let looks = 0;
    const simulated = createSimulatedNetwork();
    const network: Network = {
      picture: (routes) => {
        // The doctor looks at all addresses of the table.
        if (routes.length === 4) looks += 1;
        return simulated.picture(routes);
      },
      watch: () => () => undefined,
      close: () => undefined,
    };
    await openWalk('10.0.0.21', { network });
    expect(looks).toBe(1);
    const view = screen.controller.getState().view;
    if (view === null) throw new Error('no view');
    await screen.show({ ...view, time: view.time + 1000 });
    expect(looks).toBe(1);
    await screen.show({ ...view, time: view.time + 3000 });
    expect(looks).toBe(2);
    await screen.show({ ...view, time: view.time + 4000 });
    expect(looks).toBe(2);
  });

  it('says how old it is while the screen is frozen, or no reading comes', async () => {
    await openWalk('10.0.0.21');
    const title = () =>
      screen
        .text()
        .split('\n')
        .find((line) => line.includes('Packet walk'))!;
    const { view } = screen.controller.getState();
    expect(title()).not.toContain('looked at');
    await screen.press('p');
    await screen.show({ ...view!, time: view!.time + 6000 });
    expect(title()).not.toContain('looked at');
    await screen.show({ ...view!, time: view!.time + 9000 });
    expect(title()).toContain('(NAT), looked at 9s ago');
    await screen.press('p');
    expect(title()).not.toContain('looked at');
  });

  it('says why there is nothing to show', async () => {
    const network: Network = {
      picture: () =>
        Promise.reject(IpvsError.input('nothing-to-do', 'look at the network', '', 'it is closed', 'wait')),
      watch: () => () => undefined,
      close: () => undefined,
    };
    await openWalk('10.0.0.21', { network });
    expect(screen.text()).toContain('look at the network: it is closed; wait');
  });
});
