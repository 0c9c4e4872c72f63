import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src/formats/settings/settings.ts';
import type { View } from '../../../src/sampling/view.ts';
import { isSameNeed, neededServices } from '../../../src/ui/state/needed-services.ts';
import { stateOfSettings } from '../../../src/ui/state/screen-settings.ts';
import { changed, initialState, type ScreenState } from '../../../src/ui/state/screen-state.ts';
import { realServerOf, serviceKey } from '../../ipvs/keys.ts';
import { real, service, viewOf } from '../fixed-view.ts';
import { columnId } from '../table/column-id.ts';

const keyOf = (index: number) => serviceKey(`tcp:192.0.2.${index}:80`);

/** Services of one real server each: row 0 is the first service, row 1 its real server, and so on. */
function site(): View {
  return viewOf(
    Array.from({ length: 20 }, (_, index) =>
      service(keyOf(index + 1), {}, [real('10.0.0.21:8080', { weight: index })]),
    ),
  );
}

function needed(change: Partial<ScreenState>, height = 4): readonly string[] | 'all' {
  const state = initialState(stateOfSettings(defaultSettings));
  const need = neededServices(changed(state, { view: site(), ...change }), height);
  return need.kind === 'all' ? 'all' : [...need.keys].sort();
}

describe('real servers are needed', () => {
  it('of services with a row in view, and of the cursor’s', () => {
    expect(needed({ top: 3, cursorKey: keyOf(2) })).toEqual([keyOf(2), keyOf(3), keyOf(4)]);
  });

  it('of services that show only their sums', () => {
    const closed = new Set([keyOf(1), keyOf(2), keyOf(3), keyOf(4)]);
    expect(needed({ closed, cursorKey: keyOf(1) })).toEqual([keyOf(1), keyOf(2), keyOf(3), keyOf(4)]);
  });

  it('where they are tagged', () => {
    const tagged = new Set([realServerOf(keyOf(9), '10.0.0.21:8080')]);
    expect(needed({ tagged, cursorKey: keyOf(1) })).toEqual([keyOf(1), keyOf(2), keyOf(9)]);
  });

  it('where something is wrong', () => {
    const alarmed = new Set([keyOf(12)]);
    expect(needed({ alarmed, cursorKey: keyOf(1) })).toEqual([keyOf(1), keyOf(12), keyOf(2)].sort());
  });

  it('everywhere where the order goes by them', () => {
    expect(needed({ sortColumn: columnId('active') })).toBe('all');
    expect(needed({ sortColumn: columnId('connections'), flat: true })).toBe('all');
    expect(needed({ sortColumn: columnId('active'), filter: keyOf(7), cursorKey: keyOf(7) })).toEqual([
      keyOf(7),
    ]);
  });

  it('not where the order goes by what services tell themselves', () => {
    for (const sortColumn of [...['connections', 'inBits', 'scheduler', 'name'].map(columnId), null])
      expect(needed({ sortColumn }), String(sortColumn)).not.toBe('all');
    expect(needed({ sortColumn: columnId('name'), flat: true })).not.toBe('all');
  });
});

it('needs are compared by what they ask for', () => {
  const of = (...indices: number[]) => ({ kind: 'services' as const, keys: new Set(indices.map(keyOf)) });
  expect(isSameNeed(of(1, 2), of(2, 1))).toBe(true);
  expect(isSameNeed(of(1), of(2))).toBe(false);
  expect(isSameNeed(of(1), of(1, 2))).toBe(false);
  expect(isSameNeed({ kind: 'all' }, { kind: 'all' })).toBe(true);
  expect(isSameNeed({ kind: 'all' }, of(1))).toBe(false);
});
