import { IpvsError } from '../../ipvs/error.ts';
import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import { fullNetmask } from '../../ipvs/netmask.ts';
import { defaultRealServerSettings, type RealServer } from '../../ipvs/real-server.ts';
import {
  defaultServiceSettings,
  longestPersistence,
  type Persistence,
  type Service,
} from '../../ipvs/service.ts';
import { defaultSyncDaemonSettings, syncDaemonStates } from '../../ipvs/sync-daemon.ts';
import { defaultTunnel, type Tunnel } from '../../ipvs/tunnel.ts';
import type { Work } from '../../system/turns.ts';
import { ConfigurationDraft, type ConfigurationReading } from '../configuration.ts';
import { LineWords } from '../line-words.ts';
import { type NameLookup, type Names, readEndpoint } from '../names.ts';
import { readOneOf, readSchedulerFlags, readWhole } from '../read-values.ts';
import type { SourceText } from '../source-lines.ts';
import type { LineDraft } from './ipvsadm-options.ts';
import { type IpvsadmLine, readIpvsadmWords } from './ipvsadm-words.ts';
import { readLooseInet } from './loose-inet.ts';
import { isIpvsadm, isShellScript, readShellScript } from './shell-script.ts';

/** Lines that are read at once. */
const linesPerPart = 64;

/** Characters of a line; one with all options has three hundred. */
const longestLine = 65_536;

/**
 * Reads the lines that `ipvsadm -S`, `-Sn` and lvstop write and `ipvsadm -R` takes, comments, which `ipvsadm -R` does
 * not take, and shell scripts of such lines. It yields every few lines, since ten thousand take a tenth of a second.
 * Nothing is thrown for what stands in the texts: what is wrong comes back as problems.
 */
export function* readIpvsadm(sources: readonly SourceText[], names: Names): Work<ConfigurationReading> {
  const draft = new ConfigurationDraft();
  const reader = new IpvsadmReader(draft, names);
  for (const source of sources) {
    const before = draft.sources.open(source);
    if (isShellScript(source.text)) {
      for (const line of readShellScript(draft, source.text, before)) {
        reader.read(line.words, line.number);
        if (line.number % linesPerPart === 0) yield;
      }
    } else yield* readLines(draft, reader, source.text, before);
    requireEnd(draft, source.text, before);
  }
  return draft.finish();
}

function* readLines(
  draft: ConfigurationDraft,
  reader: IpvsadmReader,
  text: string,
  before: number,
): Work<void> {
  const lineWords = new LineWords(text);
  let number = before;
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
    reader.read(lineWords.between(at, end), number);
    at = end + 1;
  }
}

function requireEnd(draft: ConfigurationDraft, text: string, before: number): void {
  const newline = text.lastIndexOf('\n');
  if (draft.isHopeless || text.slice(newline + 1).trim() === '') return;
  let number = before + 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) number++;
  draft.problem(
    number,
    'the last line does not end: the file may be cut off',
    'get the whole file; if this is the whole, end its last line with a newline',
  );
}

/** Takes lines into a draft, one after the other. */
class IpvsadmReader {
  readonly #draft: ConfigurationDraft;
  readonly #lookup: NameLookup;
  /** Services by what names them in a line, so that all lines of one have the very same identity. */
  readonly #services = new Map<string, ServiceIdentity>();
  /** The service of the line before: the lines of its real servers name it again. */
  #last: { readonly fields: LineDraft; readonly identity: ServiceIdentity } | undefined;
  #words: readonly string[] = [];
  #number = 0;
  /** Whether a service was refused: that it is missing is then no mistake of its real servers' lines. */
  #lacksService = false;

  constructor(draft: ConfigurationDraft, names: Names) {
    this.#draft = draft;
    this.#lookup = {
      names,
      onUnknownHost: (name, reason, advice) => draft.unknownHost(this.#number, name, reason, advice),
    };
  }

  read(words: readonly string[], number: number): void {
    if (words.length === 0) return;
    this.#words = words;
    this.#number = number;
    const isRead = this.#draft.attempt(number, this.#readWords);
    if (isRead !== true && words.some((word) => /^(?:-[AE]|--(?:add|edit)-service$)/.test(word))) {
      this.#lacksService = true;
    }
  }

  readonly #readWords = (): true => {
    const words = this.#words;
    const line = readIpvsadmWords(words, isIpvsadm(words[0] ?? '') ? 1 : 0);
    if ('reason' in line) this.#draft.notApplied(this.#number, line.word, line.reason, line.hides);
    else this.#do(line);
    return true;
  };

  #do({ word, command, fields, plain }: IpvsadmLine): void {
    const draft = this.#draft;
    const line = this.#number;
    switch (command.subject) {
      case 'service': {
        const identity = this.#identityOf(fields);
        if (command.does === 'delete') {
          if (!draft.removeService(identity)) this.#tell(word, `there is no ${formatService(identity)} yet`);
        } else if (command.does === 'replace') draft.setService(this.#serviceOf(identity, fields), line);
        else draft.addService(this.#serviceOf(identity, fields), line);
        break;
      }
      case 'real server': {
        const identity = this.#identityOf(fields);
        if (this.#lacksService && !draft.hasService(identity)) break;
        if (command.does !== 'delete') {
          const realServer = this.#realServerOf(identity, fields);
          if (realServer.lowerThreshold > realServer.upperThreshold) {
            draft.notApplied(line, word, 'the kernel refuses a lower threshold over the upper one');
          } else draft.addRealServer(identity, realServer, line, command.does === 'replace');
          break;
        }
        const endpoint = this.#endpointOf(identity, fields);
        if (!draft.removeRealServer(identity, endpoint)) {
          const name = formatRealServer(endpoint);
          this.#tell(word, `there is no ${name} of ${formatService(identity)} yet`);
        }
        break;
      }
      case 'sync daemon': {
        const state = readOneOf(word, plain.join(' '), syncDaemonStates);
        const daemon = { ...defaultSyncDaemonSettings, interface: 'eth0', ...fields.daemon, state };
        draft.setting({ line, what: word, kind: 'sync daemon', daemon });
        break;
      }
      default:
        if (command.does === 'clear') {
          draft.removeAll();
          draft.notApplied(line, word, 'what is not in the file is removed with --prune only');
        } else this.#setTimeouts(word, plain);
    }
  }

  /** A time-out of 0 is left as it is. */
  #setTimeouts(word: string, values: readonly string[]): void {
    if (values.length !== 3) {
      throw wrong(`${word} has ${values.length} values`, 'give three: TCP, TCP after FIN, UDP');
    }
    const [tcp = 0, tcpFin = 0, udp = 0] = values.map((text) => readWhole(word, text, 0, longestPersistence));
    const timeouts = {
      ...(tcp > 0 && { tcp }),
      ...(tcpFin > 0 && { tcpFin }),
      ...(udp > 0 && { udp }),
    };
    this.#draft.setting({ line: this.#number, what: word, kind: 'time-outs', timeouts });
  }

  #tell(what: string, reason: string): void {
    this.#draft.corrected(this.#number, what, reason);
  }

  #identityOf(fields: LineDraft): ServiceIdentity {
    if (this.#last !== undefined && namesSameService(this.#last.fields, fields)) return this.#last.identity;
    const key = `${fields.address?.protocol} ${fields.address?.text} ${fields.fwmark} ${fields.isSix}`;
    const identity = this.#services.get(key) ?? this.#readIdentity(fields);
    this.#services.set(key, identity);
    this.#last = { fields, identity };
    return identity;
  }

  #readIdentity({ address, fwmark, isSix }: LineDraft): ServiceIdentity {
    if (fwmark !== undefined) return { kind: 'fwmark', family: isSix ? 'inet6' : 'inet', fwmark };
    if (address === undefined) {
      throw wrong(
        'the service is missing',
        'give -t, -u or --sctp-service with address:port, or -f with a mark',
      );
    }
    const endpoint = readEndpoint(address.text, address.protocol, 0, this.#lookup);
    if (isSix && endpoint.family === 'inet') {
      throw wrong(`-6 goes with IPv6, and ${endpoint.address} is IPv4`, 'leave -6 out');
    }
    return { kind: 'address', protocol: address.protocol, ...endpoint };
  }

  #serviceOf(identity: ServiceIdentity, fields: LineDraft): Service {
    const scheduler = fields.scheduler ?? defaultServiceSettings.scheduler;
    const persistence = this.#persistenceOf(identity, fields);
    const onePacket = fields.onePacket ?? false;
    if (identity.kind === 'address') {
      if (identity.port === 0 && persistence === null) {
        throw wrong('without a port the service has to be persistent', 'give a port, or -p');
      }
      if (onePacket && identity.protocol !== 'udp') {
        throw wrong(
          `one-packet scheduling is for UDP, this is ${identity.protocol.toUpperCase()}`,
          'leave -o out',
        );
      }
    }
    return {
      identity,
      scheduler,
      schedulerFlags: readSchedulerFlags(scheduler, fields.flags ?? []),
      onePacket,
      persistence,
      engine: fields.engine ?? null,
    };
  }

  #persistenceOf({ family }: ServiceIdentity, { persistence, netmask }: LineDraft): Persistence | null {
    const mask = netmask === undefined ? fullNetmask(family) : this.#maskOf(family, netmask);
    if (persistence !== undefined) return { timeout: persistence, netmask: mask };
    if (netmask !== undefined) {
      this.#draft.notApplied(
        this.#number,
        '-M',
        'it groups clients for persistence, and without -p there is none',
      );
    }
    return null;
  }

  /** A netmask as ipvsadm reads it: for IPv4 an address, so that 24 is 0.0.0.24, for IPv6 a prefix length. */
  #maskOf(family: ServiceIdentity['family'], text: string): number {
    if (family === 'inet6') return readWhole('--netmask', text, 1, 128);
    const mask = readLooseInet(text);
    if (mask === undefined) {
      throw wrong(`"${text}" is not a netmask`, 'give one like 255.255.255.0');
    }
    if (mask.isLoose) this.#tell(`-M ${text}`, mask.told);
    return mask.number;
  }

  #endpointOf(service: ServiceIdentity, { realServer, address }: LineDraft): RealServerIdentity {
    if (realServer === undefined) {
      throw wrong('the real server is missing', 'give -r with its address and port');
    }
    const servicePort = service.kind === 'address' ? service.port : 0;
    return readEndpoint(realServer, address?.protocol ?? 'tcp', servicePort, this.#lookup);
  }

  #realServerOf(service: ServiceIdentity, fields: LineDraft): RealServer {
    const servicePort = service.kind === 'address' ? service.port : 0;
    const forwarding = fields.forwarding ?? defaultRealServerSettings.forwarding;
    let identity = this.#endpointOf(service, fields);
    if (identity.family !== service.family && forwarding !== 'tun') {
      throw wrong('only a tunnel leads to another address family', 'give -i, or another real server');
    }
    if (service.kind === 'address' && forwarding !== 'nat' && identity.port !== servicePort) {
      const method = forwardingMethodLabel(forwarding);
      this.#tell(`-r ${fields.realServer}`, `the port is the service's, ${servicePort}: ${method} maps none`);
      identity = { ...identity, port: servicePort };
    }
    return {
      identity,
      forwarding,
      weight: fields.weight ?? defaultRealServerSettings.weight,
      upperThreshold: fields.upper ?? 0,
      lowerThreshold: fields.lower ?? 0,
      tunnel: tunnelOf(fields, forwarding === 'tun'),
    };
  }
}

function namesSameService(left: LineDraft, right: LineDraft): boolean {
  return (
    left.address?.text === right.address?.text &&
    left.address?.protocol === right.address?.protocol &&
    left.fwmark === right.fwmark &&
    left.isSix === right.isSix
  );
}

function tunnelOf({ tunnelType, tunnelPort, tunnelChecksum }: LineDraft, isTunnel: boolean): Tunnel {
  // The same object for all lines that name no tunnel.
  if (tunnelType === undefined && tunnelPort === undefined && tunnelChecksum === undefined)
    return defaultTunnel;
  if (!isTunnel) throw wrong('there is no tunnel without -i', 'give -i, or leave its options out');
  const type = tunnelType ?? defaultTunnel.type;
  if (type === 'gue' && tunnelPort === undefined) throw wrong('a gue tunnel has no port', 'give --tun-port');
  if (type !== 'gue' && tunnelPort !== undefined) {
    throw wrong(`${type} has no port`, 'leave --tun-port out, or give --tun-type gue');
  }
  if (tunnelChecksum !== undefined && (type === 'ipip' || (type === 'gre' && tunnelChecksum === 'remote'))) {
    throw wrong(`${type} has no such checksum`, 'leave it out');
  }
  return { type, port: tunnelPort ?? 0, checksum: tunnelChecksum ?? defaultTunnel.checksum };
}

function wrong(reason: string, advice: string): IpvsError {
  return IpvsError.input('bad-content', 'read', '', reason, advice);
}
