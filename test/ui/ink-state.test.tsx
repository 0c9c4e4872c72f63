import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { expect, it } from 'vitest';
import type { Controller } from '../../src/ui/controller.ts';
import { useInkState } from '../../src/ui/ink-state.ts';
import type { ScreenState } from '../../src/ui/screen-state.ts';
import { smallSite } from './fixed-view.ts';
import { openScreen } from './open-screen.ts';

/** Counts how often Ink has to draw. */
async function watched() {
  const screen = await openScreen({ view: smallSite() });
  let drawn = 0;
  let height = (_: ScreenState) => 2;
  function Probe({ controller }: { controller: Controller }) {
    useInkState(controller, (state) => height(state));
    drawn += 1;
    return <Text>probe</Text>;
  }
  const { unmount } = render(<Probe controller={screen.controller} />);
  return {
    screen,
    drawnBy: async (work: () => Promise<void>) => {
      const before = drawn;
      await work();
      return drawn - before;
    },
    setHeight: (of: (state: ScreenState) => number) => {
      height = of;
    },
    close: () => {
      unmount();
      screen.close();
    },
  };
}

it('leaves Ink alone while only painted things change', async () => {
  const { screen, drawnBy, close } = await watched();
  expect(await drawnBy(() => screen.press('down', 'down', 'up', 'end'))).toBe(0);
  expect(await drawnBy(() => screen.show(smallSite()))).toBe(0);
  expect(await drawnBy(() => screen.press('left'))).toBe(0);
  close();
});

it('has Ink draw what it shows: messages, tags, dialogs and what is typed into them', async () => {
  const { screen, drawnBy, close } = await watched();
  for (const name of [
    'space',
    'U',
    '/',
    'a',
    'escape',
    't',
    'w',
    '7',
    'escape',
    ':',
    'm',
    'escape',
    'enter',
  ]) {
    expect(await drawnBy(() => screen.press(name)), name).toBeGreaterThan(0);
  }
  close();
});

it('has Ink lay out anew when the header gets higher', async () => {
  const { screen, drawnBy, setHeight, close } = await watched();
  const { cursorKey: first } = screen.controller.getState();
  setHeight(({ cursorKey }) => (cursorKey === first ? 2 : 3));
  expect(await drawnBy(() => screen.press('down'))).toBe(1);
  expect(await drawnBy(() => screen.press('down'))).toBe(0);
  close();
});
