/**
 * usage: large-table keys|commands SERVICES REAL_SERVERS
 *
 * A table of so many services of so many real servers each, which is a kernel's bytes, with the journal and saved
 * tables on the disk. `keys` presses every key of the command table on the whole screen: on the first row and the last
 * one, and with all real servers tagged, and further keys in the dialogs and panes that they open. `commands` takes the
 * table through what the command line offers. Prints, as JSON, what each took.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turnOfLoop } from 'node:timers/promises';
import { createFileJournal } from '../../../src/changes/journal/file-journal.ts';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import type { CommandConsole } from '../../../src/cli/context/console.ts';
import { savedTableAt } from '../../../src/cli/files/saved-table-at.ts';
import { keepHeapSmall } from '../../../src/cli/opening/small-heap.ts';
import { openKernelDirector } from '../../../src/director/kernel/kernel-director.ts';
import { createSimulatedMachine } from '../../../src/host/machine/simulated-machine.ts';
import { createKernelNetwork } from '../../../src/host/network/kernel-network.ts';
import { createSimulatedNetwork } from '../../../src/host/network/simulated-network.ts';
import { parseRealServer, parseService } from '../../../src/ipvs/identity.ts';
import { defaultServiceSettings } from '../../../src/ipvs/service.ts';
import { defaultTunnel } from '../../../src/ipvs/tunnel.ts';
import { IpvsClient } from '../../../src/netlink/ipvs/ipvs-client.ts';
import { NetlinkSocket } from '../../../src/netlink/wire/netlink-socket.ts';
import { createSampler } from '../../../src/sampling/sampler.ts';
import { commands } from '../../../src/ui/commands.ts';
import { addRealServer, addService } from '../../director/table-edits.ts';
import { key } from '../../ui/keys.ts';
import { KeptTable } from '../kept-table.ts';
import { openDrivenScreen } from './driven-screen.ts';

/** A terminal to which everything goes in vain. */
const quiet: CommandConsole = { out: () => undefined, err: () => undefined, confirm: null };

/** Digits and points are for the filter, too. */
const furtherKeys = ['down', 'end', '1', '0', '.', '2', 'backspace'];

/** What ends or stops the program, and what asks other machines. */
const leftOut = new Set(['quit', 'suspend', 'probe']);

/** What something took: milliseconds of this thread's work, other programs left out. */
export interface Taken {
  readonly what: string;
  /** A key brought it about. */
  readonly isKey: boolean;
  /** The longest turn of the event loop. */
  readonly held: number;
  /** All turns until it was over. */
  readonly whole: number;
}

keepHeapSmall();
const [part = 'keys', ...sizes] = process.argv.slice(2);
const [services = 1000, realServers = 1] = sizes.map(Number);
const folder = mkdtempSync(join(tmpdir(), 'lvstop-bench-large-'));
const openTable = (table: KeptTable) =>
  openKernelDirector(new IpvsClient(() => new NetlinkSocket(table.open())));
const table = new KeptTable();
const director = openTable(table);
const journal = createFileJournal({ folder: join(folder, 'state'), userId: process.geteuid?.() ?? null });
fill();
const taken: Taken[] = [];
try {
  if (part === 'keys') await pressKeys();
  else await runCommands();
  console.log(JSON.stringify(taken));
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);

function fill(): void {
  for (let index = 0; index < services; index++) {
    const identity = parseService(`tcp:10.2.${index >> 8}.${index & 255}:80`);
    addService(director, { ...defaultServiceSettings, identity, scheduler: 'wrr' });
    for (let server = 0; server < realServers; server++)
      addRealServer(director, identity, {
        identity: parseRealServer(`10.${3 + (server >> 16)}.${(server >> 8) & 255}.${server & 255}:80`),
        forwarding: 'nat',
        weight: (server % 4) + 1,
        upperThreshold: 0,
        lowerThreshold: 0,
        tunnel: defaultTunnel,
      });
  }
}

/** Presses them on a screen of 200×50 that reads when it is told to. */
async function pressKeys(): Promise<void> {
  const sampler = createSampler({ director, interval: 1 });
  const { controller, app } = await openDrivenScreen(director, sampler, 200, 50, {
    savedTable: savedTableAt(() => join(folder, 'ipvsadm.rules')),
    // This machine's own: it answers thousands of questions as a director's does.
    network: createKernelNetwork(),
    machine: createSimulatedMachine(),
    journalling: { journal, origin: { user: 'root', behind: null, from: null, by: 'screen' } },
  });
  const isWorking = () => {
    const { dialog, message } = controller.getState();
    return dialog?.isMounted === false || message?.text.endsWith(' …') === true;
  };
  const press = (what: string, name: string) =>
    during(what, async () => controller.onInput(key(name)), { isKey: true, isWorking });
  const isAtTable = () => {
    const { dialog, pane, typed } = controller.getState();
    return dialog === null && pane === null && typed === null;
  };
  const pressAll = async (where: 'first row' | 'last row' | 'all tagged') => {
    for (const { id, keys } of commands) {
      const [name] = keys;
      if (name === undefined || leftOut.has(id)) continue;
      // With all tagged the cursor stays where it was.
      if (where !== 'all tagged') await press('', where === 'first row' ? 'g' : 'G');
      await press(`${name} (${id}), ${where}`, name);
      for (const further of furtherKeys)
        if (!isAtTable()) await press(`${further} in ${id}, ${where}`, further);
      while (!isAtTable()) await press(`Esc from ${id}, ${where}`, 'escape');
    }
  };
  await during('the first reading', async () => controller.onView(await sampler.refresh()));
  await app.dialogsReady;
  // What Ink's first dialog takes is no matter of large tables.
  for (const name of ['?', 'escape', '?', 'escape']) await press('', name);
  await during('a reading', async () => controller.onView(await sampler.refresh()));
  await pressAll('first row');
  await pressAll('last row');
  const { view } = controller.getState();
  const rows = view?.services.flatMap(({ realServers }) => realServers.map((row) => row.key)) ?? [];
  if (rows.length !== services * realServers) throw new Error(`${rows.length} real servers are shown`);
  controller.update({ tagged: new Set(rows) });
  await pressAll('all tagged');
}

/** Takes the table through what the command line offers. */
async function runCommands(): Promise<void> {
  const file = join(folder, 'table.rules');
  const first = 'tcp:10.2.0.0:80';
  const steps = [
    ['list'],
    ['list', '--json'],
    ['save', file],
    ['diff', file],
    ['apply', file, '--prune'],
    ['mode', first, 'tun', '--yes'],
    ['undo', '--yes'],
    ['delete', 'service', first, '--yes'],
    ['undo', '--yes'],
  ];
  let done = '';
  for (const words of steps) {
    const name = words[0] === 'undo' ? `undo of: ${done}` : nameOf(words);
    await runCommand(table, words, name);
    done = name;
  }
  const words = ['apply', file];
  await runCommand(new KeptTable(), words, `${nameOf(words)}, to an empty table`);
}

function nameOf(words: readonly string[]): string {
  return words.map((word) => word.replace(`${folder}/`, '')).join(' ');
}

async function runCommand(on: KeptTable, words: readonly string[], name: string): Promise<void> {
  let failure = '';
  await during(name, async () => {
    const code = await runCommandLine(
      {
        console: {
          ...quiet,
          err: (text) => {
            failure = text;
          },
        },
        openDirector: async () => openTable(on),
        openNetwork: async () => createSimulatedNetwork(),
        openMachine: async () => createSimulatedMachine(),
        openJournal: () => journal,
      },
      words,
      true,
    );
    if (code !== 0) throw new Error(`${name}: ${failure}`);
  });
}

/** Does something and looks at how long each turn of the event loop takes until it is over. */
async function during(
  what: string,
  begin: () => Promise<void>,
  { isKey = false, isWorking = () => false }: { isKey?: boolean; isWorking?: () => boolean } = {},
): Promise<void> {
  let held = 0;
  const began = threadTime();
  let before = began;
  let over = began;
  let isBegun = false;
  const begun = begin().then(() => {
    isBegun = true;
  });
  for (let rest = 20; rest > 0; ) {
    await turnOfLoop();
    const now = threadTime();
    held = Math.max(held, now - before);
    if (!isBegun || isWorking() || now - before > 1) {
      rest = 20;
      over = now;
    } else {
      rest--;
      // What comes from other threads may still be on its way.
      if (rest === 10) await sleep(2);
    }
    before = threadTime();
  }
  await begun;
  if (what !== '') taken.push({ what, isKey, held, whole: over - began });
}

/** Milliseconds of the processor that this thread has had. */
function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
