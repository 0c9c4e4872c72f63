import type { Family } from '../../ipvs/family.ts';
import { formatEndpoint, type RealServerIdentity, type ServiceIdentity } from '../../ipvs/identity.ts';
import { fullNetmask } from '../../ipvs/netmask.ts';
import type { KnownProtocol } from '../../ipvs/protocol.ts';
import { defaultServiceSettings, type Service } from '../../ipvs/service.ts';
import { type ConfigurationDraft, mostRows } from '../configuration.ts';
import { defaultPersistence } from '../ipvsadm/ipvsadm-options.ts';
import { addressAt, type Group } from './groups.ts';
import type { OutlinedRealServer, OutlinedService } from './outline.ts';
import { type DraftRealServer, type DraftService, settledRealServer } from './service.ts';
import { ValueReader } from './values.ts';

/** One service of the table that a `virtual_server` stands for, and whether it comes from a group. */
interface Place {
  readonly identity: ServiceIdentity;
  readonly isGrouped: boolean;
}

/**
 * Turns what was read into services of the table, as `link_vsg_to_vs`, `validate_check_config` and `ipvs_cmd` of
 * keepalived's `check/` do once all is read.
 */
export class Settler {
  readonly #draft: ConfigurationDraft;
  readonly #values: ValueReader;
  /** The services of the table with what describes them, in the order of the text. */
  readonly outlined: OutlinedService[] = [];

  constructor(draft: ConfigurationDraft) {
    this.#draft = draft;
    this.#values = new ValueReader(draft);
  }

  /** `groups` are all that there are. */
  settle(service: DraftService, groups: ReadonlyMap<string, Group>): void {
    const { statement, subject } = service;
    const group = subject.kind === 'group' ? groups.get(subject.name) : undefined;
    const refusal = this.#linkToGroup(service, group) ?? withoutRealServer(service);
    if (refusal !== undefined) {
      this.#values.passOver(statement, `${refusal}; the virtual_server is passed over`);
      return;
    }
    this.#leaveOutDoubles(service);
    service.described = [...service.realServers];
    this.#tellRealServers(service);
    this.#replaceWeightless(service);
    if (group === undefined) {
      const isEverywhere = subject.kind === 'address' ? subject.endpoint.port === 0 : isMarkZero(service);
      if (isEverywhere && service.timeout === null) this.#makePersistent(service);
      const common = this.#common(service, subject.kind === 'address' || isMarkZero(service));
      const protocol = this.#protocol(service, subject.kind === 'address' || isMarkZero(service));
      this.#add(service, common, { identity: this.#identity(service, protocol), isGrouped: false });
      return;
    }
    this.#addGroup(service, group);
  }

  /** Of a real server that is described twice the first description counts, even where the kernel refuses that one. */
  #leaveOutDoubles({ realServers }: DraftService): void {
    const lines = new Map<string, number>();
    const kept = realServers.filter(({ endpoint, statement }) => {
      const key = formatEndpoint(endpoint);
      const first = lines.get(key);
      if (first !== undefined) {
        const { line } = this.#draft.sources.placeOf(first);
        this.#values.correct(statement, `it is described in line ${line} already, which counts`);
        return false;
      }
      lines.set(key, statement.line);
      return true;
    });
    realServers.splice(0, realServers.length, ...kept);
  }

  /** Where no real server has a weight, keepalived never has its quorum, and the sorry server is in their place. */
  #replaceWeightless(service: DraftService): void {
    const { sorry, statement, realServers } = service;
    const hasWeight = realServers.some((realServer) => settledRealServer(service, realServer).weight > 0);
    if (sorry === null || hasWeight) return;
    this.#values.correct(
      statement,
      'no real server has a weight, and the sorry_server stands in their place',
    );
    realServers.length = 0;
    service.sorryStands = true;
    sorry.weight = 1;
  }

  /** Why the service of a group is passed over; `undefined` where nothing is wrong, or it has no group. */
  #linkToGroup(service: DraftService, group: Group | undefined): string | undefined {
    const { subject } = service;
    if (subject.kind !== 'group') return undefined;
    if (group === undefined) return `there is no virtual_server_group "${subject.name}" with an entry`;
    const { hasInet, hasInet6 } = group;
    const mismatch =
      (hasInet && hasInet6 && service.family !== null) ||
      (hasInet && service.family === 'inet6') ||
      (hasInet6 && service.family === 'inet');
    if (mismatch) return `its family is ${service.family}, and the group has others`;
    if (hasInet !== hasInet6) service.family ??= hasInet ? 'inet' : 'inet6';
    return undefined;
  }

  #addGroup(service: DraftService, group: Group): void {
    const { ranges, marks } = group;
    const count = ranges.reduce((sum, range) => sum + range.count, marks.length);
    const rows = count * (1 + service.realServers.length);
    if (rows > mostRows) {
      this.#draft.giveUp(
        service.statement.line,
        `${count} addresses with ${service.realServers.length} real servers each make ${rows} services and real servers, more than the ${mostRows} that are read`,
        'give it fewer addresses',
      );
      return;
    }
    if (service.timeout === null && ranges.some(({ first }) => first.port === 0))
      this.#makePersistent(service);
    if (service.granularity !== null && service.granularity !== fullNetmask(service.family ?? 'inet')) {
      this.#values.passOver(
        service.statement,
        'persistence_granularity: keepalived groups no clients in a group',
      );
    }
    const protocol = this.#protocol(service, ranges.length > 0);
    const common = this.#common(service, ranges.length > 0);
    for (const { first, count: length } of ranges) {
      const { family, port } = first;
      for (let index = 0; index < length && !this.#draft.isHopeless; index++) {
        const address = addressAt(first, index);
        const identity = { kind: 'address', family, protocol, address, port } as const;
        this.#add(service, common, { identity, isGrouped: true });
      }
    }
    for (const { fwmark, family } of marks) {
      const identity = { kind: 'fwmark', family: family ?? service.family ?? 'inet', fwmark } as const;
      this.#add(service, common, { identity, isGrouped: true });
    }
  }

  #protocol(service: DraftService, hasAddress: boolean): KnownProtocol {
    const { protocol, statement } = service;
    if (!hasAddress) {
      if (protocol !== null) {
        this.#values.passOver(statement, `protocol ${protocol.toUpperCase()}: a firewall mark has none`);
      }
    } else if (protocol === null) {
      this.#values.correct(statement, 'no protocol is said, and the service is UDP');
    }
    return protocol ?? 'udp';
  }

  #common(service: DraftService, hasAddress: boolean): Omit<Service, 'identity' | 'persistence'> {
    const { scheduler, flags, onePacket, engine, timeout, protocol } = service;
    const isReset = hasAddress && onePacket !== null && protocol !== null && protocol !== 'udp';
    if (isReset) this.#values.passOver(onePacket, 'one-packet scheduling is for UDP');
    if (engine !== null && timeout === null) {
      this.#values.passOver(engine, 'the service is not persistent');
    }
    return {
      scheduler: scheduler ?? defaultServiceSettings.scheduler,
      schedulerFlags: flags,
      onePacket: onePacket !== null && !isReset,
      // As long as the kernel's `IP_VS_PENAME_MAXLEN`.
      engine: timeout === null ? null : engine?.words[1]?.slice(0, 16) || null,
    };
  }

  #makePersistent(service: DraftService): void {
    service.timeout = defaultPersistence;
    this.#values.correct(
      service.statement,
      `without a port it has to be persistent, and is so for ${defaultPersistence} s`,
    );
  }

  #identity(service: DraftService, protocol: KnownProtocol): ServiceIdentity {
    const { subject, family, statement } = service;
    if (subject.kind === 'address') {
      return { kind: 'address', protocol, ...subject.endpoint };
    }
    const mark = subject.kind === 'fwmark' ? subject.fwmark : 0;
    if (mark !== 0) return { kind: 'fwmark', family: family ?? 'inet', fwmark: mark };
    const address = family === 'inet6' ? '::' : '255.255.255.255';
    this.#values.correct(
      statement,
      `0 is no firewall mark, and the service is one of the address ${address}`,
    );
    return { kind: 'address', family: family ?? 'inet', protocol, address, port: 0 };
  }

  /** Tells what of real servers is not done as it is written; ports under DR and TUN are the service’s. */
  #tellRealServers(service: DraftService): void {
    const { subject } = service;
    for (const { statement, upper, lower } of service.realServers) {
      if (lower > upper) {
        this.#values.passOver(statement, 'the kernel refuses a lower threshold over the upper one');
      }
    }
    if (subject.kind === 'group') return;
    const port = subject.kind === 'address' ? subject.endpoint.port : 0;
    for (const realServer of service.realServers) {
      const { statement, endpoint } = realServer;
      if (isNat(service, realServer) || endpoint.port === 0 || endpoint.port === port) continue;
      this.#values.correct(
        statement,
        subject.kind === 'address'
          ? `the port is the service's, ${port}: DR and TUN map none`
          : 'the port is 0: under a firewall mark DR and TUN have none',
      );
    }
  }

  #add(service: DraftService, common: Omit<Service, 'identity' | 'persistence'>, place: Place): void {
    const { identity, isGrouped } = place;
    const { timeout, granularity, statement } = service;
    const { family } = identity;
    const netmask = (isGrouped ? null : granularity) ?? fullNetmask(family);
    const persistence = timeout === null ? null : { timeout, netmask };
    this.#draft.addService({ identity, ...common, persistence }, statement.line);
    const { sorry, sorryStands, realServers } = service;
    const outlined = (realServer: DraftRealServer): OutlinedRealServer => ({
      identity: realServerIdentity(service, realServer, place),
      statement: realServer.statement,
      ...settledRealServer(service, realServer),
    });
    this.outlined.push({
      identity,
      statement,
      isGrouped,
      sorry: sorry && outlined(sorry),
      realServers: service.described.map(outlined),
    });
    for (const realServer of realServers) this.#addRealServer(service, realServer, place);
    const duplicates = realServers.some(
      ({ endpoint }) => sorry !== null && sameEndpoint(endpoint, sorry.endpoint),
    );
    if (sorry === null || !sorryStands || duplicates) return;
    this.#addRealServer(service, sorry, place);
  }

  #addRealServer(service: DraftService, realServer: DraftRealServer, place: Place): void {
    const { statement, upper, lower } = realServer;
    if (lower > upper) return;
    const own = realServerIdentity(service, realServer, place);
    this.#draft.addRealServer(
      place.identity,
      { identity: own, ...settledRealServer(service, realServer) },
      statement.line,
    );
  }
}

function realServerIdentity(
  service: DraftService,
  realServer: DraftRealServer,
  { identity, isGrouped }: Place,
): RealServerIdentity {
  const { family, address, port } = realServer.endpoint;
  const servicePort = identity.kind === 'address' ? identity.port : 0;
  const ownPort = port === 0 && !isGrouped ? servicePort : port;
  return { family, address, port: isNat(service, realServer) ? ownPort : servicePort };
}

function withoutRealServer({ realServers }: DraftService): string | undefined {
  return realServers.length === 0 ? 'it has no real server' : undefined;
}

function isMarkZero({ subject }: DraftService): boolean {
  return subject.kind === 'fwmark' && subject.fwmark === 0;
}

function isNat(service: DraftService, realServer: DraftRealServer): boolean {
  return settledRealServer(service, realServer).forwarding === 'nat';
}

function sameEndpoint(
  left: { family: Family; address: string; port: number },
  right: { family: Family; address: string; port: number },
): boolean {
  return left.family === right.family && left.address === right.address && left.port === right.port;
}
