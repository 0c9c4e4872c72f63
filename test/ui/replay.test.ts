import { describe, expect, it } from 'vitest';
import { formatTime } from '../../src/changes/undo/change-words.ts';
import { IpvsError } from '../../src/ipvs/error.ts';
import { formatService, parseService } from '../../src/ipvs/identity.ts';
import { RecentPast } from '../../src/recording/recent-past.ts';
import { openRecording } from '../../src/recording/recording.ts';
import type { View } from '../../src/sampling/view.ts';
import { typedTime } from '../../src/ui/commands/typed-time.ts';
import type { RecordingSource } from '../../src/ui/look-back.ts';
import { began, origin, RecordedSite, record, temporaryFolder } from '../recording/recorded-site.ts';
import { until } from '../until.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

const about = formatService(parseService('tcp:203.0.113.10:80'));

/** A screen beside a recording of two minutes, in which something happened 35 s after its beginning. */
async function screenWithRecording(
  canGoLive = true,
  size: { columns?: number; rows?: number } = {},
  plays = false,
) {
  const folder = temporaryFolder();
  const views = await record(folder, new RecordedSite(), 12, (place, writer) => {
    if (place === 4)
      writer.event({ kind: 'lost', time: began + 35_000, about, text: 'IPVS was gone', by: null });
  });
  const screen = await openScreen({
    ...size,
    recording: { open: () => openRecording(folder), canGoLive, speed: 100, plays },
  });
  if (!canGoLive) screen.controller.lookingBack.begin();
  return { screen, times: views.map(({ time }) => time) };
}

/** A screen that has shown so many views, ten seconds apart, the first of them `later` milliseconds after `began`. */
async function screenThatRemembers(draft: ScreenDraft = {}, count = 6, later = 0) {
  const site = new RecordedSite();
  const recentPast = new RecentPast(origin);
  const next = async () => {
    const view = await site.view();
    return { ...view, time: view.time + later };
  };
  const views = [await next()];
  const screen = await openScreen({ recentPast, ...draft, view: views[0] ?? never() });
  const kept = (time: number | undefined) =>
    until('the view to be kept', () => {
      recentPast.recording.refresh();
      return recentPast.recording.last === time;
    });
  await kept(views[0]?.time);
  while (views.length < count) {
    const view = await next();
    views.push(view);
    await screen.show(view);
    await kept(view.time);
  }
  return { screen, views, times: views.map(({ time }) => time) };
}

function never(): never {
  throw new Error('it is not there');
}

function shownTime(screen: OpenScreen): number | undefined {
  return screen.controller.getState().replay?.time;
}

async function reach(screen: OpenScreen, time: number | undefined): Promise<void> {
  await until('the sample to be shown', () => shownTime(screen) === time);
  await screen.press();
}

describe('looking back without a recorder', () => {
  it('goes back into what the screen itself remembers, sample by sample, and from its beginning back to now', async () => {
    const { screen, views, times } = await screenThatRemembers();
    await screen.press('[');
    await reach(screen, times.at(-2));
    expect(screen.lines()[0]).toContain(`REPLAY ${formatTime(times.at(-2) ?? 0)}`);
    await screen.press('[');
    await reach(screen, times.at(-3));
    const rowsOf = ({ services }: View) =>
      services.map(({ key, rates, realServers }) => [
        key,
        rates,
        realServers.map(({ key: row, connections, rates: own, share }) => [row, connections, own, share]),
      ]);
    const { view } = screen.controller.getState();
    expect(view && rowsOf(view)).toEqual(rowsOf(views.at(-3) ?? view ?? never()));
    await screen.press('b');
    await screen.type('-10m');
    await screen.press('enter');
    await until('its beginning', () => (shownTime(screen) ?? 0) < (times[2] ?? 0));
    await screen.press();
    expect(screen.text()).toContain('this screen remembers no more');
    expect(screen.text()).toContain('"lvstop record" keeps days');
    await screen.press('x');
    expect(screen.text()).toContain('what was cannot be edited; L goes back to now');
    await screen.press('L');
    await reach(screen, undefined);
    expect(screen.controller.getState().view?.time).toBe(times.at(-1));
  });

  it('says where a table is too large to be remembered', async () => {
    const recording: RecordingSource = {
      open() {
        throw IpvsError.input('bad-file', 'look back', '', 'the demo is not recorded', 'open another one');
      },
      canGoLive: true,
      speed: 10,
    };
    const view = await new RecordedSite().view();
    const screen = await openScreen({
      recentPast: new RecentPast(origin),
      recording,
      view: { ...view, totals: { ...view.totals, services: 10_000, realServers: 40_000 } },
    });
    await screen.press('{');
    expect(screen.text()).toContain('this table has 50,000 rows, and the screen remembers at most 20,000');
    expect(screen.text()).toContain('"lvstop record" keeps larger ones');
  });

  it('goes to what happened since it was opened', async () => {
    const { screen, times } = await screenThatRemembers();
    screen.controller.happenings.did('lost', 'IPVS was gone');
    const [event] = screen.controller.getState().events;
    if (event === undefined) throw new Error('nothing happened');
    await screen.press('{');
    await reach(screen, times.at(-1));
    expect(screen.controller.getState().replay?.events).toContain(event);
  });

  it('looks at the recording while a recorder is at work, and at an older one for times before the screen', async () => {
    const folder = temporaryFolder();
    const recorded = (await record(folder, new RecordedSite(), 12)).map(({ time }) => time);
    const recording = { open: () => openRecording(folder), canGoLive: true, speed: 100 };
    const beside = await screenThatRemembers({ recording });
    await beside.screen.press('[');
    await reach(beside.screen, recorded.at(-1));
    const afterwards = await screenThatRemembers({ recording }, 6, 1_000_000);
    await afterwards.screen.press('[');
    await reach(afterwards.screen, afterwards.times.at(-2));
    await afterwards.screen.press('b');
    await afterwards.screen.type('-17m');
    await afterwards.screen.press('enter');
    await until('the recording', () => recorded.includes(shownTime(afterwards.screen) ?? 0));
    await afterwards.screen.press('L');
    await reach(afterwards.screen, undefined);
  });
});

describe('looking back', () => {
  it('goes from sample to sample, and says all the time that it is a recording', async () => {
    const { screen, times } = await screenWithRecording();
    await screen.press('[');
    await reach(screen, times.at(-1));
    await screen.press('[', '[');
    await reach(screen, times.at(-3));
    await screen.press(']');
    await reach(screen, times.at(-2));
    const badge = `REPLAY ${formatTime(times.at(-2) ?? 0)}`;
    const lines = screen.lines();
    expect(lines[0]).toContain(badge);
    expect(lines.find((line, place) => place > 0 && line.includes(badge))).toContain('┃');
    expect(lines.at(-1)).toContain('[ ] step');
    expect(lines.at(-1)).not.toContain('drain');
    await screen.press('L');
    await reach(screen, undefined);
    expect(screen.text()).not.toContain('REPLAY');
    expect(screen.lines()[0]).toContain('lvstop');
  });

  it('goes on by itself from its beginning where it is played, and holds at its end', async () => {
    const { screen, times } = await screenWithRecording(false, {}, true);
    await reach(screen, times.at(-1));
    await until('it to hold', () => screen.controller.getState().replay?.speed === 0);
    await screen.press();
    expect(screen.text()).toContain('nothing newer is recorded');
  });

  it('goes on faster or slower, while it plays and for when it does', async () => {
    const { screen, times } = await screenWithRecording(false);
    await reach(screen, times[0]);
    await screen.press(')');
    expect(screen.text()).toContain('speed ×200, of ×0.1 to ×3600');
    await screen.type(':speed 0.01');
    await screen.press('enter');
    expect(screen.text()).toContain('speed ×0.1');
    await screen.press('p');
    const playsAt = (speed: number) => () => screen.controller.getState().replay?.speed === speed;
    await until('it to play', playsAt(0.1));
    await screen.press(')');
    await until('it to play faster', playsAt(0.2));
    await screen.press('p');
    await until('it to hold', playsAt(0));
  });

  it('shows what was and not what is, until it is left', async () => {
    const { screen, times } = await screenWithRecording();
    const live = screen.controller.getState().view;
    await screen.press('[');
    await reach(screen, times.at(-1));
    const shown = screen.controller.getState().view;
    expect(shown?.time).toBe(times.at(-1));
    await screen.read();
    expect(screen.controller.getState().view).toBe(shown);
    await screen.press('L');
    await reach(screen, undefined);
    const now = screen.controller.getState().view;
    expect(now?.time).toBeGreaterThanOrEqual(live?.time ?? Number.POSITIVE_INFINITY);
    expect(now?.director.hostName).toBe(live?.director.hostName);
  });

  it('draws the past of a row as it was then', async () => {
    const { screen, times } = await screenWithRecording();
    await screen.press('[');
    await reach(screen, times.at(-1));
    await screen.press('enter');
    const key = screen.controller.getState().cursorKey;
    if (key === undefined) throw new Error('no row is chosen');
    const recorded = () =>
      [...(screen.controller.history(key)?.readings.active ?? [])].filter((value) => !Number.isNaN(value));
    await until('the past to be known', () => recorded().length === times.length);
    await screen.press('[');
    await reach(screen, times.at(-2));
    expect(recorded().length).toBe(times.length - 1);
    for (let span = screen.controller.getState().span; span !== '24h'; ) {
      await screen.press('t');
      span = screen.controller.getState().span;
    }
    expect(screen.text()).toContain('of recordings an hour');
    expect(screen.text()).not.toMatch(/─now/);
  });

  it('goes from event to event, and lists what had happened by then', async () => {
    const { screen, times } = await screenWithRecording();
    await screen.press('[');
    await reach(screen, times.at(-1));
    await screen.press('{');
    await reach(screen, times[4]);
    expect(screen.controller.getState().events.map(({ text }) => text)).toEqual(['IPVS was gone']);
    await screen.press('[');
    await reach(screen, times[3]);
    expect(screen.controller.getState().events).toEqual([]);
    await screen.press('}');
    await reach(screen, times[4]);
    await screen.press('}');
    await until('it to be said', () =>
      screen.text().includes('nothing is recorded to have happened after this'),
    );
  });

  it('goes to a time that is typed', async () => {
    const { screen, times } = await screenWithRecording();
    await screen.press('b');
    await screen.type('-1m');
    await screen.press('enter');
    await reach(
      screen,
      times.findLast((time) => time <= (times.at(-1) ?? 0) - 60_000),
    );
    await screen.press('b');
    await screen.type('soon');
    await screen.press('enter');
    expect(screen.text()).toContain('"soon" is no time: 03:12, 2026-11-30 03:12, -2h or +10m');
    await screen.press('b');
    await screen.type('-3h');
    await screen.press('enter');
    await reach(screen, times[0]);
    expect(screen.text()).toContain(`the recording begins at ${formatTime(times[0] ?? 0)}`);
  });

  it.each([
    ['x', 'delete: what was cannot be edited; L goes back to now'],
    ['u', 'undo: what was cannot be edited'],
    ['S', 'save: '],
    ['W', 'packet walk: routes, neighbours and interfaces were not recorded'],
    ['c', 'connections: single connections were not recorded'],
    ['P', 'probe: real servers cannot be asked about what was'],
  ])('says why %s does nothing there', async (key, words) => {
    const { screen, times } = await screenWithRecording();
    await screen.press('[');
    await reach(screen, times.at(-1));
    await screen.press(key);
    expect(screen.text()).toContain(words);
  });

  it('opens a recording without a director, from its beginning, and goes on as it went', async () => {
    const { screen, times } = await screenWithRecording(false, { columns: 80, rows: 24 });
    await reach(screen, times[0]);
    expect(screen.lines()[0]).toContain(`REPLAY ${formatTime(times[0] ?? 0)}`);
    await screen.press('L');
    expect(screen.text()).toContain('without a director to go back to');
    await screen.press('p');
    await reach(screen, times.at(-1));
    await until('it to be said', () => screen.text().includes('nothing newer is recorded'));
  });

  it('says what to do where nothing was recorded', async () => {
    const screen = await openScreen();
    await screen.press('[');
    expect(screen.text()).toContain('nothing is recorded here; "lvstop record" keeps what happens');
    expect(shownTime(screen)).toBeUndefined();
  });
});

describe('a typed time', () => {
  const end = new Date(2026, 10, 30, 12, 0).getTime();

  it.each([
    ['11:30', new Date(2026, 10, 30, 11, 30).getTime()],
    ['13:00', new Date(2026, 10, 29, 13, 0).getTime()],
    ['03:12:30', new Date(2026, 10, 30, 3, 12, 30).getTime()],
    ['2026-11-28 03:12', new Date(2026, 10, 28, 3, 12).getTime()],
    ['-2h', end - 7_200_000],
    ['+90s', end + 90_000],
    ['-1d', end - 86_400_000],
    ['24:00', undefined],
    ['2026-13-40 03:12', undefined],
    ['now', undefined],
    ['', undefined],
  ])('reads "%s"', (text, time) => {
    expect(typedTime(text, end, end)).toBe(time);
  });
});
