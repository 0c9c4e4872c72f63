import { forwardingModes, isForwardingMode } from '../ipvs/forwarding-method.ts';
import { compareRealServers, compareServices, formatRealServer, formatService } from '../ipvs/identity.ts';
import { formatNetmask, fullNetmask } from '../ipvs/netmask.ts';
import { isKnownProtocol } from '../ipvs/protocol.ts';
import { greatestWeight, type RealServer } from '../ipvs/real-server.ts';
import { schedulerFlagNames } from '../ipvs/scheduler.ts';
import type { Service } from '../ipvs/service.ts';
import type { TunnelChecksum } from '../ipvs/tunnel.ts';
import { visible } from '../ipvs/visible.ts';
import type { SavedService } from './ipvsadm.ts';

/**
 * The table as `virtual_server` blocks of a keepalived.conf. There are no health checks in it, so keepalived takes
 * every real server for well.
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
  return services.flatMap(({ service, realServers }) => {
    const { identity } = service;
    const name = formatService(identity);
    const unknown = identity.kind === 'address' && !isKnownProtocol(identity.protocol);
    return [
      ...(unknown ? [`${name}: keepalived knows TCP, UDP and SCTP only`] : []),
      ...realServers.flatMap((realServer) => realServerLimits(name, realServer)),
    ];
  });
}

function realServerLimits(service: string, { identity, forwarding, tunnel, weight }: RealServer): string[] {
  const object = `${formatRealServer(identity)} of ${service}`;
  const limits: string[] = [];
  if (!isForwardingMode(forwarding)) {
    limits.push(
      `keepalived has no word for the forwarding method ${forwarding}, ${forwardingModes.join(', ')} only`,
    );
  }
  if (tunnel.type.startsWith('type-'))
    limits.push(`keepalived has no word for the tunnel type ${tunnel.type}`);
  if (weight > greatestWeight) limits.push(`keepalived takes weights up to ${greatestWeight}`);
  return limits.map((limit) => `${object}: ${limit}`);
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
    `lb_algo ${word(scheduler)}`,
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

function forwardingWords({ forwarding, tunnel }: RealServer): string {
  if (forwarding !== 'tun' || tunnel.type === 'ipip') return word(forwarding.toUpperCase());
  const port = tunnel.port === 0 ? '' : ` port ${tunnel.port}`;
  return `TUN type ${tunnel.type}${port} ${checksumWords[tunnel.checksum]}`;
}

function block(head: string, lines: readonly string[]): string[] {
  return [`${head} {`, ...lines.map((line) => (line === '' ? '' : `    ${line}`)), '}'];
}

/** A name from the kernel as one word that can neither end the line nor open a block or comment. */
function word(name: string): string {
  return visible(name).replace(/[\s#!{}"$@~]/g, '?');
}
