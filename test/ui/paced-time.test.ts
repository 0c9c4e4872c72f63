import { describe, expect, it } from 'vitest';
import { allRealServers } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import { SimulatedTime } from '../../src/director/simulated/simulated-time.ts';
import { formatRealServer, parseService, realServerKey } from '../../src/ipvs/identity.ts';
import { RecentPast } from '../../src/recording/recent-past.ts';
import { origin } from '../recording/recorded-site.ts';
import { VirtualClock } from '../sampling/virtual-clock.ts';
import { until } from '../until.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

interface Demo extends OpenScreen {
  readonly time: SimulatedTime;
  readonly machine: VirtualClock;
}

async function openDemo(draft: ScreenDraft = {}): Promise<Demo> {
  const machine = new VirtualClock();
  const time = new SimulatedTime({ machine });
  const { now, time: date, after } = time;
  const director = createSimulatedDirector({ now, time: date, after, seed: 1 });
  const screen = await openScreen({ director, simulatedTime: time, ...draft });
  await screen.read();
  return Object.assign(screen, { time, machine });
}

describe('p', () => {
  it.each([40, 60, 80, 120, 200])('pauses simulated time, and says so at %i columns', async (columns) => {
    const screen = await openDemo({ columns, rows: columns === 200 ? 50 : 24 });
    expect(screen.text()).toContain('SIMULATED');
    expect(screen.text()).toContain('● live 1s');
    await screen.press('p');
    expect(screen.text()).toContain('SIMULATED');
    expect(screen.text()).toContain('‖ paused');
    expect(screen.text()).not.toContain('live');
    await screen.machine.pass(3_600_000);
    expect(screen.time.now()).toBe(0);
    await screen.press('p');
    expect(screen.text()).toContain('● live 1s');
    await screen.machine.pass(1000);
    expect(screen.time.now()).toBe(1000);
  });

  it('tells the keys that go on, and that nothing of what is shown is old', async () => {
    const screen = await openDemo();
    await screen.machine.pass(20_000);
    await screen.press('p');
    expect(screen.text()).toMatch(/paused at \d\d:\d\d:\d\d: p goes on, \] steps by 1s, \( \) speed ×1/);
    const before = screen.text();
    await screen.machine.pass(600_000);
    await screen.read();
    expect(screen.text()).toBe(before);
    expect(screen.text()).not.toContain('old');
  });

  it('shows an edit that is made meanwhile, and nothing else', async () => {
    const screen = await openDemo();
    await screen.machine.pass(20_000);
    await screen.press('p');
    const edited = '10.0.1.31:443';
    const others = () => screen.lines().filter((line) => /[├└]/.test(line) && !/10\.0\.1\./.test(line));
    const before = others();
    const moment = screen.time.now();
    const web = parseService('tcp:203.0.113.10:443');
    const [realServer] = allRealServers(screen.director, web).filter(
      ({ realServer: { identity } }) => formatRealServer(identity) === edited,
    );
    if (realServer === undefined) throw new Error(`${edited} is not there`);
    screen.controller.update({ cursorKey: realServerKey(web, realServer.realServer.identity) });
    await screen.press('w', '9', 'enter');
    await screen.waitFor(({ message }) => message?.kind === 'done');
    expect(screen.lines().find((line) => line.includes(edited))).toMatch(/DR +9 /);
    expect(others()).toEqual(before);
    expect(screen.time.now()).toBe(moment);
  });
});

describe(']', () => {
  it('steps by an interval, and pauses there', async () => {
    const screen = await openDemo();
    await screen.press(']');
    expect(screen.text()).toContain('‖ paused');
    await screen.machine.pass(1000);
    await screen.press(']');
    await screen.machine.pass(1000);
    await screen.waitFor(({ view }) => view?.time === screen.time.time());
    expect(screen.time.now()).toBe(2000);
    expect(screen.time.isPaused).toBe(true);
  });

  it('goes on in what was, while that is shown', async () => {
    const recentPast = new RecentPast(origin);
    const screen = await openDemo({ recentPast });
    const times: number[] = [];
    while (times.length < 4) {
      await screen.machine.pass(4000);
      await screen.read();
      const { time = 0 } = screen.controller.getState().view ?? {};
      times.push(time);
      await until('the view to be kept', () => {
        recentPast.recording.refresh();
        return recentPast.recording.last === time;
      });
    }
    const shows = (time: number | undefined) =>
      until('the sample to be shown', () => screen.controller.getState().replay?.time === time);
    await screen.press('[');
    await shows(times.at(-2));
    await screen.press('[');
    await shows(times.at(-3));
    const moment = screen.time.now();
    await screen.press(']');
    await shows(times.at(-2));
    expect(screen.time.isPaused).toBe(false);
    await screen.press('L', 'p');
    expect(screen.text()).toContain('p goes on');
    await screen.press('[');
    await screen.waitFor(({ replay }) => replay !== null);
    await screen.press();
    expect(screen.text()).not.toContain('p goes on');
    expect(screen.time.now()).toBe(moment);
  });
});

describe('( and )', () => {
  it('halve and double the speed, and the screen says it', async () => {
    const screen = await openDemo({ columns: 80, rows: 24 });
    await screen.press(')', ')', ')');
    expect(screen.text()).toContain('● live 1s ×8');
    expect(screen.text()).toContain('speed ×8, of ×0.1 to ×16');
    await screen.machine.pass(1000);
    expect(screen.time.now()).toBe(8000);
    await screen.press('(');
    expect(screen.text()).toContain('● live 1s ×4');
    await screen.press(')', ')', ')', ')');
    expect(screen.time.speed).toBe(16);
    await screen.press('escape');
  });

  it('take a number on the command line', async () => {
    const screen = await openDemo();
    await screen.type(':speed 3');
    await screen.press('enter');
    expect(screen.time.speed).toBe(3);
    await screen.type(':speed soon');
    await screen.press('enter');
    expect(screen.text()).toContain('"soon" is no speed');
    expect(screen.time.speed).toBe(3);
  });

  it('say what has no speed', async () => {
    const screen = await openScreen();
    await screen.read();
    await screen.press(')');
    expect(screen.text()).toContain('only a recording and the demo have a speed');
    await screen.press(']');
    expect(screen.text()).toContain('nothing is recorded here');
  });
});

describe('the time of the simulation', () => {
  it('is what drains and events tell', async () => {
    const screen = await openDemo();
    screen.time.speed = 16;
    await screen.machine.pass(30_000);
    await screen.read();
    const moment = screen.time.time();
    await screen.press('down', 'D', 'enter');
    await screen.waitFor(({ drains }) => drains.length > 0);
    const [drain] = screen.controller.getState().drains;
    expect(drain?.order.beganAt).toBe(moment);
    expect(screen.controller.getState().events[0]?.time).toBe(moment);
  });
});
