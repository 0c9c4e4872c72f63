import { IpvsError } from '../ipvs/error.ts';
import type { ServiceIdentity } from '../ipvs/identity.ts';
import { formatService } from '../ipvs/identity.ts';
import { fullNetmask, parseNetmask } from '../ipvs/netmask.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import { defaultRealServerSettings } from '../ipvs/real-server.ts';
import { defaultServiceSettings, type Persistence, type Service } from '../ipvs/service.ts';
import { defaultTunnel, type Tunnel } from '../ipvs/tunnel.ts';
import { allAtOnce, type Work } from '../system/turns.ts';
import { ConfigurationDraft, type ConfigurationReading } from './configuration.ts';
import {
  type IpvsadmOption,
  ipvsadmCommands,
  ipvsadmOptions,
  type LineDraft,
  type LineSubject,
  passedOverCommands,
} from './ipvsadm-options.ts';
import { LineWords } from './line-words.ts';
import { type NameLookup, type Names, readEndpoint } from './names.ts';
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
  return allAtOnce(readIpvsadmInParts(text, names));
}

/** Lines that are read at once. */
const linesPerPart = 64;

/** Characters of a line; one with all options has three hundred. */
const longestLine = 65_536;

/** The same, with a stop after each so-many lines: ten thousand take a tenth of a second. */
export function* readIpvsadmInParts(text: string, names: Names): Work<ConfigurationReading> {
  const draft = new ConfigurationDraft();
  const lookup: NameLookup = {
    names,
    onUnknownHost: (name, reason, advice) => draft.unknownHost(number, name, reason, advice),
  };
  const seen: SeenServices = { all: new Map() };
  const lineWords = new LineWords(text);
  let number = 0;
  let words: readonly string[] = [];
  const read = () => readLine(draft, words, number, lookup, seen);
  let isEndless = false;
  for (let at = 0; at < text.length && !draft.isHopeless; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    number++;
    if (number % linesPerPart === 0) yield;
    if (end - at > longestLine) {
      draft.giveUp(
        number,
        `the line has ${end - at} characters, more than the ${longestLine} that are read`,
        'give what ipvsadm -Sn writes, one service or real server a line',
      );
      break;
    }
    words = lineWords.between(at, end);
    if (words.length > 0) draft.attempt(number, read);
    if (newline < 0 && text.slice(at).trim() !== '') isEndless = true;
    at = end + 1;
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
  words: readonly string[],
  line: number,
  lookup: NameLookup,
  seen: SeenServices,
): void {
  // `ipvsadm -R` takes lines that begin with its own name.
  const begin = /^(?:\/\S*\/)?ipvsadm$/.test(words[0] ?? '') ? 1 : 0;
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
  const identity = seenIdentity(fields, lookup, seen);
  if (command.subject === 'real server') {
    draft.addRealServer(identity, realServerOf(identity, fields, lookup), line, command.replaces);
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
function seenIdentity(fields: LineDraft, lookup: NameLookup, seen: SeenServices): ServiceIdentity {
  if (seen.last !== undefined && namesSameService(seen.last.fields, fields)) return seen.last.identity;
  const key = `${fields.address?.protocol} ${fields.address?.text} ${fields.fwmark} ${fields.isSix}`;
  const identity = seen.all.get(key) ?? serviceIdentity(fields, lookup);
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
  let seen = 0;
  for (let at = begin; at < words.length; at++) {
    let name = words[at] ?? '';
    let option = optionsByName.get(name);
    let value: string | undefined;
    if (option === undefined) ({ name, option, value } = optionWithValue(name));
    if (!option.subjects.includes(subject)) {
      throw wrong(`${name} does not go with ${command}`, `leave it out, it belongs to a ${otherOf(subject)}`);
    }
    const bit = 1 << ipvsadmOptions.indexOf(option);
    if ((seen & bit) !== 0) throw wrong(`${name} is given twice`, 'give it once');
    seen |= bit;
    const next = words[at + 1];
    if (value === undefined && next !== undefined && takesNext(option, next)) {
      value = next;
      at++;
    }
    if (option.argument === 'required' && ((value ?? '') === '' || !isValueOf(option, value ?? ''))) {
      throw wrong(`${name} has no value`, `give one after ${name}`);
    }
    option.take(fields, value ?? '');
  }
  return fields;
}

/** A word that is an option and its value, `-w5`, `--weight=5`, `-w=5`. Throws where it is none. */
function optionWithValue(word: string): {
  readonly name: string;
  readonly option: IpvsadmOption;
  readonly value: string | undefined;
} {
  const match = /^(--[^=]+)=(.*)$/.exec(word) ?? /^(-[^-])=?(.+)$/.exec(word);
  const name = match?.[1] ?? word;
  const option = optionsByName.get(name);
  if (option !== undefined && option.argument !== 'none') return { name, option, value: match?.[2] };
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
  return option.argument !== 'none' && isValueOf(option, next) && next !== '-6';
}

function isValueOf(option: IpvsadmOption, text: string): boolean {
  return !text.startsWith('-') || (option.names.includes('-f') && /^-\d+$/.test(text));
}

function serviceIdentity({ address, fwmark, isSix }: LineDraft, lookup: NameLookup): ServiceIdentity {
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
  const endpoint = readEndpoint(address.text, address.protocol, 0, lookup);
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

function realServerOf(service: ServiceIdentity, fields: LineDraft, lookup: NameLookup): RealServer {
  if (fields.realServer === undefined) {
    throw wrong('the real server is missing', 'give -r with its address and port');
  }
  const defaultPort = service.kind === 'address' ? service.port : 0;
  const { forwarding, weight, upper, lower } = fields;
  return {
    identity: readEndpoint(fields.realServer, fields.address?.protocol ?? 'tcp', defaultPort, lookup),
    forwarding: forwarding ?? defaultRealServerSettings.forwarding,
    weight: weight ?? defaultRealServerSettings.weight,
    upperThreshold: upper ?? 0,
    lowerThreshold: lower ?? 0,
    tunnel: tunnelOf(fields),
  };
}

function tunnelOf({ tunnelType, tunnelPort, tunnelChecksum }: LineDraft): Tunnel {
  // One for all that say nothing of it.
  if (tunnelType === undefined && tunnelPort === undefined && tunnelChecksum === undefined)
    return defaultTunnel;
  if (tunnelType === 'gue' && tunnelPort === undefined) {
    throw wrong('a gue tunnel has no port', 'give --tun-port');
  }
  return {
    type: tunnelType ?? defaultTunnel.type,
    port: tunnelPort ?? 0,
    checksum: tunnelChecksum ?? defaultTunnel.checksum,
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
