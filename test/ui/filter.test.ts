import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallSite } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

describe('the line of the filter', () => {
  let screen: OpenScreen;

  beforeEach(async () => {
    screen = await openScreen({ view: smallSite() });
  });

  afterEach(() => screen.close());

  const bottom = () => screen.lines().slice(-3).join('\n');
  const shownRows = () => screen.controller.getState().rows.length;

  it('filters at each key', async () => {
    await screen.type('/10.0.0.0/24');
    expect(shownRows()).toBe(4);
    await screen.press('enter');
    expect(bottom()).toContain('filter "10.0.0.0/24" (\\ clears)');
  });

  it('names a wrong word while it is typed, and leaves the table as it was', async () => {
    await screen.type('/mode:nat');
    const before = shownRows();
    await screen.type(' and mood:dr');
    expect(bottom()).toContain('there is no "mood" to ask for');
    expect(shownRows()).toBe(before);
    await screen.press('enter');
    expect(bottom()).toContain('filter "mode:nat and mood:dr": there is no "mood" to ask for');
    expect(screen.controller.getState().filter).toBe('mode:nat');
  });

  it('leaves the table as it was, and scolds nobody, while a word is begun', async () => {
    await screen.type('/active>=');
    expect(shownRows()).toBe(12);
    expect(bottom()).not.toContain('✗');
    await screen.type('3000');
    expect(shownRows()).toBe(4);
  });

  it('completes with Tab, and goes on with what is complete', async () => {
    await screen.type('/state:we');
    expect(bottom()).toContain('Tab state:weight0');
    await screen.press('tab');
    expect(bottom()).toContain('filter: state:weight0');
    expect(shownRows()).toBe(2);
    await screen.type(' sch');
    await screen.press('tab');
    await screen.type('wr');
    await screen.press('tab');
    expect(screen.controller.getState().filter).toBe('state:weight0 sched:wrr');
  });

  it('takes the same behind its name on the command line, and says what is wrong with it', async () => {
    await screen.type(':filter mode:dr');
    await screen.press('enter');
    expect(shownRows()).toBe(6);
    await screen.type(':filter mode:xy');
    await screen.press('enter');
    expect(bottom()).toContain('"xy" is no mode');
    expect(shownRows()).toBe(6);
  });

  it('follows tags and findings without a reading', async () => {
    await screen.type('/state:tagged');
    await screen.press('enter');
    expect(shownRows()).toBe(0);
    await screen.press('\\', 'down', 'space', 'space');
    await screen.type('/state:tagged');
    await screen.press('enter');
    expect(shownRows()).toBe(3);
  });
});
