/** `npm run screenshots`: runs the program on a terminal, presses keys, and writes what it shows to docs/ as SVG. */
import { mkdirSync, writeFileSync } from 'node:fs';
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

/** Milliseconds that a screen may take until it looks like one that has been open for a while. */
const patience = 180_000;

/** Waits until the trends have some cells, one every four seconds. */
async function settled({ terminal }: Lvstop): Promise<void> {
  await terminal.waitFor(/ tcp:.*[⠀-⣿]{11,} *$/m, patience);
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

const docs = resolve(import.meta.dirname, '../../docs');
mkdirSync(docs, { recursive: true });
await Promise.all(shots.map(take));

async function take({ name, title, rows, go }: Shot): Promise<void> {
  const lvstop = await openLvstop({ args: ['--demo', '--color', 'true'], columns, rows });
  try {
    await go(lvstop);
    // The next reading: what the last key asked for is drawn by then.
    const before = lvstop.terminal.text();
    await lvstop.terminal.waitFor(() => lvstop.terminal.text() !== before);
    writeFileSync(join(docs, `${name}.svg`), drawSvg(lvstop.terminal, title));
    console.log(`docs/${name}.svg`);
  } finally {
    lvstop.terminal.close();
  }
}
