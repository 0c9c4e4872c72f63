import { afterEach, describe, expect, test } from 'vitest';
import { readSaveable } from '../../src/changes/saved/read-saveable.ts';
import { savedTableInMemory } from '../../src/changes/saved/saved-table-in-memory.ts';
import { createSimulatedMachine } from '../../src/host/machine/simulated-machine.ts';
import { createSimulatedNetwork } from '../../src/host/network/simulated-network.ts';
import { isNeeded } from '../../src/sampling/need.ts';
import { directorWith } from '../changes/table.ts';
import { serviceKey } from '../ipvs/keys.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

const nat = { forwarding: 'nat' } as const;

/** Two services: nothing is wrong with the first, and in the second nobody has a weight. */
const table = {
  'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', nat], ['10.0.0.22:8080', nat]],
  'tcp:203.0.113.10:443': [{}, ['10.0.0.23:8443', { ...nat, weight: 0 }]],
} as const;

/** Opens a screen on which the doctor has made its first round. */
async function opened(draft: ScreenDraft = {}): Promise<OpenScreen> {
  const director = draft.director ?? directorWith(table);
  const open = await openScreen({
    director,
    savedTable: savedTableInMemory(await readSaveable(director)),
    network: createSimulatedNetwork(),
    machine: createSimulatedMachine(),
    ...draft,
  });
  await open.waitFor((state) => state.examination !== null);
  return open;
}

describe('findings', () => {
  test('stand in the header and beside their rows', async () => {
    screen = await opened();
    expect(screen.text()).toContain('✗ 1 finding, ! shows');
    const row = screen.lines().find((line) => line.includes('tcp:203.0.113.10:443'));
    expect(row).toMatch(/^ ✗▾ tcp:203\.0\.113\.10:443/);
    expect(screen.lines().find((line) => line.includes('tcp:203.0.113.10:80'))).toMatch(/^▌ ▾ tcp/);
  });

  test('are few words on a narrow screen, and none where nothing is wrong', async () => {
    screen = await opened({ columns: 80, rows: 24 });
    expect(screen.text()).toContain('✗ 1 finding: !');
    screen.close();
    screen = await opened({ director: directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.0.21:80', nat]] }) });
    expect(screen.text()).not.toContain('finding');
    await screen.press('!');
    expect(screen.text()).toContain('Nothing is wrong as far as can be seen.');
  });

  test('say how old they are when the doctor has not looked for a while', async () => {
    screen = await opened();
    const { view, examination } = screen.controller.getState();
    if (view === null || examination === null) throw new Error('nothing was looked at');
    await screen.show({ ...view, time: examination.time + 15_000 });
    expect(screen.text()).toContain('✗ 1 finding, ! shows');
    await screen.show({ ...view, time: examination.time + 16_000 });
    expect(screen.text()).toContain('✗ 1 finding 16s ago, ! shows');
  });

  test('are looked for anew by the key that shows them', async () => {
    screen = await opened();
    const { examination } = screen.controller.getState();
    await screen.press('!', '!');
    await screen.waitFor((state) => state.examination !== examination);
    expect(listed()).toHaveLength(1);
  });

  test('are gone with what was wrong, right after the edit', async () => {
    screen = await opened();
    await screen.press('G', 'w', 'backspace', '1', 'enter');
    await screen.waitFor(({ marks }) => marks.own.size === 0);
    expect(screen.text()).not.toContain('finding');
  });
});

test('rows out of sight that something is wrong with are read with each refresh', async () => {
  const services = Array.from({ length: 60 }, (_, index) => [
    `tcp:203.0.113.10:${8001 + index}`,
    [{}, ['10.0.0.21:8080', { ...nat, weight: index === 50 ? 0 : 1 }]],
  ]);
  screen = await opened({ director: directorWith(Object.fromEntries(services)) });
  const { need } = screen.controller.sampler;
  expect(isNeeded(need, serviceKey('tcp:203.0.113.10:8051'))).toBe(true);
  expect(isNeeded(need, serviceKey('tcp:203.0.113.10:8052'))).toBe(false);
});

describe('the list of findings', () => {
  test('has those of the selected row first', async () => {
    const director = directorWith({
      'tcp:203.0.113.10:80': [{}, ['10.0.0.21:8080', nat], ['10.0.0.22:8080', { ...nat, weight: 0 }]],
      'tcp:203.0.113.10:443': [{}, ['10.0.0.23:8443', { ...nat, weight: 0 }]],
    });
    screen = await opened({ director });
    await screen.press('G', '!');
    expect(listed()).toEqual(['✗ tcp:203.0.113.10:443', '· 10.0.0.22:8080 of tcp:203.0.113.10:80']);
    await screen.press('escape', 'g', '!');
    expect(listed()).toEqual(['· 10.0.0.22:8080 of tcp:203.0.113.10:80', '✗ tcp:203.0.113.10:443']);
  });

  test('shows the whole of the chosen one below where there is room, and moves with the choice', async () => {
    screen = await opened();
    await screen.press('!');
    expect(screen.lines()).toContain('lvstop weight tcp:203.0.113.10:443 10.0.0.23:8443 1');
    screen.close();
    screen = await opened({ columns: 80, rows: 12 });
    await screen.press('!');
    expect(screen.text()).not.toContain('lvstop weight');
  });

  test('leads to the whole finding, whose command stands alone on its line, and back', async () => {
    screen = await opened();
    await screen.press('!', 'enter');
    expect(screen.lines()).toContain('lvstop weight tcp:203.0.113.10:443 10.0.0.23:8443 1');
    expect(screen.text()).toContain('every new connection is rejected');
    await screen.press('escape');
    expect(listed()).toHaveLength(1);
    await screen.press('escape');
    expect(screen.text()).toContain('SERVICE / REAL SERVER');
  });

  test('leads to the row', async () => {
    screen = await opened();
    await screen.press('g', '!', 'o');
    const service = screen.controller.getState().cursorKey;
    expect(service).toBe('tcp:203.0.113.10:443');
    expect(screen.text()).toContain('SERVICE / REAL SERVER');
  });

  test('takes edits for the row of the chosen finding', async () => {
    screen = await opened();
    await screen.press('g', '!', 's');
    expect(screen.text()).toContain('Scheduler of tcp:203.0.113.10:443');
  });

  test('is told in ASCII, too', async () => {
    screen = await opened({ settings: { characters: 'ascii' } });
    expect(screen.text()).toContain('x 1 finding, ! shows');
    await screen.press('!');
    expect(screen.text()).toMatch(/^ x tcp:203\.0\.113\.10:443 +no-weight: the weight is 0/m);
  });

  test('belongs to the detail page as well', async () => {
    const network = createSimulatedNetwork();
    screen = await opened({
      director: directorWith({ 'tcp:203.0.113.10:80': [{}, ['10.0.1.34:80', { forwarding: 'dr' }]] }),
      network,
    });
    await screen.press('G', 'enter');
    expect(screen.text()).toContain('✗ 10.0.1.34:80: 10.0.1.34 is FAILED: it does not answer on eth1;');
    await screen.press('!', 'escape');
    expect(screen.text()).toContain('Real server 10.0.1.34:80 of tcp:203.0.113.10:80');
  });
});

function listed(): string[] {
  return screen
    .lines()
    .filter((line) => /^ [✗▲·] /.test(line))
    .map((line) => line.trim().split(/ {2,}/)[0] ?? '');
}
