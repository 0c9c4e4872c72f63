import { afterEach, describe, expect, it } from 'vitest';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { until } from '../until.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

/** The demo's screen with the cursor on the row that comes last of those that hold the text. */
async function openAt(row: string, draft: ScreenDraft = {}): Promise<void> {
  screen = await openScreen({
    network: createSimulatedNetwork(),
    machine: createSimulatedMachine(),
    ...draft,
  });
  await screen.press('/');
  await screen.type(row);
  await screen.press('enter', 'G');
}

const shown = (text: RegExp) => until(`${text} is shown`, () => text.test(screen.text()));

describe.each([
  [80, 24],
  [120, 36],
  [200, 50],
])('on %i×%i, whether a real server answers is told in the preview', (columns, rows) => {
  it('of its being added', async () => {
    await openAt('203.0.113.10:443', { columns, rows });
    await screen.press('r');
    await screen.paste('10.0.1.39:443');
    await shown(/✓ 10\.0\.1\.39:443 answers for 203\.0\.113\.10:443 \(0\.4 ms\)/);
  });

  it('of a weight that is raised from 0', async () => {
    await openAt('10.0.0.24:8080', { columns, rows });
    await screen.press('w');
    await screen.type('3');
    await shown(/✓ 10\.0\.0\.24:8080 answers /);
  });

  it('of another mode, for which it has to be ready', async () => {
    await openAt('10.0.1.34:443', { columns, rows });
    await screen.press('m');
    await screen.press('up');
    await shown(/✗ 10\.0\.1\.34:443 gone: nobody on eth1/);
  });
});

it('nothing is asked of what gets no other clients than before', async () => {
  await openAt('10.0.0.21:8080');
  await screen.press('+');
  expect(screen.text()).toContain('ipvsadm -e');
  expect(screen.text()).not.toContain('answer?');
});
