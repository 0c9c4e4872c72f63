import { afterEach, describe, expect, it } from 'vitest';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { until } from '../until.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

/** The demo's screen with the probe of the row that comes last of those that hold the text. */
async function openProbe(row: string, keys: readonly string[], draft: ScreenDraft = {}): Promise<void> {
  screen = await openScreen({
    network: createSimulatedNetwork(),
    machine: createSimulatedMachine(),
    rows: 30,
    ...draft,
  });
  await screen.press('/');
  await screen.type(row);
  await screen.press('enter', ...keys, 'P');
  await until('all are asked', () => /Probe of .*: \d+ asked/.test(screen.text()));
}

describe('the probe', () => {
  it('asks all real servers of a service, and says why one may be deaf', async () => {
    await openProbe('10.0.1.3', []);
    expect(screen.text()).toContain('Probe of tcp:203.0.113.10:443: 4 asked, 1 with a fault');
    expect(screen.text()).toMatch(/✓ 10\.0\.1\.31:443 +DR +answers +for 203\.0\.113\.10:443 \(0\.4 ms\)/);
    expect(screen.text()).toMatch(/✗ 10\.0\.1\.34:443 +DR +gone +nobody on eth1 answers for 10\.0\.1\.34/);
    expect(screen.text()).toContain('· it is down, in another network');
  });

  it('asks one real server alone, and again', async () => {
    await openProbe('10.0.1.32', ['G']);
    expect(screen.text()).toContain('Probe of tcp:203.0.113.10:443: 1 asked');
    await screen.press('P');
    await until('it is asked again', () => screen.text().includes('1 asked'));
    expect(screen.text()).not.toContain('10.0.1.31');
    await screen.press('escape');
    expect(screen.text()).not.toContain('Probe of');
  });

  it('fits a narrow screen', async () => {
    await openProbe('10.0.1.3', [], { columns: 60 });
    expect(screen.text()).toContain('nobody on eth1 answers for 10.0.1.34');
    for (const line of screen.text().split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('asks for what it is told', async () => {
    await openProbe('fwm:', []);
    await screen.press('escape', ':');
    await screen.type('probe 203.0.113.70:80');
    await screen.press('enter');
    await until('all are asked', () => /Probe of .*: \d+ asked/.test(screen.text()));
    expect(screen.text()).toContain('for 203.0.113.70:80');
  });

  it('says what is wrong with what it is told', async () => {
    await openProbe('fwm:', []);
    await screen.press('escape', ':');
    await screen.type('probe nowhere');
    await screen.press('enter');
    expect(screen.text()).toContain('probe: ');
    expect(screen.text()).not.toContain('Probe of');
  });
});
