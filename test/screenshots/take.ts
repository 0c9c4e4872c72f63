/**
 * `npm run screenshots`: runs the program on a terminal, presses keys, and writes what it shows to docs/ as SVG.
 * `npm run screenshots -- FOLDER` writes main screen, detail and form in three themes and three sizes there, as PNG too.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Lvstop, openLvstop } from '../e2e/lvstop.ts';
import { drawSvg } from './svg.ts';

/** A picture: how to get to what it shows. */
interface Shot {
  readonly name: string;
  readonly title: string;
  readonly rows: number;
  readonly go: (lvstop: Lvstop) => Promise<void>;
}

const columns = 120;
/** Narrower screens show no trend: they are given so many milliseconds. */
const leastColumnsWithTrend = 100;
const narrowTime = 20_000;

/** Milliseconds that a screen may take until it looks like one that has been open for a while. */
const patience = 180_000;

/** Waits until the trends have some cells, one every four seconds; a narrow screen shows none. */
async function settled({ terminal }: Lvstop): Promise<void> {
  const since = Date.now();
  const hasTrend = (line: string) => / tcp:.*[⠀-⣿]{11,}/.test(line);
  const isNarrow = terminal.columns < leastColumnsWithTrend;
  await terminal.waitFor(
    (screen) => (isNarrow ? Date.now() - since > narrowTime : screen.some(hasTrend)),
    patience,
  );
}

const shots: readonly Shot[] = [
  {
    name: 'main',
    title: 'lvstop: services and real servers, live',
    rows: 34,
    go: async (lvstop) => {
      await settled(lvstop);
      lvstop.press('down', 'down', 'down', 'down', 'down');
    },
  },
  {
    name: 'detail',
    title: 'lvstop: the detail of a service',
    rows: 34,
    go: async (lvstop) => {
      await settled(lvstop);
      await lvstop.select('tcp:203.0.113.10:80');
      lvstop.press('enter');
      await lvstop.terminal.waitFor('scheduler');
    },
  },
  {
    name: 'form',
    title: 'lvstop: adding a real server, with what would be done',
    rows: 34,
    go: async (lvstop) => {
      await lvstop.select('tcp:203.0.113.10:80');
      lvstop.press('r');
      await lvstop.terminal.waitFor('Add real servers');
      lvstop.terminal.type('10.0.0.25:8080');
      await lvstop.terminal.waitFor('ipvsadm -a');
    },
  },
  {
    name: 'doctor',
    title: 'lvstop: a finding of the doctor, with the command that mends it',
    rows: 24,
    go: async (lvstop) => {
      await lvstop.terminal.waitFor('findings');
      lvstop.press('!');
      await lvstop.terminal.waitFor('looked at');
      lvstop.press('enter');
      await lvstop.terminal.waitFor('to mend');
    },
  },
  {
    name: 'help',
    title: 'lvstop: help',
    rows: 34,
    go: async (lvstop) => {
      lvstop.press('?');
      await lvstop.terminal.waitFor('search:');
    },
  },
];

/** What the program looks like in other themes and sizes. */
const themes = ['dark', 'light', 'solarized-dark'] as const;
const sizes = [
  [80, 24],
  [120, 36],
  [200, 50],
] as const;

const [folder] = process.argv.slice(2);
const written = resolve(folder ?? join(import.meta.dirname, '../../docs'));
mkdirSync(written, { recursive: true });
if (folder === undefined) await Promise.all(shots.map((shot) => take(shot, { columns })));
else for (const theme of themes) await Promise.all(sizes.map((size) => takeInTheme(theme, size)));

/** The main screen and the detail in that theme and size. */
async function takeInTheme(theme: (typeof themes)[number], [across, down]: readonly [number, number]) {
  const config = join(written, `${theme}-${across}.toml`);
  writeFileSync(config, `theme = "${theme}"\n`);
  for (const shot of shots.filter(({ name }) => ['main', 'detail', 'form'].includes(name))) {
    const name = `${shot.name}-${theme}-${across}x${down}`;
    await take({ ...shot, name, rows: down }, { columns: across, args: ['--config', config] });
  }
  rmSync(config);
}

interface Size {
  readonly columns: number;
  readonly args?: readonly string[];
}

async function take({ name, title, rows, go }: Shot, { columns: across, args = [] }: Size): Promise<void> {
  const lvstop = await openLvstop({
    args: ['--demo', '--color', 'true', ...args],
    columns: across,
    rows,
  });
  try {
    await go(lvstop);
    // The next reading: what the last key asked for is drawn by then.
    const before = lvstop.terminal.text();
    await lvstop.terminal.waitFor(() => lvstop.terminal.text() !== before);
    const file = join(written, `${name}.svg`);
    writeFileSync(file, drawSvg(lvstop.terminal, title));
    if (folder !== undefined) toPng(file);
    console.log(file);
  } finally {
    lvstop.terminal.close();
  }
}

/** A PNG beside it, by rsvg-convert (Debian's librsvg2-bin) where that is installed. */
function toPng(file: string): void {
  spawnSync('rsvg-convert', ['-o', file.replace(/svg$/, 'png'), file]);
}
