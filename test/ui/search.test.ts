import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallSite } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

const mixed = 'tcp:198.51.100.20:8443';

describe('the search', () => {
  let screen: OpenScreen;

  beforeEach(async () => {
    screen = await openScreen({ view: smallSite() });
  });

  afterEach(() => screen.close());

  const cursor = () => screen.controller.getState().cursorKey;
  const bottom = () => screen.lines().slice(-2).join('\n');

  it('brings the cursor to what is typed, at each key, and leaves all rows in sight', async () => {
    await screen.press('f3');
    await screen.type('10.0.9');
    expect(cursor()).toBe(`${mixed} 10.0.9.9:8443`);
    expect(screen.controller.getState().rows.length).toBe(12);
    await screen.press('escape');
    expect(cursor()).toBe('tcp:203.0.113.10:80');
  });

  it('goes on with n and back with N, and says where it begins anew', async () => {
    await screen.press('f3');
    await screen.type('mode:dr');
    await screen.press('enter');
    const found = [cursor()];
    for (let press = 0; press < 3; press++) {
      await screen.press('n');
      found.push(cursor());
    }
    expect(found).toEqual([
      'udp:203.0.113.53:53',
      `${mixed} 10.0.9.9:8443`,
      'tcp:[2001:db8:10::80]:443',
      'udp:203.0.113.53:53',
    ]);
    expect(bottom()).toContain('search "mode:dr": on from the top');
    await screen.press('N');
    expect(cursor()).toBe('tcp:[2001:db8:10::80]:443');
  });

  it('opens the service that a real server is found in', async () => {
    await screen.press('*', 'f3');
    await screen.type('10.20.0.11');
    await screen.press('enter');
    expect(cursor()).toBe(`${mixed} 10.20.0.11:8443`);
    expect(screen.controller.getState().closed).not.toContain(mixed);
  });

  it('says what it cannot find, and what means nothing', async () => {
    await screen.press('n');
    expect(bottom()).toContain('nothing was searched for yet; F3 does');
    await screen.press('f3');
    await screen.type('nowhere');
    expect(bottom()).toContain('nothing holds it');
    await screen.press('enter');
    expect(bottom()).toContain('search "nowhere": nothing holds it');
    await screen.press('f3');
    await screen.type('mode:xy');
    expect(bottom()).toContain('"xy" is no mode');
  });
});
