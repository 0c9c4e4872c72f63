/**
 * How long a table of 1,000 services with 10 real servers each takes from a file into an empty table, beside
 * `ipvsadm -R` of the same file, on the lab's kernel:
 *
 *   npm run lab -- --bare node test/bench/apply.ts
 *
 * `lvstop apply` is the bundle, started anew each time, as ipvsadm is. Every run has a network namespace of its
 * own: a table that was only emptied keeps its real servers in the kernel's trash for minutes, and each addition
 * searches it (`ip_vs_trash_get_dest` in `net/netfilter/ipvs/ip_vs_ctl.c`). Both make the same table, which is
 * checked. Prints a table and, as the last line, everything as JSON.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { isGuest } from '../lab/guest.ts';
import { formatSpread, spreadOf } from './statistics.ts';

const services = 1000;
const realServers = 10;
const runs = 5;
/** Of what `ipvsadm -R` takes. */
const target = 0.25;

if (!isGuest()) throw new Error('this fills and empties a table of IPVS: run it in the lab');

const file = '/run/lab/apply.rules';
writeFileSync(file, tableText());

const own: number[] = [];
const again: number[] = [];
const ipvsadm: number[] = [];
const unrecorded: number[] = [];
const starts: number[] = [];
const tables = new Set<string>();
for (let run = 0; run < runs; run++) {
  inEmptyTable((enter) => {
    ipvsadm.push(timed(() => enter(['ipvsadm', '-R'], readFileSync(file))));
    tables.add(savedTable(enter));
  });
  inEmptyTable((enter) => {
    own.push(timed(() => enter(['lvstop', 'apply', file])));
    tables.add(savedTable(enter));
    again.push(timed(() => enter(['lvstop', 'apply', file])));
    starts.push(timed(() => enter(['lvstop', '--version'])));
  });
  inEmptyTable((enter) => {
    unrecorded.push(timed(() => enter(['lvstop', 'apply', '--no-journal', file])));
  });
}
if (tables.size !== 1) throw new Error('lvstop and ipvsadm made different tables of the same file');

const applied = spreadOf(own);
const repeated = spreadOf(again);
const withoutJournal = spreadOf(unrecorded);
const started = spreadOf(starts);
const restored = spreadOf(ipvsadm);
const ratio = applied.median / restored.median;
console.log(`\n${services} × ${realServers}, milliseconds: median (lowest…highest) of ${runs}`);
console.log(`  lvstop apply                 ${formatSpread(applied)}`);
console.log(`  lvstop apply --no-journal    ${formatSpread(withoutJournal)}`);
console.log(`  lvstop apply, nothing to do  ${formatSpread(repeated)}`);
console.log(`  lvstop --version             ${formatSpread(started)}`);
console.log(`  ipvsadm -R                   ${formatSpread(restored)}`);
console.log(`  lvstop / ipvsadm             ${ratio.toFixed(3)}, at most ${target}`);
console.log(JSON.stringify({ applied, withoutJournal, repeated, started, restored, ratio, target }));

type Enter = (command: readonly [string, ...string[]], input?: Buffer) => string;

/** Gives a way to run commands in a network namespace that has never had a table. */
function inEmptyTable(use: (enter: Enter) => void): void {
  const name = 'bench';
  execFileSync('ip', ['netns', 'add', name]);
  try {
    execFileSync('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    use((command, input) =>
      execFileSync('ip', ['netns', 'exec', name, ...command], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
        stdio: 'pipe',
        ...(input !== undefined && { input }),
      }),
    );
  } finally {
    execFileSync('ip', ['netns', 'delete', name]);
  }
}

function savedTable(enter: Enter): string {
  return enter(['ipvsadm', '-Sn']).trim().split('\n').sort().join('\n');
}

function tableText(): string {
  const lines: string[] = [];
  for (let index = 0; index < services; index++) {
    const service = `-t 10.2.${index >> 8}.${index & 255}:80`;
    lines.push(`-A ${service} -s wlc`);
    for (let server = 0; server < realServers; server++) {
      lines.push(`-a ${service} -r 10.3.${index & 255}.${server + 1}:8080 -m -w 1`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
