import { afterEach, describe, expect, test } from 'vitest';
import { allRealServers } from '../../src/director/director.ts';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { directorWith, web } from '../changes/table.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

/** The form for a new real server, with an address typed in that the demo's network has an opinion of. */
async function formWith(address: string): Promise<void> {
  screen = await openScreen({
    director: directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.1.31:80', { forwarding: 'dr' }]] }),
    network: createSimulatedNetwork(),
    machine: createSimulatedMachine(),
  });
  await screen.waitFor((state) => state.examination !== null);
  await screen.press('r');
  await screen.type(address);
  await screen.press();
}

const realServers = () =>
  allRealServers(screen.director, web).map(({ realServer }) => realServer.identity.address);

describe('a form for a real server', () => {
  test('says live which modes can work', async () => {
    await formWith('10.0.1.35:8080');
    expect(screen.text()).toContain('nat can work; tun: no port mapping; dr: no port map');
    screen.close();
    await formWith('10.30.0.9');
    expect(screen.text()).toContain('nat, tun can work; dr: behind a gateway');
  });

  test('warns of what the network speaks against, and asks with another key', async () => {
    await formWith('10.30.0.9');
    expect(screen.text()).toContain('▲ 10.30.0.9:80: it is reached via the gateway 10.0.7.254 on eth1;');
    await screen.press('enter');
    expect(screen.text()).toContain('y do it');
    expect(realServers()).toEqual(['10.0.1.31']);
    await screen.press('y');
    expect(realServers()).toContain('10.30.0.9');
  });

  test('does at once what nothing speaks against', async () => {
    await formWith('10.0.1.35');
    await screen.press('enter');
    expect(realServers()).toContain('10.0.1.35');
  });
});
