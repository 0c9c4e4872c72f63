import { afterEach, describe, expect, it } from 'vitest';
import { IpvsError } from '../../src/ipvs/error.ts';
import { real, service, smallSite, viewOf } from './fixed-view.ts';
import { type OpenScreen, openScreen, type ScreenDraft } from './open-screen.ts';

let screen: OpenScreen;

afterEach(() => screen.close());

async function open(draft: ScreenDraft): Promise<OpenScreen> {
  screen = await openScreen(draft);
  return screen;
}

describe('the picture of a fixed view', () => {
  it.each([
    [40, 12],
    [80, 24],
    [120, 24],
    [200, 24],
  ])('at %i by %i', async (columns, rows) => {
    await open({ columns, rows, view: smallSite(), settings: { split: 'off' } });
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`pictures/${columns}x${rows}.txt`);
  });

  it('of a simulated director says so, however narrow the screen', async () => {
    await open({ view: viewOf([], { source: 'simulated' }), columns: 200 });
    for (const columns of [200, 80, 40]) {
      await screen.resize(columns, 12);
      expect(screen.lines()[0], `${columns} columns`).toContain('SIMULATED');
    }
  });
});

it('is there with the first frame; Ink, which is loaded behind that, writes nothing', async () => {
  await open({ view: smallSite() });
  expect(screen.frames).toBe(1);
});

describe('the picture fits its screen', () => {
  it.each([
    [1, 1],
    [2, 2],
    [10, 3],
    [20, 5],
    [39, 8],
    [400, 100],
  ])('at %i by %i, with a dialog and without', async (columns, rows) => {
    await open({ columns, rows, view: smallSite() });
    for (const name of ['down', 'w', 'escape', 'e', 'escape', '?', 'escape', 'enter', 'escape']) {
      await screen.press(name);
      expect(screen.lines()).toHaveLength(rows);
    }
  });
});

describe('on a screen of 20 by 5', () => {
  it('the table keeps two rows, and what is said comes before the keys', async () => {
    await open({ columns: 20, rows: 5, view: smallSite() });
    const [title, titles, ...rest] = screen.lines();
    expect(title).toContain('lvstop');
    expect(titles).toContain('SERVICE');
    expect(rest[2]).toBe('? help  q quit');
    await screen.press('n');
    expect(screen.lines()[0]).toContain('lvstop');
    expect(screen.lines()[4]).toMatch(/^· search/);
  });

  it('a dialog takes all of it: its title and its keys are in sight', async () => {
    await open({ columns: 20, rows: 5, view: smallSite() });
    await screen.press('x');
    expect(screen.text()).toContain('Delete');
    expect(screen.text()).toContain('y do it');
  });
});

describe('the state of the director', () => {
  it('is told when it is lost: since when, why, and what to do; what was read stays in sight', async () => {
    const { services } = smallSite();
    const error = new IpvsError({
      code: 'no-ipvs',
      operation: 'read services',
      object: '',
      reason: 'IPVS is not loaded',
      advice: 'run "modprobe ip_vs"',
    });
    const since = Date.UTC(2026, 10, 22, 11, 59, 30);
    await open({ view: viewOf(services, { state: { kind: 'lost', error, since } }) });
    const text = screen.text();
    expect(text).toContain('✗ LOST');
    expect(text.replace(/\s+/g, ' ')).toContain(
      '✗ no reading for 30s, what is shown is old: IPVS is not loaded; run "modprobe ip_vs"',
    );
    expect(text).toContain('10.0.0.21:8080');

    await screen.press('down', '+');
    expect(screen.text()).toContain('weight up: IPVS cannot be reached at the moment');
  });

  it('is told when its counters stand still, with the way out', async () => {
    await open({ view: viewOf(smallSite().services, { state: { kind: 'frozen-counters' } }), columns: 80 });
    expect(screen.text().replace(/\s+/g, ' ')).toContain('sysctl -w net.ipv4.vs.run_estimation=1');
  });

  it('without any service it says how to begin', async () => {
    await open({ view: viewOf([]) });
    expect(screen.text()).toContain('There is no virtual service yet.');
    expect(screen.text()).toContain('Press a to add one.');
  });

  it('without any service and without the right to edit it offers nothing', async () => {
    await open({ view: viewOf([]), readOnly: true });
    expect(screen.text()).toContain('There is no virtual service yet.');
    expect(screen.text()).not.toContain('Press a');
  });
});

describe('the cursor', () => {
  const web = (hosts: readonly string[]) =>
    viewOf([
      service(
        'tcp:192.0.2.1:80',
        {},
        hosts.map((host) => real(`10.0.0.${host}:80`)),
      ),
    ]);

  /** The name of the row under the cursor. */
  const selected = () => screen.controller.getState().cursorKey;

  it('stays on its real server when others come and go', async () => {
    await open({ view: web(['2', '4', '6']) });
    await screen.press('down', 'down');
    expect(selected()).toBe('tcp:192.0.2.1:80 10.0.0.4:80');
    await screen.show(web(['1', '2', '3', '4', '5', '6']));
    expect(selected()).toBe('tcp:192.0.2.1:80 10.0.0.4:80');
    await screen.show(web(['4']));
    expect(selected()).toBe('tcp:192.0.2.1:80 10.0.0.4:80');
  });

  it('goes to what took its place when its real server is gone, to the last when there is none', async () => {
    await open({ view: web(['2', '4', '6']) });
    await screen.press('down', 'down');
    await screen.show(web(['2', '6']));
    expect(selected()).toBe('tcp:192.0.2.1:80 10.0.0.6:80');
    await screen.show(web(['2']));
    expect(selected()).toBe('tcp:192.0.2.1:80 10.0.0.2:80');
    await screen.show(viewOf([]));
    expect(selected()).toBeUndefined();
    await screen.show(web(['9']));
    expect(selected()).toBe('tcp:192.0.2.1:80');
  });

  it('is always in sight', async () => {
    const many = web(Array.from({ length: 200 }, (_, host) => String(host + 1)));
    await open({ view: many, rows: 20, columns: 80 });
    for (const name of ['G', 'pageup', 'k', 'g', 'pagedown', 'pagedown', 'j', 'end', 'home']) {
      await screen.press(name);
      const shown = selected()?.split(' ').at(-1) ?? '';
      expect(screen.text(), `after ${name}`).toContain(shown.replace(/^tcp:/, ''));
    }
    await screen.press('G');
    await screen.resize(80, 8);
    expect(screen.text()).toContain('10.0.0.200:80');
  });
});

describe('a table that is scrolled', () => {
  const long = viewOf([
    service(
      'tcp:192.0.2.1:80',
      {},
      Array.from({ length: 60 }, (_, host) => real(`10.0.0.${host + 1}:80`)),
    ),
    service('tcp:192.0.2.2:80', {}, [real('10.0.1.1:80')]),
  ]);

  it('keeps the service of its first row in sight, and the cursor beside it', async () => {
    await open({ view: long, rows: 20, columns: 120 });
    for (const name of ['pagedown', 'pagedown', 'up', 'pageup', 'up', 'end', 'home']) {
      await screen.press(name);
      const [, , , first] = screen.lines();
      expect(first, name).toContain('tcp:192.0.2.1:80');
      const key = screen.controller.getState().cursorKey ?? '';
      expect(screen.text(), name).toContain(key.split(' ')[1] ?? 'tcp:192.0.2.1:80');
      expect(screen.text().match(/▌/g), name).toHaveLength(1);
    }
  });

  it('says which of its rows are in sight', async () => {
    await open({ view: long, rows: 20, columns: 120, settings: { split: 'off' } });
    expect(screen.text()).toContain('1–15 of 63');
    await screen.press('end');
    expect(screen.text()).toContain('50–63 of 63');
    await screen.resize(120, 36);
    expect(screen.lines()[4]).toMatch(/ \d+–63 of 63 ─╯$/);
    await screen.resize(120, 100);
    expect(screen.text()).not.toContain('of 63');
  });

  it('has no head in the flat list, nor where there is hardly a row', async () => {
    await open({ view: long, rows: 20, settings: { layout: 'flat' } });
    await screen.press('pagedown', 'pagedown');
    expect(screen.text()).not.toContain('▾ tcp:192.0.2.1:80');
    await screen.press('t');
    await screen.resize(80, 6);
    await screen.press('end');
    expect(screen.text()).toContain('10.0.1.1:80');
  });
});

describe('frozen', () => {
  it('the screen shows the old, and the newest when it goes on', async () => {
    const before = viewOf([service('tcp:192.0.2.1:80')]);
    const after = viewOf([service('tcp:192.0.2.2:80')]);
    await open({ view: before });
    await screen.press('p');
    await screen.show(after);
    expect(screen.text()).toContain('192.0.2.1:80');
    expect(screen.text()).toContain('‖ frozen, p goes on');
    await screen.press('p');
    expect(screen.text()).toContain('192.0.2.2:80');
    expect(screen.text()).not.toContain('▾ tcp:192.0.2.1:80');
  });
});

describe('while a dialog is open', () => {
  it('the order of the rows stands still, what is new comes at the end', async () => {
    const busy = (first: number, second: number, more: readonly string[] = []) =>
      viewOf([
        service('tcp:192.0.2.1:80', {}, [
          real('10.0.0.1:80', {}, { active: first }),
          real('10.0.0.2:80', {}, { active: second }),
          ...more.map((identity) => real(identity, {}, { active: 99 })),
        ]),
      ]);
    const order = () =>
      [...screen.controller.getState().rows].map(({ key }) => key.split(' ')[1] ?? 'service');
    await open({ view: busy(1, 2), settings: { sort: 'active' } });
    expect(order()).toEqual(['service', '10.0.0.2:80', '10.0.0.1:80']);
    await screen.press('d');
    await screen.show(busy(5, 2, ['10.0.0.3:80']));
    expect(order()).toEqual(['service', '10.0.0.2:80', '10.0.0.1:80', '10.0.0.3:80']);
    await screen.press('escape');
    expect(order()).toEqual(['service', '10.0.0.3:80', '10.0.0.1:80', '10.0.0.2:80']);
  });
});

describe('a new order', () => {
  const many = viewOf(
    Array.from({ length: 40 }, (_, at) =>
      service(`tcp:203.0.113.${at + 1}:80`, {}, [real('10.0.0.21:80', {}, { active: at })]),
    ),
  );

  it('begins at its top', async () => {
    await open({ view: many, rows: 24, settings: { layout: 'tree' } });
    expect(screen.text()).toContain('203.0.113.1:80');
    await screen.press(':');
    await screen.type('sort active');
    await screen.press('enter');
    expect(screen.text()).toContain('203.0.113.40:80');
    await screen.press('I');
    expect(screen.text()).toContain('203.0.113.1:80');
    expect(screen.text()).not.toContain('203.0.113.40:80');
  });

  it('goes from column to column as they are in sight', async () => {
    await open({ view: many, columns: 80, rows: 24 });
    for (let press = 0; press < 7; press++) {
      await screen.press('>');
      expect(screen.text()).toMatch(/[▲▼]/);
    }
  });

  it('is seen from its top wherever the cursor was', async () => {
    await open({ view: many, rows: 24 });
    await screen.press('G', 'o', 'a');
    expect(screen.text()).toContain('203.0.113.40:80');
    expect(screen.controller.getState().cursorKey).toBe('tcp:203.0.113.40:80');
  });
});

it('a dialog that does not fit says that it is cut', async () => {
  await open({ columns: 40, rows: 9 });
  await screen.press('down', 'D');
  expect(screen.text()).toContain('… cut: a higher screen shows more');
  expect(screen.text()).toContain('Esc');
  await screen.resize(120, 36);
  expect(screen.text()).toContain('Drain 10');
  expect(screen.text()).not.toContain('… cut');
});
