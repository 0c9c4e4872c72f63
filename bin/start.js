import { createRequire } from 'node:module';
import { codeVariables } from './code-variables.js';

// An import would load what reads files bit by bit too, which takes longer than all else here.
const { readFileSync } = createRequire(import.meta.url)('node:fs');

/** Keeps SIGUSR1 from opening Node's debugger: known from Node 22.14 and 23.7 on. */
const flag = '--disable-sigusr1';

/** Tells the second start that it is the second. Whoever sets it gets a refusal at worst. */
const mark = 'LVSTOP_STARTED_OVER';

/** CAP_WAKE_ALARM (`include/uapi/linux/capability.h`), which systemd gives to each who logs in. */
const wakeAlarm = 1n << 35n;

/**
 * The rights of this process, and where they come from: `ambient`, by its starter, which the dynamic linker and Node
 * do not notice; `held`, by its user, root, or by its file, in which case both drop what they obey themselves; `none`.
 * @returns {'none' | 'held' | 'ambient'}
 */
export function rightsOfProcess() {
  try {
    const status = readFileSync('/proc/self/status', 'latin1');
    const holds = (set) => {
      const mask = new RegExp(`^${set}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0';
      return (BigInt(`0x${mask}`) & ~wakeAlarm) !== 0n;
    };
    if (holds('CapAmb')) return 'ambient';
    return holds('CapPrm') ? 'held' : 'none';
  } catch {
    // Another system than Linux.
    return 'none';
  }
}

/**
 * How a process that was started like this goes on: as it is, started over with the debugger's signal off and another
 * environment, or not at all, for a reason. Where no rights are held, the environment is the starter's own affair.
 * @param {{ rights: 'none' | 'held' | 'ambient', execArgv: readonly string[], environment: Readonly<Record<string, string | undefined>> }} start
 * @returns {{ way: 'go' } | { way: 'over', environment: Record<string, string | undefined> } | { way: 'refuse', reason: string }}
 */
export function judgeStart({ rights, execArgv, environment }) {
  const hasFlag = execArgv.includes(flag);
  const found = rights === 'none' ? [] : codeVariables.filter(({ name }) => Boolean(environment[name]));
  if (rights === 'ambient') {
    const obeyed = found.find(({ obeyedBy }) => obeyedBy !== 'package');
    if (obeyed !== undefined) return { way: 'refuse', reason: tooLate(obeyed) };
    if (!hasFlag) return { way: 'refuse', reason: withoutFlag };
  }
  // What the linker was told it has done, and dropping it could keep Node from starting.
  const dropped = found.filter(({ obeyedBy }) => obeyedBy !== 'linker').map(({ name }) => name);
  if (hasFlag && dropped.length === 0) return { way: 'go' };
  if (dropped.length > 0 && environment[mark] !== undefined) return { way: 'refuse', reason: again(dropped) };
  const kept = Object.entries(environment).filter(([name]) => !dropped.includes(name));
  return { way: 'over', environment: { ...Object.fromEntries(kept), [mark]: '1' } };
}

/**
 * Starts this process over with that environment: it stays the same one, with its number, terminal, input and output.
 * Of other open files, <(…) in a shell, Node has seen to it that they are closed then.
 * @param {readonly string[]} words the command line, by which a single executable is started differently
 * @returns what to say where it cannot be done.
 */
export function startOver(environment, words = commandLine()) {
  // Since Node 22.15 and 23.11, so one that has it knows the flag.
  if (process.execve === undefined) {
    return `it needs Node 22.15 or newer, or 23.11 or newer; this is ${process.version}`;
  }
  const lost = process.argv.find((word) => /^\/(dev|proc\/self)\/fd\/([3-9]|\d\d+)$/.test(word));
  if (lost !== undefined) {
    return `it has to start over and would lose ${lost}; start "lvstop" itself instead of Node, or give another file`;
  }
  return process.execve(process.execPath, words, environment);
}

function commandLine() {
  const options = process.execArgv.filter((option) => option !== flag);
  return [process.execPath, flag, ...options, ...process.argv.slice(1)];
}

const withoutFlag =
  'it was started with ambient capabilities and without its own executable, "lvstop": until here SIGUSR1 could have ' +
  "opened Node's debugger, which gives these capabilities to every process of this machine; start that one";

/** @param {{ name: string, obeyedBy: string, why: string }} variable */
function tooLate({ name, obeyedBy, why }) {
  const who = obeyedBy === 'node' ? 'Node' : 'the C library';
  return (
    `it was started with ambient capabilities and with ${name}, which ${why}: ${who} has obeyed it already, with ` +
    'these capabilities; start it in an environment of its own ("setpriv --reset-env", or a systemd unit)'
  );
}

/** @param {readonly string[]} names */
function again(names) {
  return (
    `${names.join(' and ')} came back after a start without: something sets it for each program, ` +
    'perhaps what /etc/ld.so.preload names; take lvstop out of that'
  );
}
