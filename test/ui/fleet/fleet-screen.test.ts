import { describe, expect, it } from 'vitest';
import { director, moment, sourceOf, summary } from '../../fleet/directors/fleet-double.ts';
import { openFleet } from './open-fleet.ts';

const pair = [
  director('lb1', { partner: 'lb2', reading: summary({ vrrp: [{ name: 'VI_1', state: 'master' }] }) }),
  director('lb2', { partner: 'lb1', reading: summary({ configurationHash: 2 }) }),
];
const silent = director('lb3', {
  contact: { kind: 'silent', reason: 'ssh: connect to host lb3 port 22: No route to host' },
  reading: summary({ time: moment - 90_000 }),
});
const now = () => moment;

/** The line of a director. */
function lineOf(lines: readonly string[], name: string): string {
  return (
    lines.find(
      (line) => line.includes(` ▸${name} `) || line.includes(` ▾${name} `) || line.includes(`▌▸${name} `),
    ) ?? ''
  );
}

describe('the screen of several directors', () => {
  it('tells of each how it stands, how old that is, and whether it is set as its partner', async () => {
    const fleet = await openFleet(sourceOf([...pair, silent]), { now });
    expect(fleet.lines()[0]).toBe('lvstop fleet the test   3 directors   1 no answer   1 pair differs');
    // What was read before it fell silent is in no sum.
    expect(fleet.lines()[1]).toContain('active 200   inactive 20   10 conn/s');
    expect(lineOf(fleet.lines(), 'lb1')).toMatch(/live +0s master +none +DIFFERENT +0/);
    expect(lineOf(fleet.lines(), 'lb3')).toMatch(/no answer +1m30s/);
  });

  it('says that a sum is more where it is not known of all', async () => {
    const load = { active: 1, inactive: 1, connections: null, inBytes: null, outBytes: null };
    const fleet = await openFleet(sourceOf([...pair, director('lb3', { reading: summary({ load }) })]), {
      now,
    });
    expect(fleet.lines()[1]).toContain('active 201   inactive 21   ≥10 conn/s');
  });

  it('says why the director under the cursor does not answer, and all that is known of it', async () => {
    const fleet = await openFleet(sourceOf([silent]), { now });
    expect(fleet.lines().at(-2)).toBe('lb3: ssh: connect to host lb3 port 22: No route to host');
    await fleet.press('!');
    expect(fleet.text()).toMatch(/why +ssh: connect to host lb3/);
    expect(fleet.text()).toMatch(/read +1m30s ago/);
    await fleet.press('escape');
    expect(fleet.text()).toContain('DIRECTOR / SERVICE');
  });

  it("takes htop's keys for what it has: F4 filter, F5 tree, F6 sort", async () => {
    const fleet = await openFleet(sourceOf(pair), { now });
    await fleet.press('f5');
    expect(fleet.text()).toContain('tcp:203.0.113.10:80');
    await fleet.press('f5');
    expect(fleet.text()).not.toContain('tcp:203.0.113.10:80');
    await fleet.press('f6');
    const { sortColumn } = fleet.controller.getState();
    await fleet.press('<', '>');
    expect(fleet.controller.getState().sortColumn).toBe(sortColumn);
    await fleet.press('f4', 'l', 'b', '2', 'enter');
    expect(fleet.controller.getState().filter).toBe('lb2');
  });

  it('opens a director into its services, and closes it', async () => {
    const source = sourceOf(pair);
    const fleet = await openFleet(source, { now });
    await fleet.press('right');
    expect(fleet.text()).toMatch(/tcp:203\.0\.113\.10:80 +60 +3/);
    expect([...source.opened]).toEqual(['lb1']);
    await fleet.press('down', 'left');
    expect(fleet.text()).not.toContain('tcp:203');
    expect(fleet.controller.getState().cursorKey).toBe('lb1');
  });

  it('sorts, turns the order round, and keeps to the director under the cursor when numbers move', async () => {
    const busy = director('lb9', {
      reading: summary({ load: { active: 999, inactive: 0, connections: 50, inBytes: 0, outBytes: 0 } }),
    });
    const source = sourceOf([...pair, busy]);
    const fleet = await openFleet(source, { now, sortColumn: 'connections' });
    const names = () => fleet.controller.getState().rows.map(({ key }) => key);
    expect(names()).toEqual(['lb9', 'lb1', 'lb2']);
    await fleet.press('I');
    expect(names()).toEqual(['lb1', 'lb2', 'lb9']);
    await fleet.press('G');
    source.directors = [
      ...pair,
      {
        ...busy,
        reading: summary({ load: { active: 1, inactive: 0, connections: 1, inBytes: 0, outBytes: 0 } }),
      },
    ];
    await fleet.news();
    expect(names()).toEqual(['lb9', 'lb1', 'lb2']);
    expect(fleet.controller.getState().cursorKey).toBe('lb9');
  });

  it('filters by words, states and numbers as the main screen does', async () => {
    const fleet = await openFleet(sourceOf([...pair, silent]), { now });
    await fleet.press('/', ...'state:no-answer', 'enter');
    expect(fleet.controller.getState().rows.map(({ key }) => key)).toEqual(['lb3']);
    await fleet.press('\\', '/', ...'partner:different', 'enter');
    expect(fleet.controller.getState().rows.map(({ key }) => key)).toEqual(['lb1', 'lb2']);
    await fleet.press('\\', '/', ...'age>60', 'enter');
    expect(fleet.controller.getState().rows.map(({ key }) => key)).toEqual(['lb3']);
  });

  it('asks for the screen of the director under the cursor, from one of its services too', async () => {
    const fleet = await openFleet(sourceOf(pair), { now });
    await fleet.press('enter', 'right', 'down', 'enter');
    expect(fleet.entered).toEqual(['lb1', 'lb1']);
  });

  it('shows nothing new while it is frozen', async () => {
    const source = sourceOf(pair);
    const fleet = await openFleet(source, { now });
    await fleet.press('p');
    source.directors = [silent];
    await fleet.news();
    expect(fleet.lines()[0]).toContain('FROZEN');
    expect(fleet.text()).toContain('lb1');
    await fleet.press('p');
    expect(fleet.text()).not.toContain('lb1');
  });

  it('keeps what matters most at 80×24, and draws with ASCII alone', async () => {
    const fleet = await openFleet(sourceOf([...pair, silent]), { now, columns: 80, ascii: true });
    expect(fleet.text()).toMatch(/DIRECTOR \/ SERVICE +STATE +AGE +FINDINGS +PARTNER +ACTIVE CONN\/s/);
    expect(fleet.text()).toMatch(/^[ -~\n]*$/);
    expect(fleet.lines().at(-1)).toContain('q quit');
  });

  it('takes the mouse: a title sorts, a second click opens', async () => {
    const fleet = await openFleet(sourceOf(pair), { now });
    await fleet.click(fleet.lines()[2]?.indexOf('ACTIVE') ?? 0, 2);
    expect(fleet.controller.getState().sortColumn).toBe('active');
    await fleet.click(5, 4);
    await fleet.click(5, 4);
    expect(fleet.text()).toContain('udp:203.0.113.53:53');
  });

  it('tells what goes wrong with all of it', async () => {
    const source = sourceOf([]);
    source.problem = 'Prometheus at http://127.0.0.1:1 was not reached: connection refused';
    const fleet = await openFleet(source, { now });
    expect(fleet.text()).toContain('✗ Prometheus at http://127.0.0.1:1 was not reached');
  });
});
