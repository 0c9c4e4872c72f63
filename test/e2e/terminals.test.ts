/** lvstop on terminals that can less than xterm: GNU screen, tmux, Linux's own console, and one that is listened to. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Lvstop, openLvstop } from './lvstop.ts';
import { closeTerminals, openTerminal, type TestTerminal } from './terminal.ts';

const program = [process.execPath, join(resolve(import.meta.dirname, '../..'), 'bin/lvstop.js')];
const server = '10.20.0.11:8443';

/** Where screen and tmux have their sockets, and lvstop its configuration. */
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminals-'));
});

afterEach(() => {
  closeTerminals();
  // They outlive their terminal: that is what they are for.
  for (const { file, end } of within.filter(isHere)) spawnSync(file, end, { env: ownSockets() });
  rmSync(folder, { recursive: true, force: true });
});

/** Terminals within the terminal, by how they start a program and how they are ended with all that runs in them. */
const within = [
  { name: 'GNU screen', file: '/usr/bin/screen', args: ['-U', '-c', '/dev/null'], end: ['-X', 'quit'] },
  { name: 'tmux', file: '/usr/bin/tmux', args: ['-f', '/dev/null', 'new-session'], end: ['kill-server'] },
] as const;

function isHere({ file }: { readonly file: string }): boolean {
  return existsSync(file);
}

function ownSockets() {
  return { SCREENDIR: folder, TMUX_TMPDIR: folder };
}

interface Inside {
  readonly file: string;
  readonly args: readonly string[];
}

function openWithin({ file, args }: Inside, lvstopArgs: readonly string[]): TestTerminal {
  return openTerminal({
    command: file,
    args: [...args, ...program, ...lvstopArgs],
    columns: 100,
    rows: 30,
    env: ownSockets(),
  });
}

/** Raises a weight by keys. */
async function editByKeys(terminal: TestTerminal): Promise<void> {
  const lvstop = new Lvstop(terminal);
  // What a frame writes at once comes through another program in pieces.
  await terminal.waitFor(server);
  await lvstop.select(server);
  lvstop.press('+');
  await terminal.waitFor(`Weight of ${server}`);
  await terminal.waitFor('-w 3');
  lvstop.press('enter');
  await lvstop.waitUntilSaid('weight 2 → 3');
  await terminal.waitFor(() => lvstop.row(server).WEIGHT === '3');
}

/** A configuration with that kind of alert. */
function alerting(kind: 'bell' | 'notification'): string[] {
  const file = join(folder, 'config.toml');
  writeFileSync(file, `alerts = "${kind}"\n`, { mode: 0o600 });
  return ['--config', file, '--demo'];
}

/** Takes all weights of the first service away, which is an error that was not there before; gives what came of it. */
async function makeAnError(terminal: TestTerminal): Promise<string> {
  await terminal.waitFor('findings');
  const before = terminal.output.length;
  terminal.press('w', '0');
  await terminal.waitFor('-w 0');
  terminal.press('enter');
  await terminal.waitFor('y do it');
  terminal.press('y');
  await terminal.waitFor('3 findings');
  await terminal.waitFor(() => /\x07/.test(terminal.output.slice(before)));
  return terminal.output.slice(before);
}

describe.each(within)('in $name', (inside) => {
  it.skipIf(!isHere(inside))('is read, edited by keys, and left without a trace', async () => {
    const terminal = openWithin(inside, ['--demo']);
    await terminal.waitFor('SIMULATED');
    await editByKeys(terminal);
    // Nothing of a sequence that was not understood stands on the screen.
    expect(terminal.text()).not.toMatch(/\]11;|\]9;|\?2026|\[\?|\[\d+;\d+H|\[[\d;]*m/);
    terminal.press('q');
    const { lineBefore, lineAfter } = await terminal.ended();
    expect(lineAfter).toBe(lineBefore);
    expect(terminal.text()).not.toContain('SIMULATED');
    expect(terminal.modes()).toMatchObject({ alternateScreen: false, cursorVisible: true, mouse: 'none' });
  });

  it.skipIf(!isHere(inside))(
    'hands a notification of an error on to the terminal around it, or rings its bell',
    async () => {
      const terminal = openWithin(inside, alerting('notification'));
      const came = await makeAnError(terminal);
      expect(came).toMatch(inside.name === 'tmux' ? /\x07/ : /\x1b\]9;[^\x07\x1b]*weight[^\x07\x1b]*\x07/);
      expect(terminal.text()).not.toContain(']9;');
    },
  );
});

describe('an error that is new', () => {
  it('rings the bell where that is set', async () => {
    const { terminal } = await openLvstop({ args: alerting('bell') });
    expect(await makeAnError(terminal)).toMatch(/[^\x1b\]]\x07/);
  });

  it('is a notification where that is set', async () => {
    const { terminal } = await openLvstop({ args: alerting('notification') });
    expect(await makeAnError(terminal)).toMatch(/\x1b\]9;[^\x07\x1b]*weight[^\x07\x1b]*\x07/);
  });
});

describe('on the console of Linux', () => {
  /** What it knows, or passes over whole (console_codes(4), and `vc_do_con_write` behind it). */
  const known = /\x1b\[(?:[\d;]*[HJKmABCDGdX]|\?[\d;]+[hl])/g;
  /** Attributes and the sixteen colours. */
  const look = /^(?:[01247]|2[124-7]|[34][0-79]|9[0-7]|10[0-7])?$/;

  it('is drawn with what every font has and 16 colours, edited by keys, and left whole', async () => {
    const lvstop = await openLvstop({ args: ['--demo'], columns: 80, rows: 25, env: { TERM: 'linux' } });
    const { terminal } = lvstop;
    expect(terminal.text()).toContain('SERVICE / REAL SERVER');
    terminal.press('down', '+');
    await terminal.waitFor('-w 3');
    terminal.press('enter');
    await terminal.waitFor('weight 2 > 3');
    terminal.press('q');
    const { code, lineBefore, lineAfter } = await terminal.ended();
    expect([code, lineAfter]).toEqual([0, lineBefore]);
    const { output } = terminal;
    expect(output.replaceAll(known, '')).toMatch(/^[\x20-\x7e\r\n\x08]*$/);
    const looks = [...output.matchAll(/\x1b\[([\d;]*)m/g)].flatMap(([, codes = '']) => codes.split(';'));
    expect(looks.filter((code) => !look.test(code))).toEqual([]);
    expect(new Set(looks).size).toBeGreaterThan(6);
    // It has no other screen to go back to: what was drawn is cleared, and the shell goes on at the top.
    expect(output.lastIndexOf('\x1b[H\x1b[J')).toBeGreaterThan(output.lastIndexOf('SERVICE'));
    expect(terminal.modes()).toMatchObject({ cursorVisible: true, wraparound: true });
  });
});

describe('--screen-reader', () => {
  it('says all rows as sentences, one a line, without a character that moves or paints', async () => {
    const terminal = openTerminal({
      command: program[0] ?? '',
      args: [...program.slice(1), '--demo', '--screen-reader', '-d', '1'],
      rows: 60,
      columns: 200,
    });
    await terminal.waitFor('9 services, 27 real servers');
    await terminal.waitFor(`Real server ${server} of tcp:198.51.100.20:8443: mode TUN, weight 2, `);
    await terminal.waitFor('lvstop --help');
    terminal.press('ctrl+c');
    expect((await terminal.ended()).code).toBe(0);
    expect(terminal.output).not.toContain('\x1b');
    expect(terminal.output.replaceAll(/[\x20-\x7e\r\n]|\^C/g, '')).toBe('');
  });
});
