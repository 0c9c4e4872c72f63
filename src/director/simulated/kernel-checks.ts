import { addressBytes } from '../../ipvs/address.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import type { Family } from '../../ipvs/family.ts';
import { forwardingMethodNumber, forwardingMethods } from '../../ipvs/forwarding-method.ts';
import {
  bytesOfName,
  longestEngineName,
  longestInterfaceName,
  longestSchedulerName,
} from '../../ipvs/name-lengths.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import { tunnelTypeNumber } from '../../ipvs/tunnel.ts';
import { greatestTimeout, type KernelBuild } from './kernel/kernel-build.ts';
import { loadedSchedulers, noScheduler } from './scheduling/loaded-schedulers.ts';
import type { SiteAddress } from './sites/site.ts';

/** Why the kernel refuses something, by the name of its errno; `undefined` when it does not. */
export type Refusal = string | undefined;

/** Persistence engines whose modules are loaded. */
const loadedEngines: ReadonlySet<string> = new Set(['sip']);

/** `IP_VS_CONN_F_FWD_MASK`: of a forwarding method the kernel keeps three bits. */
export const forwardingMask = 7;

/** Number of GUE among the tunnel types (`IP_VS_CONN_F_TUNNEL_TYPE_GUE`). */
const gue = 1;

/** What the attribute policy says of a service before it is looked up (`ip_vs_svc_policy` in `ip_vs_ctl.c`). */
export function refusalOfServiceAttributes(service: Service): Refusal {
  const { scheduler, engine } = service;
  const isTooLong =
    bytesOfName(scheduler) > longestSchedulerName ||
    (engine !== null && bytesOfName(engine) > longestEngineName);
  return isTooLong ? 'EINVAL' : undefined;
}

/** `ip_vs_add_service` and `ip_vs_edit_service`, in their order. */
export function refusalOfService(service: Service): Refusal {
  const { scheduler, engine, identity, persistence } = service;
  if (scheduler !== noScheduler && !loadedSchedulers.has(scheduler)) return 'ENOENT';
  if (engine !== null && engine !== '' && !loadedEngines.has(engine)) return 'ENOENT';
  if (identity.family === 'inet6' && persistence !== null) {
    const netmask = persistence.netmask >>> 0;
    if (netmask < 1 || netmask > 128) return 'EINVAL';
  }
  return undefined;
}

/** What the command checks before it turns to the real server itself (`ip_vs_genl_set_cmd`). */
export function refusalOfMixedFamilies(
  realServer: RealServer,
  serviceFamily: Family,
  isSyncDaemonRunning: boolean,
): Refusal {
  if (realServer.identity.family === serviceFamily) return undefined;
  const forwarding = forwardingMethodNumber(realServer.forwarding) & forwardingMask;
  return isSyncDaemonRunning || forwarding !== forwardingMethods.tun.number ? 'EINVAL' : undefined;
}

/** What `ip_vs_add_dest` and `ip_vs_edit_dest` check before they look the real server up. */
export function refusalOfRealServerSettings(realServer: RealServer): Refusal {
  // Netlink carries unsigned numbers; the kernel reads the weight as a signed one, the thresholds as they are.
  if ((realServer.weight | 0) < 0) return 'ERANGE';
  if (realServer.lowerThreshold >>> 0 > realServer.upperThreshold >>> 0) return 'ERANGE';
  const { type, port } = realServer.tunnel;
  // Checked under every forwarding method.
  return (tunnelTypeNumber(type) & 0xff) === gue && (port & 0xffff) === 0 ? 'EINVAL' : undefined;
}

/**
 * What `ip_vs_new_dest` says of an address: IPv4 must be unicast by `inet_addr_type`, which knows the broadcast
 * addresses of the director's own networks, IPv6 unicast by `ipv6_addr_type` and not link-local.
 */
export function refusalOfAddress({ identity }: RealServer, own: readonly SiteAddress[]): Refusal {
  const bytes = addressBytes(identity.address);
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  if (identity.family === 'inet') {
    const isBroadcast = bytes.every((byte) => byte === 0) || bytes.every((byte) => byte === 255);
    const isMulticast = first >= 224 && first <= 239;
    const isOwnBroadcast = [loopback, ...own].some((network) =>
      isBroadcastOf(bytes, identity.address, network),
    );
    return isBroadcast || isMulticast || isOwnBroadcast ? 'EINVAL' : undefined;
  }
  const isUnspecified = bytes.every((byte) => byte === 0);
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  const isLinkLocal = first === 0xfe && (second & 0xc0) === 0x80;
  return isUnspecified || isMapped || isLinkLocal || first === 0xff ? 'EINVAL' : undefined;
}

/** The loopback network, which every machine has. */
const loopback: SiteAddress = { address: '127.0.0.1', prefixLength: 8 };

/** Whether it is the last address of a network (`fib_add_ifaddr` in `net/ipv4/fib_frontend.c`). */
function isBroadcastOf(
  bytes: readonly number[],
  address: string,
  { address: own, prefixLength }: SiteAddress,
): boolean {
  if (prefixLength > 30 || !isInSubnet(address, own, prefixLength)) return false;
  const number = bytes.reduce((value, byte) => ((value << 8) | byte) >>> 0, 0);
  const hostBits = 2 ** (32 - prefixLength) - 1;
  return (number & hostBits) >>> 0 === hostBits;
}

/** `ip_vs_set_timeout`; netlink carries unsigned numbers, which that function reads as signed ones. */
export function refusalOfTimeouts(timeouts: Timeouts, build: KernelBuild): Refusal {
  const isFit = (seconds: number) => (seconds | 0) >= 0 && (seconds | 0) <= greatestTimeout(build);
  return isFit(timeouts.tcp) && isFit(timeouts.tcpFin) && isFit(timeouts.udp) ? undefined : 'EINVAL';
}

/** `ip_vs_genl_new_daemon`, then `start_sync_thread` in `ip_vs_sync.c`. */
export function refusalOfSyncDaemon(
  daemon: SyncDaemon,
  running: readonly SyncDaemon[],
  interfaces: readonly string[],
  hasMixedFamilies: boolean,
): Refusal {
  if (bytesOfName(daemon.interface) > longestInterfaceName) return 'EINVAL';
  if (daemon.group !== null && !isMulticast(daemon.group)) return 'EINVAL';
  if (hasMixedFamilies) return 'EINVAL';
  if (!interfaces.includes(daemon.interface)) return 'ENODEV';
  return running.some(({ state }) => state === daemon.state) ? 'EEXIST' : undefined;
}

function isMulticast(address: string): boolean {
  const bytes = addressBytes(address);
  const first = bytes[0] ?? 0;
  return bytes.length === 4 ? first >= 224 && first <= 239 : first === 0xff;
}
