import { text } from 'node:stream/consumers';
import { callHost, type HostCaller } from '../../fleet/hosts/call-host.ts';
import { callHosts } from '../../fleet/hosts/call-hosts.ts';
import { saidLast } from '../../fleet/pairs/far-json.ts';
import type { Both, FarAnswer, PairHost } from '../../fleet/pairs/pair-host.ts';
import { shellWord } from '../../forwarding/diagnosis.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { visible } from '../../ipvs/visible.ts';
import type { CommandContext } from '../context/context.ts';
import { CommandEnd, missingRight, unwrittenCode } from '../context/exit-code.ts';
import { settingsInForce } from '../files/settings-in-force.ts';
import type { StoredSettings } from '../files/stored-settings.ts';
import {
  callerOf,
  farWords,
  hostsNamed,
  isBySudo,
  lookOfTerminal,
  refuseBroken,
  settingsOf,
  targetOf,
} from '../opening/called-hosts.ts';
import { type DividedCall, divideCall, type HostOptions, hostOptions } from '../options/host-options.ts';
import { type CommandValues, configOption } from '../options/option-table.ts';
import { screenOptions } from '../options/screen-options.ts';
import { HostRows } from './host-rows.ts';
import { dividePairCommand, pairedCommands, runOnPair } from './on-pair.ts';
import { printPairStatus } from './print-pair-status.ts';

/** Commands that only print, so that several hosts can be asked side by side. */
const printing: ReadonlySet<string> = new Set([
  'list',
  'watch',
  'doctor',
  'walk',
  'probe',
  'connections',
  'clients',
  'drift',
  'check',
  'diff',
  'journal',
  'config',
  'namespaces',
]);

/** Does on other machines what the arguments say, and resolves with the exit code. Throws an `IpvsError` where it cannot. */
export async function runOnHosts(
  context: CommandContext,
  named: string,
  options: CommandValues<typeof hostOptions>,
  argv: readonly string[],
): Promise<number> {
  const call = divideCall(argv, screenOptions, [...hostOptions, configOption]);
  const { stored } = await settingsInForce(context, options);
  refuseBroken(stored);
  const hosts = hostsNamed(named, stored.hosts);
  const caller = callerOf(context, options.yes ?? false);
  const [first = '', second = ''] = hosts;
  const isPairStatus = call.command[0] === 'pair' && call.command[1] === 'status';
  if (hosts.length === 2 && (isPairStatus || pairedCommands.has(call.command[0] ?? '')))
    return runOnTwo(context, [first, second], call, options, stored, caller);
  if (options.first !== undefined) throw firstWithoutPair();
  return hosts.length === 1
    ? runOnOne(first, call, options, stored, caller)
    : runOnSeveral(context, hosts, call, options, stored, caller);
}

async function runOnOne(
  host: string,
  call: DividedCall,
  options: HostOptions,
  stored: StoredSettings,
  caller: HostCaller,
): Promise<number> {
  const { command } = call;
  const isScreen = command.length === 0 && !call.options.some((word) => ending.has(word));
  const terminal = process.stdin.isTTY && process.stdout.isTTY && (isScreen || process.stderr.isTTY);
  if (isScreen && !terminal) throw noTerminal(host);
  const readsInput = command.includes('-');
  const said = settingsOf(host, stored);
  const words = [
    ...farWords(host, said, stored),
    ...(terminal || readsInput ? [] : ['--ends-with-input']),
    ...(isScreen ? lookOfTerminal(call.options) : []),
    ...call.options,
    ...command,
  ];
  const target = targetOf(host, said);
  return callHost({ host: target, sudo: isBySudo(said, options), words, terminal, readsInput }, caller);
}

/**
 * Why several hosts cannot be drained at once: a drain goes on for as long as connections do, and a change of two hosts
 * is one that each takes back after a set time unless it is confirmed.
 */
function drainOnSeveral(hosts: readonly string[], [, ...words]: readonly string[]): IpvsError {
  const names = hosts.map((host) => visible(host));
  const what = words.filter((word) => !word.startsWith('-')).slice(0, 2);
  const object = what.length === 2 ? what.map((word) => shellWord(visible(word))).join(' ') : 'SERVICE REAL';
  const advice =
    hosts.length === 2
      ? `take its weight on both by "lvstop --host ${names.join(',')} weight ${object} 0", then wait on the active one by "lvstop --host HOST drain ${object}"`
      : 'drain on one host after the other';
  return IpvsError.input(
    'bad-usage',
    'run on several hosts',
    '"drain"',
    "a drain waits for one director's connections to end",
    advice,
  );
}

async function runOnSeveral(
  { console }: CommandContext,
  hosts: readonly string[],
  { options: before, command }: DividedCall,
  options: HostOptions,
  stored: StoredSettings,
  caller: HostCaller,
): Promise<number> {
  const [name = ''] = command;
  if (name === 'drain') throw drainOnSeveral(hosts, command);
  if (!printing.has(name) || command.includes('-')) {
    throw IpvsError.input(
      'bad-usage',
      'run on several hosts',
      name === '' ? 'the screen' : `"${visible(name)}"`,
      'only what prints runs on several',
      `give one host, or ${[...printing].join(', ')}; for ${[...pairedCommands].join(', ')} two`,
    );
  }
  const byTarget = new Map(hosts.map((host) => [targetOf(host, settingsOf(host, stored)), host]));
  const hostOf = (target: string) => byTarget.get(target) ?? target;
  const rows = new HostRows(hosts, command, console);
  const codes = await callHosts(
    {
      hosts: [...byTarget.keys()],
      isBySudo: (target) => isBySudo(settingsOf(hostOf(target), stored), options),
      wordsFor: (target) => [
        ...farWords(hostOf(target), settingsOf(hostOf(target), stored), stored),
        '--ends-with-input',
        ...before,
        ...command,
      ],
      onLine: (target, stream, line) => rows.take(hostOf(target), stream, line),
      onEnd: (target) => rows.end(hostOf(target)),
    },
    caller,
  );
  const { leftOut } = rows;
  const failed = hosts.filter((host, place) => (codes[place] ?? 0) > 1 || leftOut.includes(host));
  const worst = Math.max(...codes, leftOut.length > 0 ? unwrittenCode : 0);
  if (failed.length > 0)
    throw new CommandEnd(
      'hosts-failed',
      worst,
      `${failed.length} of ${hosts.length} hosts failed: ${failed.join(', ')}`,
    );
  return worst;
}

/** Edits two hosts as one, or compares them. */
async function runOnTwo(
  context: CommandContext,
  names: Both<string>,
  { options: before, command }: DividedCall,
  options: HostOptions,
  stored: StoredSettings,
  caller: HostCaller,
): Promise<number> {
  const settings = new Map(names.map((name) => [name, settingsOf(name, stored)]));
  const isStatus = command[0] === 'pair';
  const readOnly = names.find((name) => stored.settings.readOnly || settings.get(name)?.readOnly === true);
  if (readOnly !== undefined && !isStatus) throw readOnlyHost(readOnly);
  if (options.first !== undefined && !names.includes(options.first)) throw firstWithoutPair();
  // What does not go with a pair is refused before anybody is called.
  const divided = isStatus ? null : dividePairCommand(command);
  const input = command.includes('-') ? await text(process.stdin) : undefined;
  const hostOf = (name: string): PairHost => {
    const said = settingsOf(name, stored);
    const far = farWords(name, { ...said, production: false }, stored);
    return {
      name,
      call: (words) =>
        callFar(targetOf(name, said), isBySudo(said, options), [...far, ...before], words, input, caller),
    };
  };
  const hosts = [hostOf(names[0]), hostOf(names[1])] as const;
  await requireLvstop(
    names.map((name) => targetOf(name, settingsOf(name, stored))),
    caller,
  );
  if (divided === null) return printPairStatus(context, hosts, command.includes('--json'));
  return runOnPair(context, {
    hosts,
    command: divided,
    first: options.first,
    inProduction: names.filter((name) => settings.get(name)?.production === true),
  });
}

/** Calls a host once, without a terminal, and collects all that it prints. */
async function callFar(
  target: string,
  sudo: boolean,
  before: readonly string[],
  words: readonly string[],
  input: string | undefined,
  caller: HostCaller,
): Promise<FarAnswer> {
  const readsInput = input !== undefined && words.includes('-');
  const out: string[] = [];
  const err: string[] = [];
  const [exitCode = missingRight] = await callHosts(
    {
      hosts: [target],
      isBySudo: () => sudo,
      wordsFor: () => [...before, ...(readsInput ? [] : ['--ends-with-input']), ...words],
      ...(readsInput && { input }),
      onLine: (_target, stream, line) => void (stream === 'out' ? out : err).push(line),
      onEnd: () => undefined,
    },
    caller,
  );
  return { exitCode, out: out.join('\n'), err };
}

/** Sends lvstop to both where it is missing, and sees that it starts. Throws a `CommandEnd` where one cannot be reached. */
async function requireLvstop(targets: readonly string[], caller: HostCaller): Promise<void> {
  const said: string[] = [];
  const codes = await callHosts(
    {
      hosts: targets,
      isBySudo: () => false,
      wordsFor: () => ['--version'],
      onLine: (_target, stream, line) => void (stream === 'err' && said.push(line)),
      onEnd: () => undefined,
    },
    caller,
  );
  const worst = Math.max(...codes);
  if (worst > 0) throw new CommandEnd('hosts-failed', worst, `${saidLast(said)}; nothing was written`);
}

function readOnlyHost(host: string): IpvsError {
  return IpvsError.input(
    'read-only',
    'change something on',
    host,
    'the configuration here says readOnly = true of it, or of all',
    'change it there, "lvstop config" tells where; nothing was written',
  );
}

function firstWithoutPair(): IpvsError {
  return IpvsError.input(
    'bad-usage',
    'read --first',
    '',
    'it names one of the two hosts of an edit of both',
    'give --host of two and an edit, or leave it out',
  );
}

/** Options of the program with which no screen is opened. */
const ending: ReadonlySet<string> = new Set(['--screen-reader', '--help', '-h', '--version', '-V']);

function noTerminal(host: string): IpvsError {
  return IpvsError.input(
    'no-terminal',
    'open the screen',
    `of ${host}`,
    'standard input and output are not both a terminal',
    'run it in a terminal, or give a command, "list" or "watch --json"',
  );
}
