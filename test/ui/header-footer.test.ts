import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../src/formats/settings/settings.ts';
import { tableFilterLine } from '../../src/ui/commands/filter-line.ts';
import { commands } from '../../src/ui/commands.ts';
import { footerLines } from '../../src/ui/frame/footer.ts';
import { headerLines } from '../../src/ui/frame/header.ts';
import { lineText } from '../../src/ui/kit/page.ts';
import type { Desk } from '../../src/ui/state/desk.ts';
import { stateOfSettings } from '../../src/ui/state/screen-settings.ts';
import { changed, initialState, type ScreenState } from '../../src/ui/state/screen-state.ts';
import { noMarks } from '../../src/ui/table/finding-marks.ts';
import { smallSite, viewOf } from './fixed-view.ts';

function stateWith(change: Partial<ScreenState>): ScreenState {
  const state = initialState(stateOfSettings(defaultSettings));
  return changed(state, { view: smallSite(), ...change });
}

function header(change: Partial<ScreenState>, width = 110): string {
  return headerLines(stateWith(change), width, 24).map(lineText).join('\n');
}

/** A filter that is being typed. */
function filterLine(filter: string): ReturnType<typeof tableFilterLine> {
  return tableFilterLine({ getState: () => stateWith({ filter }) } as Desk);
}

function footer(change: Partial<ScreenState>, most = 20): string {
  return footerLines(stateWith(change), commands, 100, most).map(lineText).join('\n');
}

describe('the header', () => {
  it('says before the first reading that it reads', () => {
    expect(header({ view: null })).toContain('lvstop reading …');
  });

  it('tells whose director it is, how it stands and what it carries', () => {
    const text = header({});
    expect(text).toContain('lvstop lb-01   IPVS 1.2.1   ● live 1s   5 services 7 real servers');
    expect(text).toContain('active 12.4M inactive 31.5k   4960 conn/s   in 135Mbit/s   out 1.1Gbit/s');
  });

  it('tells that real servers are asked by itself, and why they cannot be', () => {
    const round = { kind: 'on', realServers: 2000, round: 100_000 } as const;
    expect(header({ probing: round })).toContain('probing 2000 every');
    expect(header({ probing: round }, 80)).toContain('probing every');
    const failed = { kind: 'failed', reason: 'this user has no right to it; run it as root' } as const;
    expect(header({ probing: failed })).toContain('▲ no probe: this user has no right to it');
    expect(header({ probing: failed }, 80)).toContain('▲ no probe, P tells why');
  });

  it('does not count one thing as several', () => {
    const [first] = smallSite().services;
    const one = first && { ...first, realServers: first.realServers.slice(0, 1) };
    expect(header({ view: viewOf(one === undefined ? [] : [one]) })).toMatch(/1 service 1 real server$/m);
  });

  it('tells how old the oldest of its sums are, and within what share of the time real servers are read', () => {
    const view = smallSite();
    const old = { ...view, totals: { ...view.totals, oldest: view.time - 12_000 } };
    const text = header({ view: old, budget: 2 }, 120);
    expect(text).toContain('7 real servers, in turn within 2%');
    expect(text).toContain('≤12s old: active 12.4M inactive 31.5k');
    expect(header({})).not.toMatch(/old|in turn/);
  });

  it('tells how old all of it is when no reading comes, and while it is frozen', () => {
    const view = smallSite();
    const now = view.time + 7000;
    expect(header({ view, now })).toContain('▲ 7s old, no reading since');
    expect(header({ view, now: view.time + 2000 })).toContain('● live 1s');
    expect(header({ view, now, frozen: true })).toContain('‖ frozen 7s, p goes on');
  });

  it("tells how old the host's figures are when they are of some readings ago", () => {
    const view = smallSite();
    const memory = { used: 3 * 2 ** 30, total: 15 * 2 ** 30 };
    const host = { cpu: null, memory, interfaces: null, busiest: null };
    expect(header({ view, host, hostTime: view.time - 12_000 })).toContain('12s old: mem 3.0/15.0G');
    expect(header({ view, host, hostTime: view.time - 1000 })).not.toContain('old');
  });

  it('tells that it is read-only, and that it is frozen', () => {
    expect(header({ readOnly: 'option' })).toContain('READ-ONLY');
    expect(header({ frozen: true })).toContain('‖ frozen, p goes on');
    expect(header({ frozen: true })).not.toContain('live');
  });

  it('tells what is not saved, and the key for it', () => {
    expect(header({ unsaved: 3 })).toContain('▲ 3 changes not saved, S saves');
    expect(header({ unsaved: 3 }, 80)).toContain('▲ 3 not saved: S');
    expect(header({ unsaved: 0 })).not.toContain('saved');
    expect(header({ unsaved: null })).not.toContain('saved');
  });

  it('leaves out what tells least before what has to be done', () => {
    const text = header({ unsaved: 3, readOnly: 'option' }, 64).split('\n')[0];
    expect(text).toContain('▲ 3 not saved: S');
    expect(text).not.toContain('IPVS');
  });

  it('shortens a long host name before it leaves out what is to be done', () => {
    const view = smallSite();
    const named = (hostName: string) => ({ ...view, director: { ...view.director, hostName } });
    const marks = { ...noMarks, count: 2, gravest: 'error' } as const;
    const title = (hostName: string, width: number) =>
      header({ view: named(hostName), frozen: true, readOnly: 'option', unsaved: 3, marks }, width).split(
        '\n',
      )[0];
    const long = 'lvs-director-01.prod.eu-central-1.example.com';
    expect(title(long, 160)).toContain(`lvstop ${long}   `);
    for (const wanted of ['lvstop lvs-dir', 'frozen', 'READ-ONLY', '✗ 2 findings: !', '▲ 3 not saved: S']) {
      expect(title(long, 92)).toContain(wanted);
      expect(title('lvs-director-without-any-dot-in-its-name', 92)).toContain(wanted);
    }
    expect(title(long, 92)).not.toContain('example');
  });

  it('leaves whole parts out where they do not fit', () => {
    const [, traffic] = header({}, 60).split('\n');
    expect(traffic).toBe('5 services 7 real servers   active 12.4M inactive 31.5k');
  });
});

describe('the footer', () => {
  it.each([
    ['done', '✓ it is done'],
    ['refusal', '✗ it is done'],
    ['hint', '· it is done'],
  ] as const)('marks a message of kind %s by a sign, not by colour alone', (kind, text) => {
    expect(footer({ message: { kind, text: 'it is done' } })).toContain(text);
  });

  it('shows the whole of a long message', () => {
    const long = Array.from({ length: 40 }, (_, index) => `word${index}`).join(' ');
    const text = footer({ message: { kind: 'refusal', text: long } });
    expect(text.replace(/\s+/g, ' ')).toContain(long);
  });

  it('shows the filter while it is typed, with the keys that end it', () => {
    const text = footer({ typed: filterLine('10.0') });
    expect(text).toContain('filter: 10.0');
    expect(text).toContain('Enter keep   Esc clear');
  });

  it('shows a filter that the command line gave without its control characters', () => {
    const settings = defaultSettings;
    const { filter } = initialState(stateOfSettings(settings), { filter: '\x1b[2Jx' });
    expect(filter).toBe('␛[2Jx');
  });

  it('reminds of filter, tags and flat list, each with its way out', () => {
    const tagged = new Set(
      smallSite()
        .services.slice(0, 2)
        .map(({ key }) => key),
    );
    const text = footer({ filter: 'tun', tagged, flat: true });
    expect(text).toContain('filter "tun" (\\ clears)   2 tagged (U untags)   flat (t for the tree)');
  });

  it('cuts what is being typed at the edge, and what it offers', () => {
    const text = footer({ typed: filterLine('10.0'.repeat(30)) });
    expect(text.split('\n')[0]).toHaveLength(100);
  });

  it.each([
    [2, ['✗ no', 'Enter detail']],
    [1, ['✗ no']],
  ])('with room for %i lines says what was said rather than anything else', (most, beginnings) => {
    const lines = footer({ message: { kind: 'refusal', text: 'no' } }, most).split('\n');
    expect(lines.map((line, index) => line.slice(0, beginnings[index]?.length))).toEqual(beginnings);
  });

  it('with room for one line and nothing to say shows the keys', () => {
    expect(footer({}, 1)).toContain('Enter detail');
  });
});
