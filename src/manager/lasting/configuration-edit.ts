import { type Intention, intendedService } from '../../changes/plan/intention.ts';
import { wordOf } from '../../formats/keepalived/checks.ts';
import type { OutlinedRealServer, OutlinedService } from '../../formats/keepalived/outline.ts';
import type { Statement } from '../../formats/keepalived/statements.ts';
import { forwardingWords } from '../../formats/keepalived/write.ts';
import { type Hunk, hunksBetween } from '../../formats/settings/line-edits.ts';
import { editedService } from '../../ipvs/edited-service.ts';
import {
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
  sameRealServer,
  sameService,
} from '../../ipvs/identity.ts';
import type { RealServer, RealServerSettings } from '../../ipvs/real-server.ts';
import type { ServiceSettings } from '../../ipvs/service.ts';
import { defaultTunnel } from '../../ipvs/tunnel.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Work } from '../../system/turns.ts';
import { linesOf } from '../file-lines.ts';
import type { ManagedConfiguration } from '../managed-configuration.ts';
import { blockLines, removeBlock, replaceToken } from './block-lines.ts';
import { configuredService, nameOf, requireOnly, requireReadable } from './edit-checks.ts';
import { refusal } from './edit-refusal.ts';
import { realServerWords } from './real-server-words.ts';
import { serviceWords } from './service-words.ts';
import { changeLines, changeWord, type WordChange } from './word-edit.ts';

/** A change of one of keepalived's files. */
export interface ConfigurationEdit {
  readonly path: string;
  readonly before: Buffer;
  readonly after: Buffer;
  readonly hunks: readonly Hunk[];
  /** The configuration as it will be. */
  readonly managed: ManagedConfiguration;
}

/** Whether keepalived's configuration describes what an intention is about, and so may undo it. */
export function isOwned({ reading: { outline } }: ManagedConfiguration, intention: Intention): boolean {
  const identity = intendedService(intention);
  return identity !== null && outline.services.some((each) => sameService(each.identity, identity));
}

/**
 * The smallest change of keepalived's files that makes what is intended last; `undefined` where they say it already.
 * The result is read again, and must be what was intended and nothing else. Throws an input `IpvsError`.
 */
export function* editConfiguration(
  managed: ManagedConfiguration,
  intentions: readonly Intention[],
): Work<ConfigurationEdit | undefined> {
  let now = managed;
  for (const intention of intentions) {
    now = yield* editedBy(now, intention);
    requireReadable(now);
  }
  yield* requireOnly(managed, now, intentions);
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
  yield;
  return { path, before, after, hunks: hunksBetween(linesOf(before), linesOf(after)), managed: now };
}

function* editedBy(managed: ManagedConfiguration, intention: Intention): Work<ManagedConfiguration> {
  switch (intention.kind) {
    case 'edit real server':
      return yield* editRealServer(managed, intention.service, intention.realServer, intention.change);
    case 'switch mode':
      return yield* switchMode(managed, intention);
    case 'edit service':
      return yield* editService(managed, intention.service, intention.change);
    case 'add real server':
      return yield* addRealServer(managed, find(managed, intention.service).service, intention.realServer);
    case 'delete real server': {
      const { realServer } = find(managed, intention.service, intention.realServer);
      return yield* changeLines(managed, realServer.statement, (lines, from) =>
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

function* changeWords(
  managed: ManagedConfiguration,
  statementOf: (now: ManagedConfiguration) => Statement,
  words: readonly WordChange[],
): Work<ManagedConfiguration> {
  let now = managed;
  for (const word of words) now = yield* changeWord(now, statementOf, word);
  return now;
}

function* editRealServer(
  managed: ManagedConfiguration,
  service: ServiceIdentity,
  identity: RealServerIdentity,
  change: Partial<RealServerSettings>,
): Work<ManagedConfiguration> {
  const { realServer } = find(managed, service, identity);
  const statementOf = (now: ManagedConfiguration) => find(now, service, identity).realServer.statement;
  return yield* changeWords(managed, statementOf, realServerWords(realServer, { ...realServer, ...change }));
}

function* editService(
  managed: ManagedConfiguration,
  identity: ServiceIdentity,
  change: Partial<ServiceSettings>,
): Work<ManagedConfiguration> {
  find(managed, identity);
  const now = configuredService(managed, identity);
  const statementOf = (each: ManagedConfiguration) => find(each, identity).service.statement;
  return yield* changeWords(managed, statementOf, serviceWords(now, editedService(now, change)));
}

/**
 * Sets one word for the whole service where none of its real servers has a word of its own, else one word for each real
 * server.
 */
function* switchMode(
  managed: ManagedConfiguration,
  { service: identity, realServer, mode }: Extract<Intention, { readonly kind: 'switch mode' }>,
): Work<ManagedConfiguration> {
  const { service } = find(managed, identity);
  const change = { forwarding: mode, ...(mode !== 'tun' && { tunnel: defaultTunnel }) } as const;
  const hasOwn = service.realServers.some(({ statement }) => wordOf(statement, 'lvs_method') !== undefined);
  if (realServer === null && !hasOwn) {
    const [first] = service.realServers;
    if (first === undefined || service.realServers.every(({ forwarding }) => forwarding === mode))
      return managed;
    const value = forwardingWords({ ...first, ...change });
    const statementOf = (now: ManagedConfiguration) => find(now, identity).service.statement;
    return yield* changeWord(managed, statementOf, { names: ['lb_kind', 'lvs_method'], value });
  }
  const chosen = realServer === null ? service.realServers.map((each) => each.identity) : [realServer];
  let now = managed;
  for (const each of chosen) now = yield* editRealServer(now, identity, each, change);
  return now;
}

/** Adds a real server as a copy of the last one's block, so that the new one is checked as its neighbour is. */
function* addRealServer(
  managed: ManagedConfiguration,
  service: OutlinedService,
  wanted: RealServer,
): Work<ManagedConfiguration> {
  const model = service.realServers.at(-1);
  if (model === undefined) throw refusal(formatService(service.identity), 'it has no real server to go by');
  const { address, port } = wanted.identity;
  const added = yield* changeLines(managed, model.statement, (lines, from) => {
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
  return yield* editRealServer(added, service.identity, wanted.identity, wanted);
}
