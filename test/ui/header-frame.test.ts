import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/formats/settings/settings.ts';
import { headerLines } from '../../src/ui/frame/header.ts';
import { lineText } from '../../src/ui/kit/page.ts';
import { stateOfSettings } from '../../src/ui/state/screen-settings.ts';
import { changed, initialState, type ScreenState } from '../../src/ui/state/screen-state.ts';
import { noMarks } from '../../src/ui/table/finding-marks.ts';
import { smallSite } from './fixed-view.ts';

function framed(change: Partial<ScreenState> = {}, width = 120, rows = 36): string[] {
  const state = changed(initialState(stateOfSettings(defaultSettings)), { view: smallSite(), ...change });
  return headerLines(state, width, rows).map(lineText);
}

const host = {
  cpu: {
    busy: 0.42,
    softirq: 0.3,
    steal: 0,
    cores: 4,
    hottestCore: { index: 3, busy: 0.98, softirq: 0.9 },
    history: [],
  },
  memory: { total: 16e9, used: 8e9 },
  interfaces: null,
  busiest: null,
};

describe('the header as a frame', () => {
  it('is as wide as the screen in every line, whatever stands in it', () => {
    const marks = { ...noMarks, count: 12, gravest: 'error' } as const;
    for (const width of [100, 101, 119, 120, 160, 200, 300]) {
      const lines = framed({ host, marks, unsaved: 12, readOnly: 'option' }, width);
      expect(lines).toHaveLength(5);
      for (const line of lines) expect(line, `${width}`).toHaveLength(width);
    }
  });

  it('cuts no title of a graph', () => {
    const site = smallSite();
    const rates = { connections: 2968, inPackets: 1, outPackets: 1, inBytes: 1_450_000, outBytes: 3_250_000 };
    const view = { ...site, totals: { ...site.totals, rates } };
    for (let width = 100; width <= 200; width++)
      expect(framed({ view }, width)[0], `${width}`).not.toContain('…');
    expect(framed({ view })[0]).toContain('in 11.6M out 26.0M b/s ─');
    expect(framed({ view }, 160)[0]).toContain('in 11.6M out 26.0M bit/s ─');
  });

  it('has its numbers in the same places, whatever they are', () => {
    const site = smallSite();
    const small = {
      ...site,
      totals: { ...site.totals, connections: { active: 1, inactive: 2, persistent: 0 } },
    };
    const end = (lines: string[], text: string) => (lines[1] ?? '').indexOf(text) + text.length;
    expect(end(framed(), '12.4M')).toBe(end(framed({ view: small }), ' 1'));
    expect(framed({ view: small })[1]).toMatch(/^│ active {7}1 {2}inactive {5}2 /);
  });

  it('shows processor and memory as meters, and which core is alone with its work', () => {
    const lines = framed({ host });
    expect(lines[3]).toContain('cpu ■■■··  42%  mem ■■■··  50%');
    expect(lines[4]).toContain('softirq 30% core 3 98%');
  });

  it('draws what was carried over three rows, now at the right, and the highest on top', () => {
    const traffic = { newest: 11, connections: [0, 50, 100, 100], bytes: [1, 1, 1, 1] };
    const lines = framed({ traffic });
    expect(lines[1]).toContain('⣿ ');
    expect(lines[3]).toContain('⢸⣿');
    expect(lines[0]).toContain('4960 conn/s  peak 100');
  });

  it('tells at the right how things stand', () => {
    const marks = { ...noMarks, count: 2, gravest: 'error' } as const;
    const lines = framed({ marks, unsaved: 3, readOnly: 'option' });
    expect(lines[1]).toMatch(/● live 1s {3}READ-ONLY/);
    expect(lines[2]).toContain('✗ 2 findings, ! shows');
    expect(lines[3]).toContain('▲ 3 changes not saved, S saves');
    expect(framed({ marks, unsaved: 3 }, 100)[3]).toContain('▲ 3 not saved: S');
  });

  it.each([
    ['lower than 28 rows', {}, 120, 27],
    ['narrower than 100 columns', {}, 99, 36],
    ['without graphs in the settings', { graphs: false }, 120, 36],
  ] as const)('folds to two lines on a screen that is %s', (_, change, width, rows) => {
    expect(framed({ ...change, host }, width, rows)).toHaveLength(2);
    expect(framed({ ...change, host }, width, rows)[1]).toContain('4960 conn/s');
  });
});
