import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { expect, it } from 'vitest';
import type { Controller } from '../../src/ui/controller.ts';
import { useDialogState } from '../../src/ui/dialog-layer.tsx';
import { smallSite } from './fixed-view.ts';
import { openScreen } from './open-screen.ts';

/** Counts how often Ink has to draw. */
async function watched() {
  const screen = await openScreen({ view: smallSite() });
  let drawn = 0;
  function Probe({ controller }: { controller: Controller }) {
    useDialogState(controller);
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
    close: () => {
      unmount();
      screen.close();
    },
  };
}

it('leaves Ink alone while no dialog is open', async () => {
  const { screen, drawnBy, close } = await watched();
  for (const name of ['down', 'end', 'left', 'space', 'U', 't', '/', 'a', 'escape', ':', 'm', 'escape'])
    expect(await drawnBy(() => screen.press(name)), name).toBe(0);
  expect(await drawnBy(() => screen.show(smallSite()))).toBe(0);
  close();
});

it('has Ink draw a dialog that opens, what is typed into it, the readings behind it, and its end', async () => {
  const { screen, drawnBy, close } = await watched();
  await screen.press('down');
  for (const name of ['w', '7']) expect(await drawnBy(() => screen.press(name)), name).toBeGreaterThan(0);
  expect(await drawnBy(() => screen.show(smallSite()))).toBeGreaterThan(0);
  expect(await drawnBy(() => screen.press('escape'))).toBeGreaterThan(0);
  close();
});
