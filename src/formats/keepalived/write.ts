import { forwardingModes, isForwardingMode } from '../../ipvs/forwarding-method.ts';
import { compareRealServers, compareServices, formatRealServer, formatService } from '../../ipvs/identity.ts';
import { formatNetmask, fullNetmask } from '../../ipvs/netmask.ts';
import { isKnownProtocol } from '../../ipvs/protocol.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import { findScheduler, schedulerFlagNames } from '../../ipvs/scheduler.ts';
import { longestPersistence, type Service } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import { defaultTunnel, describeTunnel, sameTunnel, type TunnelChecksum } from '../../ipvs/tunnel.ts';
import { visible } from '../../ipvs/visible.ts';
import type { SavedService, SavedSettings } from '../ipvsadm/ipvsadm.ts';

/**
 * The table as `virtual_server` blocks of a keepalived.conf. There are no health checks in it, so keepalived takes
 * every real server to be up.
 */
export function formatKeepalived(services: readonly SavedService[]): string {
  return [...services]
    .sort((left, right) => compareServices(left.service.identity, right.service.identity))
    .map((saved) =>
      block(serviceHead(saved.service), serviceLines(saved))
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('\n');
}

/** What of a table a keepalived.conf cannot say, a sentence for each. */
export function keepalivedLimits(services: readonly SavedService[]): string[] {
  return services.flatMap((saved) => {
    const name = formatService(saved.service.identity);
    return [
      ...serviceLimits(saved).map((limit) => `${name}: ${limit}`),
      ...saved.realServers.flatMap((realServer) =>
        realServerLimits(saved.service, realServer).map(
          (limit) => `${formatRealServer(realServer.identity)} of ${name}: ${limit}`,
        ),
      ),
    ];
  });
}

function serviceLimits({ service, realServers }: SavedService): string[] {
  const { identity, scheduler, persistence, engine, onePacket } = service;
  const limits: string[] = [];
  if (realServers.length === 0) limits.push('keepalived makes no service without a real server');
  if (identity.kind === 'address') {
    if (!isKnownProtocol(identity.protocol)) limits.push('keepalived knows TCP, UDP and SCTP only');
    if (onePacket && identity.protocol !== 'udp') {
      limits.push('keepalived drops one-packet scheduling but for UDP');
    }
    if (identity.port === 0 && persistence === null) {
      limits.push('keepalived makes a service without port persistent');
    }
  }
  if (persistence !== null && (persistence.timeout < 1 || persistence.timeout > longestPersistence)) {
    limits.push(`keepalived takes persistence from 1 to ${longestPersistence} s`);
  }
  if (engine !== null && persistence === null) {
    limits.push('keepalived sets an engine of persistent services only');
  }
  if (findScheduler(scheduler) === undefined) {
    limits.push(`keepalived does not know the scheduler "${visible(scheduler)}" and takes wlc`);
  }
  if (engine !== null && engine !== word(engine)) {
    limits.push('the name of the engine has signs in it that keepalived cannot read');
  }
  return limits;
}

function realServerLimits({ identity: service }: Service, realServer: RealServer): string[] {
  const { identity, forwarding, tunnel } = realServer;
  const servicePort = service.kind === 'address' ? service.port : 0;
  const limits: string[] = [];
  if (!isForwardingMode(forwarding)) {
    limits.push(
      `keepalived has no word for the forwarding method ${forwarding}, ${forwardingModes.join(', ')} only`,
    );
  }
  const isPortKept = identity.port === servicePort || (forwarding === 'nat' && identity.port !== 0);
  if (!isPortKept) limits.push(`keepalived would make the port ${servicePort}`);
  const { type, port, checksum } = tunnel;
  if (forwarding !== 'tun') {
    if (!sameTunnel(tunnel, defaultTunnel)) {
      limits.push(`keepalived would forget ${describeTunnel(tunnel)} under ${forwarding}`);
    }
  } else if (type.startsWith('type-')) limits.push(`keepalived has no word for the tunnel type ${type}`);
  else if ((type === 'gue') !== (port !== 0)) {
    limits.push('keepalived takes a tunnel port with gue, and only with it');
  } else if ((type === 'ipip' && checksum !== 'no') || (type === 'gre' && checksum === 'remote')) {
    limits.push(`keepalived does not take ${describeTunnel(tunnel)}`);
  }
  return limits;
}

/**
 * Time-outs and sync daemons as a block; daemons only where there are a master and a backup that are otherwise alike.
 */
export function formatKeepalivedSettings(settings: SavedSettings): string {
  const { tcp, tcpFin, udp } = settings.timeouts;
  const daemon = daemonOfBoth(settings);
  return block('global_defs', [
    `lvs_timeouts tcp ${tcp} tcpfin ${tcpFin} udp ${udp}`,
    ...(daemon === undefined ? [] : [`lvs_sync_daemon ${daemonWords(daemon)}`]),
  ])
    .map((line) => `${line}\n`)
    .join('');
}

/** What of time-outs and sync daemons a keepalived.conf cannot say, a sentence for each. */
export function keepalivedSettingLimits(settings: SavedSettings): string[] {
  const { timeouts, syncDaemons } = settings;
  return [
    ...(Object.values(timeouts).every((seconds) => seconds >= 1 && seconds <= longestPersistence)
      ? []
      : [`time-outs: keepalived takes them from 1 to ${longestPersistence} s`]),
    ...(syncDaemons.length === 0 || daemonOfBoth(settings) !== undefined
      ? []
      : ['sync daemons: without VRRP keepalived starts a master and a backup that are alike, or none']),
  ];
}

function daemonOfBoth({ syncDaemons }: SavedSettings): SyncDaemon | undefined {
  const [one, other, ...more] = syncDaemons;
  if (one === undefined || other === undefined || more.length > 0) return undefined;
  return daemonWords(one) === daemonWords(other) && one.state !== other.state ? one : undefined;
}

function daemonWords({ interface: name, syncId, maxLength, port, ttl, group }: SyncDaemon): string {
  return [
    `${word(name)} id ${syncId}`,
    ...(maxLength > 0 ? [`maxlen ${maxLength}`] : []),
    ...(port > 0 ? [`port ${port}`] : []),
    ...(ttl > 0 ? [`ttl ${ttl}`] : []),
    ...(group === null ? [] : [`group ${group}`]),
  ].join(' ');
}

function serviceHead({ identity }: Service): string {
  return identity.kind === 'fwmark'
    ? `virtual_server fwmark ${identity.fwmark}`
    : `virtual_server ${identity.address} ${identity.port}`;
}

function serviceLines({ service, realServers }: SavedService): string[] {
  const { identity, scheduler, schedulerFlags, persistence, engine, onePacket } = service;
  const sorted = [...realServers].sort((left, right) => compareRealServers(left.identity, right.identity));
  const common = sorted[0] === undefined ? null : forwardingWords(sorted[0]);
  return [
    ...(identity.kind === 'fwmark' ? [`ip_family ${identity.family}`] : []),
    ...(scheduler === '' ? [] : [`lb_algo ${word(scheduler)}`]),
    ...schedulerFlagNames(scheduler, schedulerFlags),
    ...(common === null ? [] : [`lb_kind ${common}`]),
    ...(identity.kind === 'address' ? [`protocol ${identity.protocol.toUpperCase()}`] : []),
    ...(persistence === null ? [] : [`persistence_timeout ${persistence.timeout}`]),
    ...(persistence === null || persistence.netmask === fullNetmask(identity.family)
      ? []
      : [`persistence_granularity ${formatNetmask(identity.family, persistence.netmask)}`]),
    ...(engine === null ? [] : [`persistence_engine ${word(engine)}`]),
    ...(onePacket ? ['ops'] : []),
    ...sorted.flatMap((realServer) => ['', ...realServerBlock(realServer, common)]),
  ];
}

function realServerBlock(realServer: RealServer, common: string | null): string[] {
  const { identity, weight, upperThreshold, lowerThreshold } = realServer;
  const forwarding = forwardingWords(realServer);
  return block(`real_server ${identity.address} ${identity.port}`, [
    `weight ${weight}`,
    ...(forwarding === common ? [] : [`lvs_method ${forwarding}`]),
    ...(upperThreshold === 0 ? [] : [`uthreshold ${upperThreshold}`]),
    ...(lowerThreshold === 0 ? [] : [`lthreshold ${lowerThreshold}`]),
  ]);
}

const checksumWords: Readonly<Record<TunnelChecksum, string>> = {
  no: 'nocsum',
  yes: 'csum',
  remote: 'remcsum',
};

/** The forwarding method as `lb_kind` and `lvs_method` take it. */
export function forwardingWords({ forwarding, tunnel }: RealServer): string {
  if (forwarding !== 'tun' || tunnel.type === 'ipip') return word(forwarding.toUpperCase());
  const port = tunnel.port === 0 ? '' : ` port ${tunnel.port}`;
  return `TUN type ${tunnel.type}${port} ${checksumWords[tunnel.checksum]}`;
}

function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => (line === '' ? '' : `    ${line}`)), '}'];
}

/** A name from the kernel as one word that can neither end the line nor open a block or comment. */
function word(name: string): string {
  return visible(name).replace(/[\s#!{}"\\$@~]/g, '?');
}
