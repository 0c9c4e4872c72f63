import { compareAddresses } from '../../ipvs/address.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import { familyNumbers } from '../../ipvs/family.ts';
import { type ForwardingMethod, forwardingMethodFacts } from '../../ipvs/forwarding-method.ts';
import {
  compareRealServers,
  formatEndpoint,
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
} from '../../ipvs/identity.ts';
import { formatNetmask, fullNetmask } from '../../ipvs/netmask.ts';
import { isKnownProtocol, type Protocol, protocolNumber } from '../../ipvs/protocol.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import { schedulerFlagNames } from '../../ipvs/scheduler.ts';
import { longestPersistence, type Service } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import {
  defaultTunnel,
  describeTunnel,
  sameTunnel,
  type Tunnel,
  type TunnelChecksum,
} from '../../ipvs/tunnel.ts';
import { visible } from '../../ipvs/visible.ts';

/**
 * The ipvsadm 1.31 lines that equal what lvstop does, without the word `ipvsadm`, in the order of options that `ipvsadm
 * -Sn` prints. Everything is named, since ipvsadm's `-E` and `-e` reset what is not.
 */
export const ipvsadmLines = {
  addService: (service: Service): string => `-A ${serviceText(service)}`,
  editService: (service: Service): string => `-E ${serviceText(service)}`,
  deleteService: (identity: ServiceIdentity): string => `-D ${serviceOption(identity)}`,
  addRealServer: (service: ServiceIdentity, realServer: RealServer): string =>
    `-a ${realServerText(service, realServer)}`,
  editRealServer: (service: ServiceIdentity, realServer: RealServer): string =>
    `-e ${realServerText(service, realServer)}`,
  deleteRealServer: (service: ServiceIdentity, identity: RealServerIdentity): string =>
    `-d ${serviceOption(service)} -r ${formatRealServer(identity)}`,
  /** Zeroes the counters of one service, or of all. */
  zero: (identity: ServiceIdentity | null): string =>
    identity === null ? '-Z' : `-Z ${serviceOption(identity)}`,
  setTimeouts: ({ tcp, tcpFin, udp }: Timeouts): string => `--set ${tcp} ${tcpFin} ${udp}`,
  startSyncDaemon: (daemon: SyncDaemon): string => `--start-daemon ${syncDaemonText(daemon)}`,
  stopSyncDaemon: ({ state }: SyncDaemon): string => `--stop-daemon ${state}`,
};

/** Values that are left to the kernel are not written. */
function syncDaemonText(daemon: SyncDaemon): string {
  const { state, syncId, maxLength, group, port, ttl } = daemon;
  const parts = [state, '--mcast-interface', word(daemon.interface), '--syncid', String(syncId)];
  if (maxLength > 0) parts.push('--sync-maxlen', String(maxLength));
  if (group !== null) parts.push('--mcast-group', group);
  if (port > 0) parts.push('--mcast-port', String(port));
  if (ttl > 0) parts.push('--mcast-ttl', String(ttl));
  return parts.join(' ');
}

/** A service with its real servers. */
export interface SavedService {
  readonly service: Service;
  readonly realServers: readonly RealServer[];
}

/**
 * The whole table as `ipvsadm -Sn` prints and orders it, one line each with a newline, such that `ipvsadm -R` of it makes
 * the same table again. Where `-S` of 1.31 forgets or garbles, this does not: thresholds (`-x`, `-y`), the
 * third flag of sh and mh, firewall marks over 2147483647.
 */
export function formatIpvsadm(services: readonly SavedService[]): string {
  return [...formatIpvsadmInParts(services)].join('');
}

/** The same, service by service, since ten thousand lines take their time. */
export function* formatIpvsadmInParts(services: readonly SavedService[]): Generator<string, void, void> {
  const sorted = [...services].sort((left, right) =>
    compareLikeIpvsadm(left.service.identity, right.service.identity),
  );
  for (const { service, realServers } of sorted) {
    const lines = [...realServers]
      .sort((left, right) => compareRealServers(left.identity, right.identity))
      .map((realServer) => `${ipvsadmLines.addRealServer(service.identity, realServer)}\n`);
    yield `${ipvsadmLines.addService(service)}\n${lines.join('')}`;
  }
}

/**
 * Order that `ipvs_cmp_services` in ipvsadm's libipvs.c means: firewall marks last, then family, protocol,
 * address, port. Its own differences overflow an int where addresses lie far apart, and its order of real
 * servers does not know families; that is not imitated.
 */
function compareLikeIpvsadm(left: ServiceIdentity, right: ServiceIdentity): number {
  if (left.kind === 'fwmark' || right.kind === 'fwmark') {
    const mark = (identity: ServiceIdentity) => (identity.kind === 'fwmark' ? identity.fwmark : 0);
    return mark(left) - mark(right) || compareFamilies(left, right);
  }
  return (
    compareFamilies(left, right) ||
    protocolNumber(left.protocol) - protocolNumber(right.protocol) ||
    compareAddresses(left.address, right.address) ||
    left.port - right.port
  );
}

function compareFamilies(left: ServiceIdentity, right: ServiceIdentity): number {
  return familyNumbers[left.family] - familyNumbers[right.family];
}

/** Greatest threshold that ipvsadm takes, `INT_MAX`. */
const greatestIpvsadmThreshold = 0x7fffffff;

/** What of a table ipvsadm cannot make again, a sentence for each; none for a table that it can. */
export function ipvsadmLimits(services: readonly SavedService[]): string[] {
  return services.flatMap(({ service, realServers }) => [
    ...serviceLimits(service).map((limit) => `${formatService(service.identity)}: ${limit}`),
    ...realServers.flatMap((realServer) => {
      const object = `${formatRealServer(realServer.identity)} of ${formatService(service.identity)}`;
      return realServerLimits(service.identity, realServer).map((limit) => `${object}: ${limit}`);
    }),
  ]);
}

function serviceLimits({ identity, persistence, onePacket, scheduler, engine }: Service): string[] {
  const limits: string[] = [];
  if (identity.kind === 'address') {
    if (!isKnownProtocol(identity.protocol)) limits.push('ipvsadm knows TCP, UDP and SCTP only');
    if (identity.port === 0 && persistence === null) {
      limits.push('ipvsadm refuses a service without port that is not persistent');
    }
    if (onePacket && identity.protocol !== 'udp') limits.push('ipvsadm refuses one-packet but for UDP');
  }
  if (persistence !== null && !isTimeout(persistence.timeout)) {
    limits.push(`ipvsadm takes persistence from 1 to ${longestPersistence} s`);
  }
  if (scheduler === '') limits.push('it has no scheduler, and ipvsadm would take wlc');
  if (![scheduler, engine ?? ''].every((name) => name === word(name))) {
    limits.push('a name has signs in it that ipvsadm cannot read');
  }
  return limits;
}

function isTimeout(seconds: number): boolean {
  return seconds >= 1 && seconds <= longestPersistence;
}

function realServerLimits(service: ServiceIdentity, realServer: RealServer): string[] {
  const { identity, forwarding, upperThreshold, lowerThreshold } = realServer;
  const limits: string[] = [];
  if (forwardingMethodFacts(forwarding)?.option === undefined) {
    limits.push(`ipvsadm has no option for the forwarding method ${forwarding} and would make it dr`);
  }
  if (forwarding !== 'nat' && service.kind === 'address' && identity.port !== service.port) {
    limits.push(`ipvsadm would write port ${service.port}, the service's, for ${forwarding}`);
  }
  if (Math.max(upperThreshold, lowerThreshold) > greatestIpvsadmThreshold) {
    limits.push(`ipvsadm takes thresholds up to ${greatestIpvsadmThreshold}`);
  }
  const tunnelLimit = limitOfTunnel(realServer);
  return tunnelLimit === undefined ? limits : [...limits, tunnelLimit];
}

function limitOfTunnel({ forwarding, tunnel }: RealServer): string | undefined {
  const { type, port, checksum } = tunnel;
  if (forwarding !== 'tun') {
    return sameTunnel(tunnel, defaultTunnel)
      ? undefined
      : `ipvsadm sets no tunnel under ${forwarding} and would forget ${describeTunnel(tunnel)}`;
  }
  if (type.startsWith('type-')) {
    return `ipvsadm has no option for the tunnel type ${type} and would make it ipip`;
  }
  if ((type === 'gue') !== (port !== 0)) return 'ipvsadm takes a tunnel port with gue, and only with it';
  if (type === 'ipip' && checksum !== 'no') return 'ipvsadm knows no checksum of ipip';
  return type === 'gre' && checksum === 'remote'
    ? 'ipvsadm refuses remote checksum offload with gre'
    : undefined;
}

/** What a director has beside its table, as it is saved. */
export interface SavedSettings {
  readonly timeouts: Timeouts;
  readonly syncDaemons: readonly SyncDaemon[];
}

/** Time-outs and sync daemons as lines, behind those of the table: beside a daemon no real server of another family can be added. */
export function formatIpvsadmSettings({ timeouts, syncDaemons }: SavedSettings): string {
  return [ipvsadmLines.setTimeouts(timeouts), ...syncDaemons.map(ipvsadmLines.startSyncDaemon)]
    .map((line) => `${line}\n`)
    .join('');
}

/** What of time-outs and sync daemons ipvsadm cannot set again, a sentence for each. */
export function ipvsadmSettingLimits({ timeouts }: SavedSettings): string[] {
  return Object.values(timeouts).every(isTimeout)
    ? []
    : [`time-outs: ipvsadm takes them from 1 to ${longestPersistence} s`];
}

const protocolOptions: Readonly<Record<string, string>> = {
  tcp: '-t',
  udp: '-u',
  sctp: '--sctp-service',
} satisfies Partial<Record<Protocol, string>>;

function serviceOption(identity: ServiceIdentity): string {
  if (identity.kind === 'fwmark') {
    return `-f ${identity.fwmark}${identity.family === 'inet6' ? ' -6' : ''}`;
  }
  // `--xxx-service` is what `ipvsadm -S` writes for a protocol that it has no option for.
  return `${protocolOptions[identity.protocol] ?? '--xxx-service'} ${formatEndpoint(identity)}`;
}

function serviceText({
  identity,
  scheduler,
  persistence,
  engine,
  onePacket,
  schedulerFlags,
}: Service): string {
  const parts = [serviceOption(identity), '-s', word(scheduler)];
  if (persistence !== null) {
    parts.push('-p', String(persistence.timeout));
    if (persistence.netmask !== fullNetmask(identity.family)) {
      parts.push('-M', formatNetmask(identity.family, persistence.netmask));
    }
  }
  if (engine !== null) parts.push('--pe', word(engine));
  if (onePacket) parts.push('-o');
  if (schedulerFlags !== 0) parts.push('-b', schedulerFlagNames(scheduler, schedulerFlags).join(','));
  return parts.join(' ');
}

function realServerText(
  service: ServiceIdentity,
  { identity, forwarding, weight, upperThreshold, lowerThreshold, tunnel }: RealServer,
): string {
  const parts = [
    serviceOption(service),
    '-r',
    formatRealServer(identity),
    forwardingOption(forwarding),
    '-w',
    String(weight),
  ];
  if (forwarding === 'tun') parts.push(...tunnelOptions(tunnel));
  if (upperThreshold > 0) parts.push('-x', String(upperThreshold));
  if (lowerThreshold > 0) parts.push('-y', String(lowerThreshold));
  return parts.join(' ');
}

/** `-g` for a local node, as `ipvsadm -S` has it, and for what ipvsadm has no option for. */
function forwardingOption(forwarding: ForwardingMethod): string {
  return forwardingMethodFacts(forwarding)?.option ?? '-g';
}

const checksumOptions: Readonly<Record<TunnelChecksum, string>> = {
  no: '--tun-nocsum',
  yes: '--tun-csum',
  remote: '--tun-remcsum',
};

function tunnelOptions({ type, port, checksum }: Tunnel): string[] {
  switch (type) {
    case 'ipip':
      return ['--tun-type', 'ipip'];
    case 'gue':
      return ['--tun-type', 'gue', '--tun-port', String(port), checksumOptions[checksum]];
    case 'gre':
      return ['--tun-type', 'gre', checksumOptions[checksum]];
    default:
      return [];
  }
}

/** A name from the kernel as one word that can neither end the line nor begin a comment. */
function word(name: string): string {
  return visible(name).replace(/[\s#]/g, '?');
}
