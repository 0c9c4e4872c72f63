import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openLvstop } from './lvstop.ts';
import { closeTerminals, openTerminal } from './terminal.ts';

afterEach(closeTerminals);

const program = join(resolve(import.meta.dirname, '../..'), 'bin/lvstop.js');
const web = 'tcp:203.0.113.10:80';

describe('the screen', () => {
  it.each([
    [80, 24],
    [120, 36],
    [200, 50],
    [40, 12],
  ])('at %i columns and %i rows has header, table and bar', async (columns, rows) => {
    const lvstop = await openLvstop({ args: ['--demo'], columns, rows });

    expect(lvstop.header()).toContain('lvstop lb-01');
    expect(lvstop.header()).toContain('SIMULATED');
    expect(lvstop.names()).toContain(web);
    expect(lvstop.row('10.0.0.21:8080')).toMatchObject({
      MODE: 'NAT',
      ...(columns >= 80 && { WEIGHT: '3' }),
    });
    expect(lvstop.bar()).toMatch(/\? help {2}q quit$/);
    expect(lvstop.terminal.scrolledLines).toBe(0);
    expect(lvstop.terminal.modes()).toMatchObject({ alternateScreen: true, cursorVisible: false });
  });

  it('plays a recording that is given as the demo', async () => {
    const recording = resolve(import.meta.dirname, '../recordings/flush.lvrec');
    const terminal = openTerminal({
      command: process.execPath,
      args: [program, `--demo=${recording}`],
      columns: 120,
      rows: 36,
    });
    await terminal.waitFor('plays ×1, p holds');
    await terminal.waitFor('REPLAY');
    terminal.press('q');
    expect((await terminal.ended()).code).toBe(0);
  });

  it('says which scenes there are where the demo is none of them', async () => {
    const terminal = openTerminal({ command: process.execPath, args: [program, '--demo=surgee'] });
    expect((await terminal.ended()).code).toBe(2);
    expect(terminal.text()).toContain('there is no such scene; give day, surge');
  });

  it('loses no key that was typed before it was there', async () => {
    const terminal = openTerminal({ command: process.execPath, args: [program, '--demo'] });
    await terminal.pid();
    terminal.press('down', '+');
    await terminal.waitFor('Weight of 10.20.0.11:8443');
  });

  it('shows more columns where there is room, and never half of one', async () => {
    const lvstop = await openLvstop({ args: ['--demo'], columns: 199, rows: 50 });
    expect(lvstop.columns()).toEqual([
      ...['SERVICE / REAL SERVER', 'MODE', 'SCHED', 'WEIGHT', 'SHARE/DUE', 'ACTIVE', 'INACT', 'PERSIST'],
      ...['CONN/s', 'IN bit/s', 'OUT bit/s', 'IN pkt/s', 'OUT pkt/s', 'TREND', 'TRAFFIC'],
    ]);

    lvstop.terminal.resize(80, 24);
    await lvstop.terminal.waitFor(() => lvstop.columns().length === 7);
    expect(lvstop.columns()).toEqual([
      ...['SERVICE / REAL SERVER', 'MODE', 'WEIGHT', 'SHARE/DUE', 'ACTIVE', 'CONN/s', 'IN b/s'],
    ]);
  });

  it('keeps the dialog, its content and the cursor through every change of size', async () => {
    const lvstop = await openLvstop({ args: ['--demo'], columns: 120, rows: 36 });
    await lvstop.select('10.0.0.22:8080');
    lvstop.press('w', '7');
    await lvstop.waitForDialog('new 7');

    for (const [columns, rows] of [
      [80, 24],
      [40, 12],
      [200, 50],
    ] as const) {
      lvstop.terminal.resize(columns, rows);
      await lvstop.terminal.waitFor((screen) => screen[0]?.includes('SIMULATED') === true);
      await lvstop.waitForDialog('new 7');
    }
    await lvstop.waitForSelection('10.0.0.22:8080');

    await lvstop.cancel();
    expect(lvstop.row('10.0.0.22:8080')).toMatchObject({ WEIGHT: '3' });
  });

  it('needs no colour: NO_COLOR shows the cursor and the titles by attributes', async () => {
    const lvstop = await openLvstop({ args: ['--demo'], env: { NO_COLOR: '1' } });
    lvstop.press('down');
    await lvstop.waitForSelection('10.20.0.11:8443');

    const { terminal } = lvstop;
    const looks = Array.from({ length: terminal.rows }, (_, y) =>
      Array.from({ length: terminal.columns }, (_unused, x) => terminal.cell(x, y)),
    ).flat();
    expect(new Set(looks.map(({ foreground }) => foreground))).toEqual(new Set(['default']));
    expect(new Set(looks.map(({ background }) => background))).toEqual(new Set(['default']));
    expect(terminal.cell(2, 7)).toMatchObject({ inverse: true });
  });

  it('draws with ASCII characters only when it is told to', async () => {
    const lvstop = await openLvstop({ args: ['--demo', '--ascii'] });
    lvstop.press('down', 'm');
    await lvstop.terminal.waitFor('Mode of 10.20.0.11:8443');
    expect(lvstop.terminal.text()).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('says in words what a wrong start needs, on a terminal that it never touched', async () => {
    const { openTerminal } = await import('./terminal.ts');
    const terminal = openTerminal({
      command: process.execPath,
      args: ['bin/lvstop.js', '--demo', '--sort', 'nothing'],
    });
    const { code } = await terminal.ended();
    expect(code).toBe(2);
    expect(terminal.text()).toMatch(/lvstop: .*nothing.*conn\/s/s);
    expect(terminal.output).not.toContain('\x1b[?1049h');
  });
});
