/** What an operator does most, counted in keys on the screen itself: each task within the keys that it may take. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allRealServers } from '../../src/director/director.ts';
import { onDirector } from '../../src/forwarding/diagnosis.ts';
import { parseService } from '../../src/ipvs/identity.ts';
import { real, service, viewOf } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

const web = 'tcp:203.0.113.10:80';

describe.each([
  [80, 24],
  [120, 36],
  [200, 50],
])('at %i by %i', (columns, rows) => {
  let screen: OpenScreen;
  let pressed = 0;

  beforeEach(async () => {
    screen = await openScreen({ columns, rows });
    await screen.read();
    pressed = 0;
  });

  afterEach(() => screen.close());

  const state = () => screen.controller.getState();

  /** Presses keys, and counts them. */
  async function press(...names: readonly string[]): Promise<void> {
    pressed += names.length;
    await screen.press(...names);
  }

  async function type(text: string): Promise<void> {
    pressed += text.length;
    await screen.type(text);
  }

  it('to find the share of 0 that should not be takes none', async () => {
    const odd = real('10.0.0.2:80', {}, { share: 0, due: 0.5 });
    await screen.show(viewOf([service(web, {}, [real('10.0.0.1:80', {}, { share: 1, due: 0.5 }), odd])]));
    expect(screen.lines().find((line) => line.includes('10.0.0.2:80'))).toMatch(/0\/50%/);
    expect(pressed).toBe(0);
  });

  it('to sort by connections a second takes two keys', async () => {
    await press('o', 'c');
    expect(state().sortColumn).toBe('connections');
    expect(pressed).toBeLessThanOrEqual(2);
  });

  it('to filter to a subnet takes thirteen', async () => {
    await type('/10.0.1.0/24');
    await press('enter');
    const shown = [...state().rows].filter(({ kind }) => kind === 'real server').map(({ key }) => key);
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.filter((key) => !key.includes(' 10.0.1.'))).toEqual([]);
    expect(pressed).toBeLessThanOrEqual(13);
  });

  it('to find what gets another share than is due to it takes thirteen', async () => {
    await type('/share!=due');
    await press('enter');
    expect(state().filter).toBe('share!=due');
    expect(pressed).toBeLessThanOrEqual(13);
  });

  it('to add a service with three real servers takes thirty-five', async () => {
    await press('a');
    await type('tcp:192.0.2.9:80');
    await press('enter');
    expect(state().cursorKey).toBe('tcp:192.0.2.9:80');
    await press('r');
    await type('10.0.9.1-3');
    await press('enter');
    if (state().dialog !== null) await press('y');
    const added = allRealServers(screen.director, parseService('tcp:192.0.2.9:80'));
    expect(added.map(({ realServer }) => realServer.identity.address).sort()).toEqual([
      '10.0.9.1',
      '10.0.9.2',
      '10.0.9.3',
    ]);
    expect(pressed).toBeLessThanOrEqual(35);
  });

  it('to collapse all takes one', async () => {
    await press('*');
    expect([...state().rows].every(({ kind }) => kind === 'service')).toBe(true);
    expect(pressed).toBeLessThanOrEqual(1);
  });

  it('to take one machine out of all its services takes eight', async () => {
    screen.controller.update({
      cursorKey: [...state().rows].find(({ key }) => key.startsWith(`${web} `))?.key,
    });
    await press('H', 'D', 'enter');
    if (state().dialog !== null) await press('y');
    expect(state().drains.length).toBe(state().tagged.size);
    expect(state().drains.length).toBeGreaterThan(0);
    expect(pressed).toBeLessThanOrEqual(8);
  });

  it('to copy the command that mends a finding takes three', async () => {
    screen.controller.update({
      examination: {
        time: 0,
        unseen: [],
        findings: [
          {
            check: 'forwarding-off',
            severity: 'error',
            subject: { kind: 'director' },
            lookedAt: '/proc/sys/net/ipv4/ip_forward',
            found: 'it is 0',
            matters: 'nothing is forwarded',
            mend: [onDirector('sysctl -w net.ipv4.ip_forward=1')],
          },
        ],
      } as never,
    });
    await press('!', 'Y');
    expect(screen.requests).toContain('copy sysctl -w net.ipv4.ip_forward=1');
    expect(pressed).toBeLessThanOrEqual(3);
  });

  it('to change the weights of all real servers of a service takes three', async () => {
    const weights = () =>
      allRealServers(screen.director, parseService(web)).map(({ realServer }) => realServer.weight);
    const before = weights();
    while (state().cursorKey !== web) await screen.press('down');
    await press('+', 'enter', 'y');
    expect(weights()).toEqual(before.map((weight) => weight + 1));
    expect(pressed).toBeLessThanOrEqual(3);
  });
});
