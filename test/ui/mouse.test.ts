import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallSite } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

describe('a click', () => {
  let screen: OpenScreen;

  beforeEach(async () => {
    screen = await openScreen({ view: smallSite() });
  });

  afterEach(() => screen.close());

  const state = () => screen.controller.getState();

  /** Presses the left button where the text is on the screen. */
  async function click(text: string): Promise<void> {
    const lines = screen.lines();
    const y = lines.findLastIndex((line) => line.includes(text));
    expect(y, text).toBeGreaterThanOrEqual(0);
    const x = lines[y]?.indexOf(text) ?? 0;
    const none = { ctrl: false, alt: false, shift: false };
    screen.controller.onInput({ type: 'mouse', action: 'press', button: 'left', x, y, ...none });
    await screen.press();
  }

  it('on a title sorts by it, and turns it round the next time', async () => {
    await click('ACTIVE');
    expect(state()).toMatchObject({ sortColumn: 'active', reverse: false });
    await click('ACTIVE');
    expect(state()).toMatchObject({ sortColumn: 'active', reverse: true });
    await click('SERVICE /');
    expect(state().sortColumn).toBe('name');
  });

  it('on a row selects it, on a fold sign opens or closes at once', async () => {
    await click('10.0.0.22:8080');
    expect(state().cursorKey).toBe('tcp:203.0.113.10:80 10.0.0.22:8080');
    await click('▾ tcp:203.0.113.10:80');
    expect([...state().closed]).toEqual(['tcp:203.0.113.10:80']);
    expect(state().cursorKey).toBe('tcp:203.0.113.10:80');
  });

  it('on a key below the table presses it', async () => {
    await click('help');
    expect(screen.text()).toContain('Esc');
    expect(state().dialog).not.toBeNull();
  });

  it('in a dialog chooses a line, and presses its keys', async () => {
    await screen.press('o');
    await click('c  CONN/s');
    expect(state().dialog).not.toBeNull();
    await click('Enter sorts');
    expect(state()).toMatchObject({ dialog: null, sortColumn: 'connections' });
    await screen.press('o');
    await click('Esc leave');
    expect(state().dialog).toBeNull();
  });

  it('in a pane chooses a line, and opens the one that is chosen', async () => {
    await screen.press('J');
    await click('Esc back');
    expect(state().pane).toBeNull();
  });
});
