import { release, version } from 'node:os';
import packageDescription from '../../../package.json' with { type: 'json' };
import { formatTime } from '../../changes/undo/change-words.ts';
import type { Network, NetworkPicture, Route } from '../../forwarding/network.ts';
import type { Machine } from '../../host/machine/machine.ts';
import type { KeepalivedProcess } from '../../manager/keepalived/keepalived-process.ts';
import { readManagedConfiguration } from '../../manager/managed-configuration.ts';
import type { RecordedDocument } from '../../recording/recorded-json.ts';
import type { View } from '../../sampling/view.ts';
import { readPlainFile, readSystemText } from '../../system/plain-file.ts';
import { reasonOf } from '../../system/system-error.ts';

/** Longest file of lvstop's configuration that is taken, in bytes. */
const longestFile = 4 * 2 ** 20;

/** Settings of IPVS below `net/ipv4/vs` (`Documentation/networking/ipvs-sysctl.rst`). */
const ipvsSettings =
  'am_droprate amemthresh backup_only cache_bypass conn_reuse_mode conntrack drop_entry drop_packet est_cpulist est_nice expire_nodest_conn expire_quiescent_template ignore_tunneled nat_icmp_send pmtu_disc run_estimation schedule_icmp secure_tcp sloppy_sctp sloppy_tcp snat_reroute sync_persist_mode sync_ports sync_qlen_max sync_refresh_period sync_retries sync_sock_size sync_threshold sync_version'.split(
    ' ',
  );
/** Settings of the machine as a whole, and those of each interface. */
const machineSettings = [
  'net/ipv4/ip_forward',
  'net/ipv6/conf/all/forwarding',
  'net/netfilter/nf_conntrack_max',
  'net/netfilter/nf_conntrack_count',
  'net/core/somaxconn',
  'net/core/netdev_max_backlog',
];
const linkSettings = ['rp_filter', 'arp_ignore', 'arp_announce', 'send_redirects', 'forwarding'];

/** The document on the snapshot itself: what was taken, when, and by which versions. */
export function aboutDocument(view: View, time: number, contents: readonly string[]): RecordedDocument {
  const { hostName, source, info } = view.director;
  const lines = [
    `taken ${formatTime(time)} (${new Date(time).toISOString()}) on ${hostName}`,
    ...(source === 'simulated' ? ['SIMULATED: this director exists in the demo only'] : []),
    ...contents,
    `lvstop ${packageDescription.version}, Node ${process.version}`,
    ...(source === 'kernel' ? [`kernel ${release()} (${version()})`, `system ${distribution()}`] : []),
    `IPVS ${info === null ? 'not told' : `${info.version}, ${info.connectionTableSize} buckets of connections`}`,
  ];
  return { name: 'about', text: lines.join('\n') };
}

function distribution(): string {
  const [, name] = /^PRETTY_NAME="?(.*?)"?$/m.exec(textOr('/etc/os-release', '')) ?? [];
  return name ?? 'not told';
}

function textOr(path: string, otherwise: string): string {
  try {
    return readSystemText(path);
  } catch {
    return otherwise;
  }
}

/** Settings of the kernel that IPVS goes by. */
export function settingsDocument(machine: Machine, picture: NetworkPicture | null): RecordedDocument {
  const links = ['all', 'default', ...(picture?.links.map(({ name }) => name) ?? [])];
  const paths = [
    ...ipvsSettings.map((name) => `net/ipv4/vs/${name}`),
    ...machineSettings,
    ...links.flatMap((link) => linkSettings.map((name) => `net/ipv4/conf/${link}/${name}`)),
  ];
  const lines = paths.flatMap((path) => {
    const value = machine.sysctl(path);
    return value === undefined ? [] : [`${path.replaceAll('/', '.')} = ${value}`];
  });
  return { name: 'kernel settings', text: lines.join('\n') };
}

/** Links, addresses, neighbours, and where packets to all virtual addresses and real servers go. */
export async function lookAtNetwork(network: Network, view: View): Promise<NetworkPicture | string> {
  const addresses = view.services.flatMap(({ service, realServers }) => [
    ...(service.identity.kind === 'address' ? [service.identity.address] : []),
    ...realServers.map(({ realServer }) => realServer.identity.address),
  ]);
  try {
    return await network.picture([...new Set(addresses)]);
  } catch (error) {
    return reasonOf(error);
  }
}

/** The network as text; or why it could not be looked at. */
export function networkDocument(picture: NetworkPicture | string): RecordedDocument {
  if (typeof picture === 'string') return { name: 'network', text: `not looked at: ${picture}` };
  const lines = [
    ...picture.links.map(
      ({ name, kind, isUp, hasCarrier, mac, mtu }) =>
        `link ${name}${kind === null ? '' : ` ${kind}`} ${isUp ? 'up' : 'down'}${hasCarrier ? '' : ', no carrier'}, mtu ${mtu}${mac === null ? '' : `, ${mac}`}`,
    ),
    ...picture.addresses.map(
      ({ address, prefixLength, link, scope }) => `address ${address}/${prefixLength} on ${link}, ${scope}`,
    ),
    ...picture.neighbours.map(
      ({ address, link, mac, state }) => `neighbour ${address} on ${link}, ${mac ?? 'not known'}, ${state}`,
    ),
    ...Array.from(picture.routes, ([to, route]) => `route to ${to}: ${routeText(route)}`),
  ];
  return { name: 'network', text: lines.join('\n') };
}

function routeText(route: Route): string {
  switch (route.kind) {
    case 'unicast':
      return `${route.via === null ? 'on link' : `via ${route.via}`} ${route.link}, from ${route.source ?? 'not told'}, mtu ${route.mtu}`;
    case 'local':
      return `this machine, ${route.link}`;
    case 'none':
      return `none, ${route.reason}`;
  }
}

/** Files of keepalived, each with its path; or why they could not be read. */
export function keepalivedDocuments(keepalived: KeepalivedProcess | undefined): RecordedDocument[] {
  if (keepalived === undefined) return [];
  try {
    return Array.from(readManagedConfiguration(keepalived).files, ([path, bytes]) => ({
      name: path,
      text: bytes.toString(),
    }));
  } catch (error) {
    return [{ name: keepalived.file, text: `not read: ${reasonOf(error)}` }];
  }
}

/** Configuration of lvstop, of the files that are there. */
export function configurationDocuments(paths: readonly string[]): RecordedDocument[] {
  return paths.flatMap((name) => {
    try {
      return [{ name, text: readPlainFile(name, { longest: longestFile }).toString() }];
    } catch {
      // Most machines and users have no such file.
      return [];
    }
  });
}
