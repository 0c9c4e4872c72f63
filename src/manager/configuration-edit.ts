import { type Intention, intendedService } from '../changes/plan/intention.ts';
import { count } from '../changes/steps/describe.ts';
import { wordOf } from '../formats/keepalived/checks.ts';
import type { OutlinedRealServer, OutlinedService } from '../formats/keepalived/outline.ts';
import type { Statement } from '../formats/keepalived/statements.ts';
import { forwardingWords } from '../formats/keepalived/write.ts';
import { type Hunk, hunksBetween } from '../formats/line-edits.ts';
import { changedRealServerFields } from '../ipvs/changed-fields.ts';
import { IpvsError } from '../ipvs/error.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
  sameRealServer,
  sameService,
} from '../ipvs/identity.ts';
import type { RealServer, RealServerSettings } from '../ipvs/real-server.ts';
import { type Service, sameServiceSettings } from '../ipvs/service.ts';
import { defaultTunnel } from '../ipvs/tunnel.ts';
import { visible } from '../ipvs/visible.ts';
import { type ManagedConfiguration, placeText, readManagedConfiguration } from './managed-configuration.ts';

/** A change of one of keepalived's files. */
export interface ConfigurationEdit {
  readonly path: string;
  readonly before: Buffer;
  readonly after: Buffer;
  readonly hunks: readonly Hunk[];
  /** The configuration as it will be. */
  readonly managed: ManagedConfiguration;
}

/** What the configuration may not be edited for. */
function refusal(object: string, reason: string, advice = 'edit the file by hand, or give --now'): IpvsError {
  return IpvsError.input('not-editable', 'make lasting the change of', object, reason, advice);
}

/** Whether keepalived's configuration describes what an intention is about, and so may undo it. */
export function isOwned({ reading: { outline } }: ManagedConfiguration, intention: Intention): boolean {
  const identity = intendedService(intention);
  return identity !== null && outline.services.some((each) => sameService(each.identity, identity));
}

/**
 * The smallest change of keepalived's files that makes what is intended last; `undefined` where they say it already.
 * What comes of it is read again and must be what was intended and nothing else. Throws an input `IpvsError`.
 */
export function editConfiguration(
  managed: ManagedConfiguration,
  intentions: readonly Intention[],
): ConfigurationEdit | undefined {
  let now = managed;
  for (const intention of intentions) now = edited(now, intention);
  const changed = [...now.files].filter(([path, bytes]) => managed.files.get(path)?.equals(bytes) !== true);
  const [first, second] = changed;
  if (first === undefined) return undefined;
  const [path, after] = first;
  if (second !== undefined) {
    throw refusal(
      visible(path),
      `it stands in several files, ${visible(second[0])} among them`,
      'make one change after the other',
    );
  }
  const before = managed.files.get(path) ?? Buffer.alloc(0);
  return { path, before, after, hunks: hunksBetween(linesOf(before), linesOf(after)), managed: now };
}

/** The lines of a file; one that ends with a newline has an empty line last. */
export function linesOf(bytes: Buffer): string[] {
  return bytes.toString('latin1').split('\n');
}

/** The bytes of lines. */
export function bytesOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('\n'), 'latin1');
}

function edited(managed: ManagedConfiguration, intention: Intention): ManagedConfiguration {
  const result = editedBy(managed, intention);
  requireOnly(managed, result, intention);
  return result;
}

function editedBy(managed: ManagedConfiguration, intention: Intention): ManagedConfiguration {
  switch (intention.kind) {
    case 'edit real server': {
      const { service, realServer } = find(managed, intention.service, intention.realServer);
      return editRealServer(managed, service, realServer, intention.change);
    }
    case 'switch mode':
      return switchMode(managed, intention);
    case 'edit service':
      return editService(managed, find(managed, intention.service).service, intention.change);
    case 'add real server':
      return addRealServer(managed, find(managed, intention.service).service, intention.realServer);
    case 'delete real server': {
      const { realServer } = find(managed, intention.service, intention.realServer);
      return changeLines(managed, realServer.statement, (lines, from) =>
        removeBlock(lines, from, realServer.statement),
      );
    }
    default:
      throw refusal(
        intention.kind,
        'lasting are edits of services and real servers, and real servers that are added and deleted',
      );
  }
}

interface Found {
  readonly service: OutlinedService;
}

function find(managed: ManagedConfiguration, identity: ServiceIdentity): Found;
function find(
  managed: ManagedConfiguration,
  identity: ServiceIdentity,
  realServer: RealServerIdentity,
): Found & { readonly realServer: OutlinedRealServer };
function find(
  { reading: { outline }, keepalived }: ManagedConfiguration,
  identity: ServiceIdentity,
  wanted?: RealServerIdentity,
): Found & { readonly realServer?: OutlinedRealServer } {
  const service = outline.services.find((each) => sameService(each.identity, identity));
  const absent = (name: string) =>
    refusal(name, `keepalived has it in none of its files, beginning with ${visible(keepalived.file)}`);
  if (service === undefined) throw absent(formatService(identity));
  if (wanted === undefined) return { service };
  const realServer = service.realServers.find((each) => sameRealServer(each.identity, wanted));
  if (realServer === undefined) throw absent(nameOf(identity, wanted));
  return { service, realServer };
}

/** A word of a block, and the words that keepalived takes for the same. */
interface Word {
  readonly names: readonly [string, ...string[]];
  readonly value: string;
}

function editRealServer(
  managed: ManagedConfiguration,
  { identity }: OutlinedService,
  now: OutlinedRealServer,
  change: Partial<RealServerSettings>,
): ManagedConfiguration {
  const wanted: RealServer = { ...now, ...change };
  const fields = new Set(changedRealServerFields(now, wanted));
  const words: Word[] = [];
  if (fields.has('forwarding') || fields.has('tunnel')) {
    words.push({ names: ['lvs_method'], value: forwardingWords(wanted) });
  }
  if (fields.has('weight')) words.push({ names: ['weight'], value: String(wanted.weight) });
  if (fields.has('upperThreshold'))
    words.push({ names: ['uthreshold'], value: String(wanted.upperThreshold) });
  if (fields.has('lowerThreshold'))
    words.push({ names: ['lthreshold'], value: String(wanted.lowerThreshold) });
  return words.reduce((result, word) => {
    const { realServer } = find(result, identity, now.identity);
    return changeLines(result, realServer.statement, setWord(result, realServer.statement, word));
  }, managed);
}

function editService(
  managed: ManagedConfiguration,
  { identity, statement }: OutlinedService,
  change: Partial<Service>,
): ManagedConfiguration {
  const now = configured(managed, identity);
  const wanted = { ...now, ...change };
  const onlyScheduler = { ...now, scheduler: wanted.scheduler, schedulerFlags: wanted.schedulerFlags };
  if (!sameServiceSettings(wanted, onlyScheduler)) {
    throw refusal(formatService(identity), 'of a service only another scheduler can be made lasting');
  }
  if (wanted.scheduler === now.scheduler) return managed;
  const word: Word = { names: ['lb_algo', 'lvs_sched'], value: wanted.scheduler };
  return changeLines(managed, statement, setWord(managed, statement, word));
}

/** One word for the service where none of its real servers has a word of its own, else one for each. */
function switchMode(
  managed: ManagedConfiguration,
  { service: identity, realServer, mode }: Extract<Intention, { readonly kind: 'switch mode' }>,
): ManagedConfiguration {
  const { service } = find(managed, identity);
  const change = { forwarding: mode, ...(mode !== 'tun' && { tunnel: defaultTunnel }) } as const;
  const hasOwn = service.realServers.some(({ statement }) => wordOf(statement, 'lvs_method') !== undefined);
  if (realServer === null && !hasOwn) {
    const [first] = service.realServers;
    if (first === undefined || service.realServers.every(({ forwarding }) => forwarding === mode))
      return managed;
    const word: Word = { names: ['lb_kind', 'lvs_method'], value: forwardingWords({ ...first, ...change }) };
    return changeLines(managed, service.statement, setWord(managed, service.statement, word));
  }
  const chosen = realServer === null ? service.realServers.map((each) => each.identity) : [realServer];
  return chosen.reduce((result, each) => {
    const found = find(result, identity, each);
    return editRealServer(result, found.service, found.realServer, change);
  }, managed);
}

/** A copy of the block above it, so that the new one is checked as its neighbour is. */
function addRealServer(
  managed: ManagedConfiguration,
  service: OutlinedService,
  wanted: RealServer,
): ManagedConfiguration {
  const model = service.realServers.at(-1);
  if (model === undefined) throw refusal(formatService(service.identity), 'it has no real server to go by');
  const { address, port } = wanted.identity;
  const added = changeLines(managed, model.statement, (lines, from) => {
    const block = blockLines(lines, from, model.statement);
    const [, own = '', ownPort] = model.statement.words;
    const head = block[0] ?? '';
    const begin = head.slice(0, head.indexOf('real_server'));
    const rest = head.slice(begin.length).replace(/^real_server[ \t]+\S+(?:[ \t]+(?![{#!])[^\s{]+)?/, '');
    const copied = block
      .slice(1)
      .filter((line) => !/^\s*[#!]/.test(line))
      .map((line) => replaceToken(line, own, address));
    const isApart = from > 0 && /^\s*$/.test(lines[from - 1] ?? '');
    const number = ownPort === undefined && port === 0 ? '' : ` ${port}`;
    lines.splice(
      from + block.length,
      0,
      ...(isApart ? [lines[from - 1] ?? ''] : []),
      `${begin}real_server ${address}${number}${rest}`,
      ...copied,
    );
  });
  const found = find(added, service.identity, wanted.identity);
  return editRealServer(added, found.service, found.realServer, wanted);
}

function replaceToken(line: string, token: string, by: string): string {
  return line
    .split(/([\s{}"]+)/)
    .map((part) => (part === token ? by : part))
    .join('');
}

/** Changes the lines of the file in which a statement stands, and reads all again. */
function changeLines(
  managed: ManagedConfiguration,
  statement: Statement,
  change: (lines: string[], from: number) => void,
): ManagedConfiguration {
  const place = managed.placeOf(statement.line);
  const lines = linesOf(managed.files.get(place.path) ?? Buffer.alloc(0));
  change(lines, place.line - 1);
  return readManagedConfiguration(
    managed.keepalived,
    new Map([...managed.files, [place.path, bytesOf(lines)]]),
  );
}

/** Gives a word of a block another value, or writes it before the first of its words. */
function setWord(
  managed: ManagedConfiguration,
  statement: Statement,
  { names, value }: Word,
): (lines: string[], from: number) => void {
  const head = managed.placeOf(statement.line);
  const present = wordOf(statement, ...names);
  return (lines, from) => {
    if (present !== undefined) {
      const place = managed.placeOf(present.line);
      if (place.path !== head.path) throw elsewhere(place.path);
      const index = place.line - 1;
      lines[index] = replaceWord(lines[index] ?? '', present.words[0], value, placeText(place));
      return;
    }
    const [inner] = statement.block ?? [];
    const innerPlace = inner && managed.placeOf(inner.line);
    const own = lines[from] ?? '';
    const end = managed.placeOf(statement.end);
    if (end.path !== head.path) throw elsewhere(end.path);
    if (innerPlace !== undefined && innerPlace.path === head.path && innerPlace.line > head.line) {
      const index = innerPlace.line - 1;
      lines.splice(index, 0, `${indentOf(lines[index])}${names[0]} ${value}${endOf(lines[index])}`);
    } else if (inner === undefined && end.line > head.line) {
      const indent = `${indentOf(own)}${indentOf(own).includes('\t') ? '\t' : '    '}`;
      lines.splice(end.line - 1, 0, `${indent}${names[0]} ${value}${endOf(own)}`);
    } else if (inner === undefined && own.includes('{')) {
      lines[from] = own.replace(/\{\s*/, `{ ${names[0]} ${value} `);
    } else {
      throw refusal(placeText(head), 'its block does not have its words on lines of their own');
    }
  };
}

function elsewhere(path: string): IpvsError {
  return refusal(visible(path), 'the block goes on in a file that it includes');
}

function indentOf(line = ''): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function endOf(line = ''): string {
  return line.endsWith('\r') ? '\r' : '';
}

/** Replaces what stands behind a word up to the end of its statement. Comments and all blanks stay. */
function replaceWord(line: string, word: string, value: string, place: string): string {
  const comment = line.search(/[#!]/);
  const code = comment < 0 ? line : line.slice(0, comment);
  const pattern = new RegExp(`(?<=^|[\\s{}])(${word})(?![^\\s{}])([ \\t]*)([^{}]*?)(?=\\s*(?:[{}]|$))`, 'g');
  const [match, another] = [...code.matchAll(pattern)];
  if (match === undefined || another !== undefined) {
    throw refusal(place, `"${word}" does not stand there once, as a line does that stands for others`);
  }
  const [whole, , blanks] = match;
  const begin = code.slice(0, match.index);
  const rest = line.slice(match.index + whole.length);
  return `${begin}${word}${blanks === '' ? ' ' : blanks}${value}${rest}`;
}

/** The lines of a block that has them for itself. */
function blockLines(lines: readonly string[], from: number, { line, end, words }: Statement): string[] {
  const block = lines.slice(from, from + end - line + 1);
  const head = block[0] ?? '';
  const isAlone = /^\s*real_server\b/.test(head) && /\}\s*(?:[#!].*)?$/.test(block.at(-1) ?? '');
  const opened = block.join('\n').replace(/[#!].*$/gm, '');
  const depth = [...opened].reduce((sum, sign) => sum + Number(sign === '{') - Number(sign === '}'), 0);
  if (isAlone && depth === 0) return block;
  throw refusal(visible(words.join(' ')), 'its block does not stand on lines of its own');
}

/** Takes out a block with the comments right above it, which are about it, and a blank line that would be one too many. */
function removeBlock(lines: string[], from: number, statement: Statement): void {
  const { length } = blockLines(lines, from, statement);
  let first = from;
  while (first > 0 && /^\s*[#!]/.test(lines[first - 1] ?? '')) first--;
  const isBlank = (index: number) => /^\s*$/.test(lines[index] ?? 'end');
  const isEnd = /^\s*\}/.test(lines[from + length] ?? '');
  if (first > 0 && isBlank(first - 1) && (isBlank(from + length) || isEnd)) first--;
  lines.splice(first, from + length - first);
}

function nameOf(service: ServiceIdentity, realServer: RealServerIdentity): string {
  return `${formatRealServer(realServer)} of ${formatService(service)}`;
}

/** Every row that a configuration makes, in words that say all of it. */
function rowsOf({ reading: { configuration, outline } }: ManagedConfiguration): Map<string, string> {
  const rows = new Map<string, string>();
  for (const { service } of configuration.services) {
    rows.set(formatService(service.identity), JSON.stringify(service));
  }
  for (const { identity, sorry, realServers } of outline.services) {
    for (const each of realServers) {
      const { statement: _, ...row } = each;
      const key = nameOf(identity, each.identity);
      if (!rows.has(key)) rows.set(key, JSON.stringify(row));
    }
    if (sorry !== null) {
      const { statement: _, ...row } = sorry;
      rows.set(`sorry server of ${formatService(identity)}`, JSON.stringify(row));
    }
  }
  return rows;
}

function requireOnly(before: ManagedConfiguration, after: ManagedConfiguration, intention: Intention): void {
  const [problem] = after.reading.problems;
  if (problem !== undefined) {
    throw refusal(placeText(after.placeOf(problem.line)), problem.reason, problem.advice);
  }
  const [was, is] = [rowsOf(before), rowsOf(after)];
  const meant = keysOf(before, intention);
  const others = [...new Set([...was.keys(), ...is.keys()])].filter(
    (key) => was.get(key) !== is.get(key) && !meant.has(key),
  );
  const [first] = others;
  if (first !== undefined) {
    const more = others.length > 1 ? ` and ${count(others.length - 1, 'object')} more` : '';
    throw refusal(
      [...meant].join(', ') || intention.kind,
      `the same lines describe ${first}${more}, which would change with it`,
    );
  }
  requireIntended(after, intention);
}

function keysOf({ reading: { outline } }: ManagedConfiguration, intention: Intention): Set<string> {
  switch (intention.kind) {
    case 'edit service':
      return new Set([formatService(intention.service)]);
    case 'add real server':
      return new Set([nameOf(intention.service, intention.realServer.identity)]);
    case 'edit real server':
    case 'delete real server':
      return new Set([nameOf(intention.service, intention.realServer)]);
    case 'switch mode': {
      const own = outline.services.find(({ identity }) => sameService(identity, intention.service));
      const all =
        intention.realServer === null ? (own?.realServers ?? []) : [{ identity: intention.realServer }];
      return new Set(all.map(({ identity }) => nameOf(intention.service, identity)));
    }
    default:
      return new Set();
  }
}

/** What came of it is what was meant, also where a later line takes the word of an earlier one back. */
function requireIntended(after: ManagedConfiguration, intention: Intention): void {
  const { outline } = after.reading;
  const identity = intendedService(intention);
  if (identity === null) return;
  const service = outline.services.find((each) => sameService(each.identity, identity));
  const realServer = (wanted: RealServerIdentity) =>
    service?.realServers.find((each) => sameRealServer(each.identity, wanted));
  const isSo = (now: RealServer | undefined, change: Partial<RealServerSettings>) =>
    now !== undefined && changedRealServerFields(now, { ...now, ...change }).length === 0;
  const isDone = (): boolean => {
    switch (intention.kind) {
      case 'edit real server':
        return isSo(realServer(intention.realServer), intention.change);
      case 'add real server':
        return isSo(realServer(intention.realServer.identity), intention.realServer);
      case 'delete real server':
        return realServer(intention.realServer) === undefined;
      case 'switch mode':
        return (service?.realServers ?? []).every(
          (each) =>
            (intention.realServer !== null && !sameRealServer(each.identity, intention.realServer)) ||
            each.forwarding === intention.mode,
        );
      case 'edit service':
        return (
          intention.change.scheduler === undefined ||
          configured(after, identity).scheduler === intention.change.scheduler
        );
      default:
        return true;
    }
  };
  if (isDone()) return;
  throw refusal(
    formatService(identity),
    'keepalived would not read in the changed lines what is meant, as where another line says it, too',
  );
}

/** A service as keepalived makes it. */
function configured(
  { reading: { configuration } }: ManagedConfiguration,
  identity: ServiceIdentity,
): Service {
  const found = configuration.services.find(({ service }) => sameService(service.identity, identity));
  if (found !== undefined) return found.service;
  throw refusal(formatService(identity), 'keepalived does not make it as it is described');
}
