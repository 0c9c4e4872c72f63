import { expect, test } from 'vitest';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { defaultSettings } from '../../src/formats/settings.ts';
import { createSampler } from '../../src/sampling/sampler.ts';
import { Controller } from '../../src/ui/controller.ts';
import { stateOfSettings } from '../../src/ui/state/screen-settings.ts';
import { initialState } from '../../src/ui/state/screen-state.ts';
import { smallSite } from './fixed-view.ts';
import { key } from './keys.ts';

/** A controller before its first reading, and whether it was left. */
function started() {
  const director = createSimulatedDirector({ now: () => 0, seed: 1 });
  const left: string[] = [];
  const controller = new Controller({
    director,
    sampler: createSampler({ director, interval: 1 }),
    state: initialState(stateOfSettings(defaultSettings)),
    quit: () => left.push('quit'),
    suspend: () => undefined,
    redraw: () => undefined,
    reportMouse: () => undefined,
  });
  return { controller, left };
}

test('keys typed before the first reading are for what it shows', () => {
  const { controller } = started();
  for (const name of ['down', 'down', '/', '8', '0']) controller.onInput(key(name));
  expect(controller.getState().rows).toHaveLength(0);
  controller.onView(smallSite());
  const state = controller.getState();
  expect(state.filter).toBe('80');
  expect(state.cursorKey).toBe('tcp:203.0.113.10:80 10.0.0.22:8080');
});

test('Ctrl-C leaves before it, too', () => {
  const { controller, left } = started();
  controller.onInput(key('ctrl+c'));
  expect(left).toEqual(['quit']);
});
