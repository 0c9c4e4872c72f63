import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { allRealServers, type Director } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { formatRealServer, parseService } from '../../src/ipvs/identity.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

const web = parseService('tcp:203.0.113.10:80');
const server = '10.0.0.21:8080';

let now: number;
let director: Director;
let screen: OpenScreen;

beforeEach(async () => {
  now = 0;
  director = createSimulatedDirector({ now: () => now, seed: 1 });
  screen = await openScreen({ director });
  screen.controller.update({ cursorKey: `tcp:203.0.113.10:80 ${server}` });
});

afterEach(() => screen.close());

function weight(): number | undefined {
  return allRealServers(director, web).find(
    ({ realServer }) => formatRealServer(realServer.identity) === server,
  )?.realServer.weight;
}

/** Lets seconds pass, with a reading after each of them. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    now += 1000;
    await screen.read();
  }
}

/** Lets time pass until the drains have ended, ten minutes at most. */
async function passAll(): Promise<void> {
  for (let minutes = 0; minutes < 10 && draining() > 0; minutes += 0.25) {
    now += 15_000;
    await screen.read();
  }
}

const draining = () => screen.controller.drains.all.length;
const sign = () => screen.lines().find((line) => line.includes(`${server}   `));

describe('D', () => {
  test('drains a real server, shows how far it is, and leaves it at weight 0', async () => {
    await screen.press('D');
    expect(screen.text()).toContain(`Drain ${server}`);
    expect(screen.text()).toContain('-w 0');
    await screen.press('enter');
    expect(weight()).toBe(0);
    await pass(10);
    expect(sign()).toMatch(/^ ▽/);
    expect(screen.text()).toMatch(
      /▽ [█▏▎▍▌▋▊▉·]{12} 10\.0\.0\.21:8080: \d+ active, \d+ inactive, \d+ % gone/,
    );
    await passAll();
    expect(draining()).toBe(0);
    expect(screen.text()).toContain('and stays at weight 0');
    expect(sign()).not.toContain('▽');
    expect(weight()).toBe(0);
  });

  test('asks once before it deletes, and then deletes without another question', async () => {
    await screen.press('D', 'end', 'enter');
    expect(screen.text()).toContain('deleted as soon as it is empty');
    expect(weight()).toBe(3);
    await screen.press('enter');
    expect(weight()).toBe(3);
    await screen.press('y');
    expect(weight()).toBe(0);
    await passAll();
    expect(weight()).toBeUndefined();
    expect(screen.text()).toContain('and deleted');
  });

  test('gives the old weight back', async () => {
    await screen.press('D', 'down', 'enter');
    await passAll();
    expect(weight()).toBe(3);
    expect(screen.text()).toContain('has its weight 3 back');
  });

  test('again stops the drain, or deletes at once', async () => {
    await screen.press('D', 'enter');
    await pass(3);
    await screen.press('D');
    expect(screen.text()).toContain(`${server} is draining`);
    await screen.press('down', 'enter');
    expect(weight()).toBe(3);
    expect(draining()).toBe(0);
    await screen.press('D', 'enter');
    await pass(3);
    await screen.press('D', 'end', 'enter');
    expect(weight()).toBe(0);
    await screen.press('y');
    expect(weight()).toBeUndefined();
    expect(draining()).toBe(0);
  });

  test('goes to all tagged ones', async () => {
    await screen.press('space', 'space', 'D', 'enter');
    await pass(2);
    expect(draining()).toBe(2);
    expect(screen.lines().filter((line) => line.startsWith('▽')).length).toBe(2);
  });

  test('says when another hand has given the weight back', async () => {
    await screen.press('D', 'enter');
    await pass(2);
    const entry = allRealServers(director, web).find(
      ({ realServer }) => formatRealServer(realServer.identity) === server,
    );
    if (entry !== undefined) director.setRealServer(web, { ...entry.realServer, weight: 5 });
    await pass(2);
    expect(draining()).toBe(0);
    expect(screen.text()).toContain('somebody else has given');
    expect(weight()).toBe(5);
  });
});

test('leaving while a drain runs is asked about', async () => {
  await screen.press('D', 'enter', 'q');
  expect(screen.requests).toEqual([]);
  expect(screen.text()).toContain('They stay at weight 0');
  await screen.press('n', 'ctrl+c');
  expect(screen.requests).toEqual([]);
  await screen.press('y');
  expect(screen.requests).toEqual(['quit']);
});
