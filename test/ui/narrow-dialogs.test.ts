/** Dialogs on screens that are too narrow or too low for all of them: nothing is cut off without a sign or another way to read it. */
import { afterEach, describe, expect, it } from 'vitest';
import { commands } from '../../src/ui/commands.ts';
import { columns } from '../../src/ui/table/columns.ts';
import { smallSite } from './fixed-view.ts';
import { type OpenScreen, openScreen } from './open-screen.ts';

let screen: OpenScreen;
afterEach(() => screen.close());

/** The lines inside the open dialog, without its frame. */
function inside(): string[] {
  return screen
    .lines()
    .filter((line) => /│.*│/.test(line))
    .map((line) => line.slice(line.indexOf('│') + 1, line.lastIndexOf('│')).trim());
}

/** Lines below those that are shown, as the dialog says. */
function moreLines(): number {
  return Number(/(\d+) more lines?/.exec(screen.text())?.[1] ?? 0);
}

describe.each([
  [60, 15],
  [80, 24],
  [120, 36],
])('at %i×%i', (width, height) => {
  it('the help tells everything whole', async () => {
    screen = await openScreen({ columns: width, rows: height, view: smallSite() });
    await screen.press('?');
    const seen = inside().slice(2, -2);
    const page = seen.length;
    for (let more = moreLines(); more > 0; more = moreLines()) {
      const lines = Math.min(page, more);
      await screen.press(...Array<string>(lines).fill('down'));
      seen.push(...inside().slice(-2 - lines, -2));
    }
    const text = seen.join(' ').replace(/\s+/g, ' ');
    for (const { help, id } of commands) expect(text, id).toContain(help);
    for (const { meaning, id } of columns) expect(text, id).toContain(meaning);
    for (const sign of ['▽', '~', '✗ ▲']) expect(text).toContain(sign);
  });

  it('a list that has more than it shows says so', async () => {
    screen = await openScreen({ columns: width, rows: height, view: smallSite() });
    await screen.press('s');
    const names = inside().filter((line) =>
      /^(● )?(rr|wrr|lc|wlc|sed|nq|sh|mh|dh|lblc|lblcr|fo|ovf|twos) /.test(line),
    );
    expect(names.length > 13 || /\d+ of 14/.test(inside().join('\n'))).toBe(true);
  });

  it('the keys of the table are not offered while a dialog has the keys', async () => {
    screen = await openScreen({ columns: width, rows: height, view: smallSite() });
    expect(screen.lines().at(-1)).toContain('q quit');
    await screen.press('s');
    expect(screen.lines().at(-1)).toBe('');
    await screen.press('escape');
    expect(screen.lines().at(-1)).toContain('q quit');
  });
});

it('what a mode does is told in full wherever the row is', async () => {
  screen = await openScreen({ columns: 80, rows: 24, view: smallSite() });
  for (let row = 0; row < 9; row++) {
    await screen.press('m', 'home');
    expect(inside().join(' ').replace(/\s+/g, ' '), `row ${row}`).toContain(
      'nat: rewrites addresses both ways; responses come back through the director',
    );
    await screen.press('escape', 'down');
  }
});

it('what a setting means is told in full where its line is too short', async () => {
  screen = await openScreen({ columns: 80, rows: 24, view: smallSite() });
  await screen.press('f2', 'tab');
  expect(screen.text()).not.toContain('refresh: ');
  await screen.press('down', 'down', 'down', 'down');
  expect(inside().join(' ').replace(/\s+/g, ' ')).toContain(
    'layout: real servers under their services, or in one list',
  );
});

it('what a form says of the present field is told in full where its line is too short', async () => {
  screen = await openScreen({ columns: 80, rows: 24, view: smallSite() });
  await screen.press('down', 'e', 'tab', 'tab');
  expect(screen.text()).toContain('upper: connections at which it takes no more; 0 for no limit');
  await screen.press('up');
  expect(screen.text()).not.toContain('upper: ');
  await screen.resize(120, 36);
  await screen.press('tab');
  expect(screen.text()).not.toContain('upper: ');
});

it('no line of a sentence begins with the blank that it was broken at', async () => {
  screen = await openScreen({ columns: 100, rows: 24, view: smallSite() });
  await screen.press('S');
  for (let width = 40; width <= 100; width++) {
    await screen.resize(width, 24);
    const lines = screen.lines().filter((line) => line.includes('│'));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line, `${width} columns`).toMatch(/│ (\S|$| +│)/);
  }
});

it('a pasted line is a filter without its end', async () => {
  screen = await openScreen({ columns: 80, rows: 24, view: smallSite() });
  await screen.press('/');
  await screen.paste(' 10.0.0.21\n');
  expect(screen.text()).toContain('filter: 10.0.0.21 ');
  expect(screen.text()).toContain('10.0.0.21:8080');
});

it('a question tells all that it would do and interrupt, and scrolls where that is more than fits', async () => {
  screen = await openScreen({ columns: 80, rows: 24 });
  await screen.press('space', 'down', 'down', 'space', 'down', 'down', 'down', 'space', 'x');
  const all = inside().join('\n');
  expect(all).toContain('ipvsadm -D -t 198.51.100.20:8443');
  expect(all).toContain('drain it first');
  expect(screen.text()).not.toContain('a higher screen shows more');
  screen.close();

  screen = await openScreen({ columns: 80, rows: 24 });
  await screen.press('t', 'g');
  for (let row = 0; row < 14; row++) await screen.press('space');
  await screen.press('x');
  expect(inside().at(-1)).toBe('y do it   n Esc leave it   ↑ ↓ scroll');
  const seen = new Set(inside());
  for (let page = 0; page < 10; page++) {
    await screen.press('pagedown');
    for (const line of inside()) seen.add(line);
  }
  expect([...seen].join('\n')).toContain('ipvsadm -d -t 203.0.113.10:443 -r 10.0.1.33:443');
  expect([...seen].join('\n')).toContain('no real server of tcp:203.0.113.25:25 is left with a weight');
  await screen.press('home');
  expect(inside()[1]).toMatch(/^▲ no real server of tcp:198\.51\.100\.20:8443 is left with a weight/);
  await screen.press('n');
  expect(screen.text()).not.toContain('y do it');
});

it('a warning that is broken keeps its lines under its first word', async () => {
  screen = await openScreen({ columns: 80, rows: 24 });
  await screen.press('D');
  const lines = screen.lines();
  const first = lines.findIndex((line) => line.includes('▲ no real server of'));
  expect(first).toBeGreaterThan(0);
  expect(lines[first + 1]).toMatch(/^│ {3}\S/);
});

it('a form that nothing was typed into says once what it asks for', async () => {
  screen = await openScreen({ columns: 80, rows: 24 });
  await screen.press('a');
  expect(screen.text().match(/like tcp:203\.0\.113\.10:80, udp:\[2001:db8::1\]:53 or fwm:7/g)).toHaveLength(
    1,
  );
});

it('the hints of a form stand in one column however long a netmask is', async () => {
  screen = await openScreen({ columns: 120, rows: 36 });
  await screen.press('g', 'e', 'down', 'down');
  expect(screen.text()).toContain('255.255.255.255');
  const columns = ['name of the scheduler', 'seconds, 1 to', 'clients grouped', 'schedule each datagram'].map(
    (hint) =>
      screen
        .lines()
        .find((line) => line.includes(hint))
        ?.indexOf(hint),
  );
  expect(new Set(columns).size).toBe(1);
  expect(columns[0]).toBeGreaterThan(0);
});

it('a list of choices says at the entry that it is so now, and a letter leads to the next that begins with it', async () => {
  screen = await openScreen({ columns: 120, rows: 36 });
  await screen.press('g', 'down', 'm');
  expect(screen.text()).toMatch(/● tun {2}now: wraps the packet/);
  expect(screen.text()).not.toContain('as it is now');
  await screen.press('d');
  expect(screen.text()).toContain('-g -w');
  await screen.press('n');
  expect(screen.text()).toContain('-m -w');
  await screen.press('t');
  expect(screen.text()).toContain('nothing would change');
  await screen.press('escape', 's', 'l');
  expect(screen.text()).toContain('-s lblc');
  await screen.press('l');
  expect(screen.text()).toContain('-s lblcr');
  await screen.press('l');
  expect(screen.text()).toMatch(/-s lc\b/);
  await screen.press('g');
  expect(screen.text()).toMatch(/-s rr\b/);
});
