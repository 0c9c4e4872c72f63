import { IpvsError } from '../ipvs/error.ts';
import type { ServiceIdentity } from '../ipvs/identity.ts';
import { formatService } from '../ipvs/identity.ts';
import { fullNetmask, parseNetmask } from '../ipvs/netmask.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import { defaultRealServerSettings } from '../ipvs/real-server.ts';
import { defaultServiceSettings, type Persistence, type Service } from '../ipvs/service.ts';
import { defaultTunnel } from '../ipvs/tunnel.ts';
import { ConfigurationDraft, type ConfigurationReading } from './configuration.ts';
import {
  type IpvsadmOption,
  ipvsadmCommands,
  ipvsadmOptions,
  type LineDraft,
  type LineSubject,
  passedOverCommands,
} from './ipvsadm-options.ts';
import { type EndpointContext, type Names, readEndpoint } from './names.ts';
import { readSchedulerFlags } from './read-flags.ts';

const optionsByName: ReadonlyMap<string, IpvsadmOption> = byName(ipvsadmOptions);
const commandsByName = byName(ipvsadmCommands);
const passedOverByName = byName(passedOverCommands);

/**
 * Reads the lines that `ipvsadm -S`, `-Sn` and lvstop write and `ipvsadm -R` takes, and comments, which that
 * does not take. Nothing is thrown for what
 * stands in the text: what is wrong comes back as problems.
 */
export function readIpvsadm(text: string, names: Names): ConfigurationReading {
  const parts = readIpvsadmInParts(text, names);
  for (;;) {
    const part = parts.next();
    if (part.done === true) return part.value;
  }
}

/** Lines that are read at once. */
const linesPerPart = 64;

/** The same, with a stop after each so-many lines: ten thousand take a tenth of a second. */
export function* readIpvsadmInParts(text: string, names: Names): Generator<void, ConfigurationReading, void> {
  const draft = new ConfigurationDraft();
  let number = 0;
  let isEndless = false;
  const seen: SeenServices = { all: new Map() };
  for (let at = 0; at < text.length && !draft.isHopeless; ) {
    const newline = text.indexOf('\n', at);
    const line = text.slice(at, newline < 0 ? text.length : newline);
    number++;
    if (number % linesPerPart === 0) yield;
    draft.attempt(number, () => readLine(draft, line, number, names, seen));
    if (newline < 0 && line.trim() !== '') isEndless = true;
    at = newline < 0 ? text.length : newline + 1;
  }
  if (isEndless) {
    draft.problem(
      number,
      'the last line does not end: the file may be cut off',
      'get the whole file; if this is the whole, end its last line with a newline',
    );
  }
  return draft.finish();
}

function readLine(
  draft: ConfigurationDraft,
  text: string,
  line: number,
  names: Names,
  seen: SeenServices,
): void {
  const comment = text.indexOf('#');
  const words = (comment < 0 ? text : text.slice(0, comment)).match(/\S+/g);
  if (words === null) return;
  // `ipvsadm -R` takes lines that begin with its own name.
  const begin = /^(?:\/\S*\/)?ipvsadm$/.test(words[0]) ? 1 : 0;
  const commandWord = words[begin] ?? '';
  const passedOver = passedOverByName.get(commandWord);
  if (passedOver !== undefined) {
    draft.notApplied(line, commandWord, passedOver.reason);
    return;
  }
  const command = commandsByName.get(commandWord);
  if (command === undefined) {
    throw wrong(
      commandWord === '' ? 'there is no command' : `"${commandWord}" does not describe a table`,
      'a line begins with -A, -E, -a or -e',
    );
  }
  const fields = readOptions(words, begin + 1, command.subject, commandWord);
  const context: Omit<EndpointContext, 'defaultPort'> = {
    protocol: fields.address?.protocol ?? 'tcp',
    names,
    onUnknownHost: (name) => draft.unknownHosts.add(name),
  };
  const identity = seenIdentity(fields, context, seen);
  if (command.subject === 'real server') {
    draft.addRealServer(identity, realServerOf(identity, fields, context), line, command.replaces);
  } else if (command.replaces) {
    draft.setService(serviceOf(identity, fields), line);
  } else {
    draft.addService(serviceOf(identity, fields), line);
  }
}

/** Services by what names them in a line, and the last one, in whose real servers' lines it stands again. */
interface SeenServices {
  readonly all: Map<string, ServiceIdentity>;
  last?: { readonly fields: LineDraft; readonly identity: ServiceIdentity };
}

/** A service is taken apart once, so that all lines of it have the very same identity. */
function seenIdentity(
  fields: LineDraft,
  context: Omit<EndpointContext, 'defaultPort'>,
  seen: SeenServices,
): ServiceIdentity {
  if (seen.last !== undefined && namesSameService(seen.last.fields, fields)) return seen.last.identity;
  const key = `${fields.address?.protocol} ${fields.address?.text} ${fields.fwmark} ${fields.isSix}`;
  const identity = seen.all.get(key) ?? serviceIdentity(fields, context);
  seen.all.set(key, identity);
  seen.last = { fields, identity };
  return identity;
}

function namesSameService(left: LineDraft, right: LineDraft): boolean {
  return (
    left.address?.text === right.address?.text &&
    left.address?.protocol === right.address?.protocol &&
    left.fwmark === right.fwmark &&
    left.isSix === right.isSix
  );
}

function readOptions(
  words: readonly string[],
  begin: number,
  subject: LineSubject,
  command: string,
): LineDraft {
  const fields: LineDraft = {};
  const seen: IpvsadmOption[] = [];
  for (let at = begin; at < words.length; at++) {
    const { name, option, attached } = findOption(words[at] ?? '');
    if (!option.subjects.includes(subject)) {
      throw wrong(`${name} does not go with ${command}`, `leave it out, it belongs to a ${otherOf(subject)}`);
    }
    if (seen.includes(option)) throw wrong(`${name} is given twice`, 'give it once');
    seen.push(option);
    const next = words[at + 1];
    let value = attached;
    if (value === undefined && next !== undefined && takesNext(option, next)) {
      value = next;
      at++;
    }
    if (option.argument === 'required' && (value ?? '') === '') {
      throw wrong(`${name} has no value`, `give one after ${name}`);
    }
    option.take(fields, value ?? '');
  }
  return fields;
}

/** A word as an option: `-w`, `-w5`, `--weight`, `--weight=5`. */
function findOption(word: string): {
  readonly name: string;
  readonly option: IpvsadmOption;
  readonly attached: string | undefined;
} {
  const exact = optionsByName.get(word);
  if (exact !== undefined) return { name: word, option: exact, attached: undefined };
  const match = /^(--[^=]+)=(.*)$/.exec(word) ?? /^(-[^-])=?(.+)$/.exec(word);
  const name = match?.[1] ?? word;
  const option = optionsByName.get(name);
  if (option !== undefined && option.argument !== 'none') return { name, option, attached: match?.[2] };
  if (/^--\w+-service/.test(word)) {
    throw wrong(
      `${name} is what ipvsadm writes for a protocol that it has no option for`,
      'give -t, -u, --sctp-service or -f',
    );
  }
  throw wrong(`"${word}" is not an option that describes a table`, 'see "man ipvsadm" for the options');
}

/** The one of `-f` may be negative, see `readFwmark`; otherwise a value never looks like an option. */
function takesNext(option: IpvsadmOption, next: string): boolean {
  if (option.argument === 'none') return false;
  return !next.startsWith('-') || (option.names.includes('-f') && /^-\d+$/.test(next) && next !== '-6');
}

function serviceIdentity(
  { address, fwmark, isSix }: LineDraft,
  context: Omit<EndpointContext, 'defaultPort'>,
): ServiceIdentity {
  if (address !== undefined && fwmark !== undefined) {
    throw wrong('both an address and a firewall mark are given', 'give one of them');
  }
  if (fwmark !== undefined) return { kind: 'fwmark', family: isSix ? 'inet6' : 'inet', fwmark };
  if (address === undefined) {
    throw wrong(
      'the service is missing',
      'give -t, -u or --sctp-service with address:port, or -f with a mark',
    );
  }
  const endpoint = readEndpoint(address.text, { ...context, defaultPort: 0 });
  if (isSix && endpoint.family === 'inet') {
    throw wrong(`-6 goes with IPv6, and ${endpoint.address} is IPv4`, 'leave -6 out');
  }
  return { kind: 'address', protocol: address.protocol, ...endpoint };
}

function serviceOf(identity: ServiceIdentity, fields: LineDraft): Service {
  const scheduler = fields.scheduler ?? defaultServiceSettings.scheduler;
  return {
    identity,
    scheduler,
    schedulerFlags: readSchedulerFlags(scheduler, fields.flags ?? []),
    onePacket: fields.onePacket ?? false,
    persistence: persistenceOf(identity, fields),
    engine: fields.engine ?? null,
  };
}

function persistenceOf(identity: ServiceIdentity, { persistence, netmask }: LineDraft): Persistence | null {
  if (persistence === undefined) {
    if (netmask === undefined) return null;
    throw wrong('-M groups clients for persistence, and -p is not given', 'give -p too, or leave -M out');
  }
  if (netmask === undefined) return { timeout: persistence, netmask: fullNetmask(identity.family) };
  const mask = parseNetmask(identity.family, netmask);
  if (mask !== undefined) return { timeout: persistence, netmask: mask };
  throw wrong(
    `"${netmask}" is not a netmask for ${formatService(identity)}`,
    'give one like 255.255.255.0 for IPv4, a prefix length from 1 to 128 for IPv6',
  );
}

function realServerOf(
  service: ServiceIdentity,
  fields: LineDraft,
  context: Omit<EndpointContext, 'defaultPort'>,
): RealServer {
  if (fields.realServer === undefined) {
    throw wrong('the real server is missing', 'give -r with its address and port');
  }
  const defaultPort = service.kind === 'address' ? service.port : 0;
  const { forwarding, weight, upper, lower, tunnelType, tunnelPort, tunnelChecksum } = fields;
  return {
    identity: readEndpoint(fields.realServer, { ...context, defaultPort }),
    forwarding: forwarding ?? defaultRealServerSettings.forwarding,
    weight: weight ?? defaultRealServerSettings.weight,
    upperThreshold: upper ?? 0,
    lowerThreshold: lower ?? 0,
    tunnel: {
      type: tunnelType ?? defaultTunnel.type,
      port: tunnelPort ?? 0,
      checksum: tunnelChecksum ?? defaultTunnel.checksum,
    },
  };
}

function otherOf(subject: LineSubject): LineSubject {
  return subject === 'service' ? 'real server' : 'service';
}

function wrong(reason: string, advice: string): IpvsError {
  return IpvsError.input('read', '', reason, advice);
}

function byName<Entry extends { readonly names: readonly string[] }>(
  entries: readonly Entry[],
): ReadonlyMap<string, Entry> {
  return new Map(entries.flatMap((entry) => entry.names.map((name) => [name, entry] as const)));
}
