import { afterEach, describe, expect, it } from 'vitest';
import { allRealServers } from '../../src/director/director.ts';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { parseService } from '../../src/ipvs/identity.ts';
import { realServerOf, serviceKey } from '../ipvs/keys.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

async function open(draft: ScreenDraft = {}): Promise<void> {
  screen = await openScreen({
    network: createSimulatedNetwork(),
    machine: createSimulatedMachine(),
    settings: { graphs: false },
    ...draft,
  });
}

/** The text of the screen without a dialog's frame, its lines joined. */
function shown(): string {
  return screen
    .lines()
    .map(
      (line) =>
        line
          .split('│')
          .sort((one, other) => other.trim().length - one.trim().length)[0]
          ?.trim() ?? '',
    )
    .join(' ')
    .replace(/ +/g, ' ');
}

const mail = serviceKey('tcp:203.0.113.25:25');
const modes = () =>
  allRealServers(screen.director, parseService(mail)).map(({ realServer }) => realServer.forwarding);

describe('the set-up of a real server', () => {
  it('is shown with i for its present mode, from its detail too, with the director that the network tells', async () => {
    await open({ columns: 80, rows: 24 });
    screen.controller.update({ cursorKey: realServerOf(mail, '10.0.3.26:25') });
    await screen.press('enter', 'i');
    expect(shown()).toContain('NAT on 10.0.3.26:25: set up');
    await screen.press('end');
    expect(shown()).toContain('ip -4 -o route get 10.0.0.2 ');
    await screen.press('escape');
    expect(screen.text()).toContain('10.0.3.26:25');
    expect(screen.controller.getState()).toMatchObject({ dialog: null });
  });

  it('goes through all real servers of a service', async () => {
    await open();
    screen.controller.update({ cursorKey: mail });
    await screen.press('i', 'left');
    expect(shown()).toContain('NAT on 10.0.3.27:25, 3 of 3: set up');
  });
});

describe('a switch of modes', () => {
  it('says what it needs on the director and on each real server, and does it with another key', async () => {
    await open();
    screen.controller.update({ cursorKey: mail });
    await screen.press('m', 'down', 'down', 'enter');
    expect(shown()).toContain(`Switch all 3 real servers of ${mail} to DR?`);
    expect(shown()).toContain('ipvsadm -e -t 203.0.113.25:25 -r 10.0.3.25:25 -g');
    expect(shown()).toContain('nothing that was looked at in its network');
    expect(shown()).toContain(`lvstop setup ${mail} 10.0.3.25:25 --mode dr | ssh root@10.0.3.25 sh`);
    expect(shown()).toContain('keep the forwarding method that they began with');
    await screen.press('enter');
    expect(modes()).toEqual(['nat', 'nat', 'nat']);
    await screen.press('y');
    expect(modes()).toEqual(['dr', 'dr', 'dr']);
    expect(screen.text()).toContain('forwarding NAT → DR, and 2 more');
  });

  it('says what the doctor will find afterwards', async () => {
    await open({ rows: 50 });
    screen.controller.update({ cursorKey: realServerOf('tcp:198.51.100.20:8443', '10.30.0.11:8443') });
    await screen.press('m', 'down', 'enter');
    expect(shown()).toContain('✗ 10.30.0.11:8443: ip route get 10.30.0.11: it is reached via the gateway');
  });

  it('has the script of each real server at hand, for each of its purposes, and leads back', async () => {
    await open();
    screen.controller.update({ cursorKey: mail });
    await screen.press('m', 'down', 'down', 'enter');
    await screen.press('s');
    expect(shown()).toContain('DR on 10.0.3.25:25, 1 of 3: set up');
    expect(shown()).toContain('# Sets up 10.0.3.25:25 as a real server');
    await screen.press('right', 'tab');
    expect(shown()).toContain('DR on 10.0.3.26:25, 2 of 3: check');
    expect(shown()).toContain('# Checks the set-up of 10.0.3.26:25');
    await screen.press('end');
    expect(shown()).toContain('exit "$missing"');
    await screen.press('escape');
    expect(shown()).toContain('Switch all 3 real servers');
    await screen.press('escape');
    expect(shown()).toContain('Mode of all 3 real servers');
    await screen.press('escape');
    expect(shown()).not.toContain('Mode of');
  });

  it('names for a firewall mark what the script cannot know', async () => {
    await open();
    screen.controller.update({ cursorKey: serviceKey('fwm:7') });
    await screen.press('m', 'up', 'enter');
    await screen.press('s');
    expect(shown()).toContain('a firewall mark does not tell which addresses clients call');
    expect(shown()).toContain('--address ADDRESS');
  });

  it.each([
    [80, 24],
    [60, 16],
    [40, 12],
  ])('shows what will be done and the way out at %i by %i', async (columns, rows) => {
    await open({ columns, rows });
    screen.controller.update({ cursorKey: mail });
    await screen.press('m', 'down', 'down', 'enter');
    expect(shown()).toContain('Switch all 3 real');
    expect(shown()).toContain('ipvsadm -e');
    expect(shown()).toContain('y do it');
    expect(shown()).toContain('Esc back');
  });
});
