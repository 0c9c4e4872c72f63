/** Where an operation is tried: on the lab's kernel, or on this machine with a table in a file. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundling } from '../../esbuild.config.js';
import { createFileJournal } from '../../src/changes/journal/file-journal.ts';
import { openKernelDirector } from '../../src/director/kernel/kernel-director.ts';
import { type Ended, lvstop, words } from '../cli/harness.ts';
import { checkout } from '../lab/boot.ts';
import { accountOf } from './account.ts';
import { openTableFile } from './table-file.ts';
import type { Program } from './traced-run.ts';

/** A table, and lvstop with a state folder of its own. */
export interface Ground {
  readonly name: 'lab' | 'host';
  /** The folder that all files of lvstop lie below, by names that are the same in each run. */
  readonly root: string;
  /** Journal and drains. */
  readonly state: string;
  /** Saved tables. */
  readonly files: string;
  /** Makes the table what the lines say, by another hand than lvstop's. */
  become(lines: string): void;
  /** The table by another program than lvstop, where there is one; its lines sorted. */
  table(): string;
  /** The program that is disturbed, with the words of a command. */
  program(command: readonly string[]): Program;
  /** Does a command in this process, undisturbed and without a terminal. */
  call(line: string): Promise<Ended>;
  remove(): void;
}

/** Lines in one order: the kernel's is arbitrary. */
export function sortedLines(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .sort()
    .join('\n');
}

/** The lab's kernel and the bundled program; `ipvsadm` sets and reads the table. */
export function labGround(): Ground {
  const root = '/var/lib';
  const state = join(root, 'lvstop');
  const files = join(root, 'saved-tables');
  const director = openKernelDirector();
  const ipvsadm = (option: string, input = '') =>
    execFileSync('ipvsadm', [option], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'] });
  return {
    name: 'lab',
    root,
    state,
    files,
    become(lines) {
      ipvsadm('-C');
      ipvsadm('-R', `${lines}\n`);
    },
    table: () => sortedLines(execFileSync('ipvsadm', ['-Sn'], { encoding: 'utf8' })),
    program: (command) => ({ command: ['lvstop', ...command], env: {} }),
    call: (line) =>
      lvstop(words(line), {
        director,
        openJournal: () => createFileJournal({ folder: state, userId: process.geteuid?.() ?? null }),
      }),
    remove: () => director.close(),
  };
}

/** This machine, where the table is a file: for what has to be tried hundreds of times. */
export async function hostGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'lvstop-faults-'));
  const root = join(folder, 'root');
  const state = join(root, 'lvstop');
  const files = join(root, 'saved-tables');
  const table = join(folder, 'table');
  const victim = join(folder, 'victim.mjs');
  await build({
    ...bundling,
    absWorkingDir: checkout,
    entryPoints: ['test/faults/victim.ts'],
    outfile: victim,
  });
  mkdirSync(root);
  return {
    name: 'host',
    root,
    state,
    files,
    become: (lines) => writeFileSync(table, `${lines}\n`),
    table: () => sortedLines(readFileSync(table, 'utf8')),
    program: (command) => ({
      command: [process.execPath, victim, table, state, ...command],
      env: { NODE_COMPILE_CACHE: join(folder, 'cache') },
    }),
    call: (line) =>
      lvstop(words(line), {
        director: openTableFile(table),
        account: accountOf(state),
        openJournal: () => createFileJournal({ folder: state, userId: null }),
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
