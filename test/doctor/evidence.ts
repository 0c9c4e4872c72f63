/** Sites of each mode as the doctor sees them: healthy, and changed piece by piece by tests. */
import type { Evidence } from '../../src/doctor/evidence/evidence.ts';
import { type Finding, formatSubject } from '../../src/doctor/finding.ts';
import { type Firewall, noFirewall } from '../../src/forwarding/firewall/firewall.ts';
import type { Link, LocalAddress, Neighbour, Route } from '../../src/forwarding/network.ts';
import { networkFacts } from '../../src/forwarding/network-facts.ts';
import type { KernelCounters, Machine, TrackedConnections } from '../../src/host/machine/machine.ts';
import type { Family } from '../../src/ipvs/family.ts';
import type { ForwardingMode } from '../../src/ipvs/forwarding-method.ts';
import type { RealServerSettings } from '../../src/ipvs/real-server.ts';
import type { ServiceSettings } from '../../src/ipvs/service.ts';
import { noAnswers } from '../../src/probe/known-answers.ts';
import type { ServiceView } from '../../src/sampling/view.ts';
import { type Numbers, real, service } from '../ui/fixed-view.ts';

/** When sites are looked at, milliseconds since the epoch. */
export const siteTime = Date.UTC(2026, 0, 7, 3, 30);

/** A kind of site: every real server of it is reached in this way. */
export interface SiteKind {
  readonly mode: ForwardingMode;
  readonly family: Family;
}

/** Every kind of site. */
export const siteKinds: readonly SiteKind[] = (['nat', 'tun', 'dr'] as const).flatMap((mode) =>
  (['inet', 'inet6'] as const).map((family) => ({ mode, family })),
);

/** What a site has otherwise than a healthy one of its kind. */
export interface SiteChange {
  /** Of the service. */
  readonly settings?: Partial<ServiceSettings>;
  /** Of both real servers. */
  readonly realSettings?: Partial<RealServerSettings>;
  /** Of the first real server, on top. */
  readonly firstSettings?: Partial<RealServerSettings>;
  /** Connections and rates of both real servers. */
  readonly numbers?: Numbers;
  readonly firstNumbers?: Numbers;
  /** The services as a whole, in place of the one. */
  readonly services?: readonly ServiceView[];
  /** By path below `/proc/sys`; `undefined` takes a setting away. */
  readonly sysctls?: Readonly<Record<string, string | undefined>>;
  /** By destination. */
  readonly routes?: Readonly<Record<string, Route>>;
  readonly links?: readonly Link[];
  readonly addresses?: readonly LocalAddress[];
  readonly neighbours?: readonly Neighbour[];
  /** By module; `loaded` otherwise. */
  readonly modules?: Readonly<Record<string, ReturnType<Machine['module']>>>;
  readonly running?: readonly string[];
  /** Process of Docker's daemon, where the network namespace is one of its. */
  readonly dockerDaemon?: number;
  readonly firewall?: Partial<Firewall>;
  readonly counters?: Partial<KernelCounters>;
  readonly tracked?: TrackedConnections;
  readonly countersBefore?: KernelCounters;
  readonly setUps?: Evidence['setUps'];
  readonly standby?: Evidence['standby'];
  readonly changes?: Evidence['changes'];
  readonly hasSyncedConnection?: boolean;
  readonly listeners?: readonly string[];
  readonly syncDaemons?: Evidence['syncDaemons'];
  readonly connections?: Evidence['connections'];
  readonly holders?: Evidence['holders'];
  readonly answers?: Evidence['answers'];
  readonly saved?: Evidence['saved'];
  readonly info?: Partial<Evidence['info']>;
}

/** Addresses of a site: `vip` its virtual address, `realServers` two of them, `gateway` towards them under TUN. */
export const siteAddresses = {
  inet: {
    vip: '203.0.113.10',
    realServers: ['10.0.0.21', '10.0.0.22'],
    own: '10.0.0.1',
    gateway: '10.0.0.254',
    client: '198.51.100.7',
  },
  inet6: {
    vip: '2001:db8::10',
    realServers: ['2001:db8:1::21', '2001:db8:1::22'],
    own: '2001:db8:1::1',
    gateway: '2001:db8:1::fe',
    client: '2001:db8:9::7',
  },
} as const;

/** The service of a site, `tcp:203.0.113.10:80` in IPv4. */
export function siteService({ mode, family }: SiteKind, change: SiteChange = {}): ServiceView {
  const { vip, realServers } = siteAddresses[family];
  const port = mode === 'nat' ? 8080 : 80;
  return service(
    `tcp:${bracketed(vip)}:80`,
    { scheduler: 'wlc', ...change.settings },
    realServers.map((address, place) =>
      real(
        `${bracketed(address)}:${port}`,
        {
          forwarding: mode,
          weight: 1,
          ...change.realSettings,
          ...(place === 0 && change.firstSettings),
        },
        { ...change.numbers, ...(place === 0 && change.firstNumbers) },
      ),
    ),
  );
}

/** What the doctor sees of a site, a healthy one unless something is changed. */
export function site(kind: SiteKind, change: SiteChange = {}): Evidence {
  const { family, mode } = kind;
  const { vip, realServers, own, gateway } = siteAddresses[family];
  const sysctls: Record<string, string | undefined> = {
    ...healthySysctls,
    // The switch for all sets those of the interfaces.
    ...(change.sysctls?.['net/ipv4/ip_forward'] === '0' && {
      'net/ipv4/conf/eth0/forwarding': '0',
      'net/ipv4/conf/eth1/forwarding': '0',
    }),
    ...change.sysctls,
  };
  const prefixLength = family === 'inet' ? 24 : 64;
  const toRealServer = route({ via: mode === 'tun' ? gateway : null, source: own });
  const machine: Machine = {
    sysctl: (path) => sysctls[path],
    module: (name) => change.modules?.[name] ?? 'loaded',
    running: (names) =>
      (change.running ?? [])
        .filter((name) => names.includes(name))
        .map((name, place) => ({ name, pid: 700 + place })),
    dockerDaemon: () => change.dockerDaemon,
    trackedConnections: () => change.tracked,
    counters: () => ({ martians: 0, reversePathDrops: 0, unreachablesSent: 0, ...change.counters }),
    hasSyncedConnection: () => change.hasSyncedConnection ?? 'unknown',
    listeners: () => change.listeners,
    firewall: () => ({ ...noFirewall, ...change.firewall }),
  };
  return {
    info: { version: '1.2.1', connectionTableSize: 4096, ...change.info },
    services: change.services ?? [siteService(kind, change)],
    network: networkFacts(
      {
        links: change.links ?? [loopback, link('eth0', 2), link('eth1', 3)],
        addresses: change.addresses ?? [
          {
            family,
            address: vip,
            prefixLength: family === 'inet' ? 32 : 128,
            link: 'eth0',
            scope: 'global',
            isDeprecated: false,
            isDuplicate: false,
          },
          {
            family,
            address: own,
            prefixLength,
            link: 'eth1',
            scope: 'global',
            isDeprecated: false,
            isDuplicate: false,
          },
        ],
        neighbours:
          change.neighbours ??
          [...realServers, gateway].map((address) => ({
            family,
            address,
            link: 'eth1',
            mac: '00:00:5e:00:53:21',
            state: 'reachable' as const,
          })),
        routes: new Map<string, Route>([
          [vip, { kind: 'local', link: 'lo' }],
          ...realServers.map((address): [string, Route] => [address, toRealServer]),
          ...Object.entries(change.routes ?? {}),
        ]),
      },
      machine.sysctl,
    ),
    machine,
    syncDaemons: change.syncDaemons ?? [],
    connections: change.connections ?? { connections: [], isWhole: true },
    timeouts: { tcp: 900, tcpFin: 120, udp: 300 },
    countersBefore: change.countersBefore ?? null,
    setUps: change.setUps ?? new Map(),
    standby: change.standby ?? new Set(),
    changes: change.changes ?? [],
    time: siteTime,
    holders: change.holders ?? null,
    answers: change.answers ?? noAnswers,
    saved: change.saved ?? { kind: 'unknown' },
  };
}

/** A route as a site has it, with what is given. */
export function route(change: Partial<Extract<Route, { kind: 'unicast' }>>): Route {
  return { kind: 'unicast', link: 'eth1', via: null, source: null, mtu: 1500, ...change };
}

/** An Ethernet interface that is up. */
export function link(name: string, index: number, change: Partial<Link> = {}): Link {
  return {
    name,
    index,
    kind: null,
    isLoopback: false,
    isUp: true,
    hasCarrier: true,
    mac: `00:00:5e:00:53:0${index}`,
    mtu: 1500,
    ...change,
  };
}

/** Each finding in a line: severity, check, subject. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, check, subject }) => `${severity} ${check} ${formatSubject(subject)}`);
}

/** The commands that are given against findings. */
export function commands(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ mend }) =>
    mend.filter(({ kind }) => kind === 'command').map(({ text }) => text),
  );
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

const loopback: Link = { ...link('lo', 1), isLoopback: true, mac: '00:00:00:00:00:00', mtu: 65536 };

/** The kernel's defaults below `net/ipv4/vs`, and what a director needs beside them. */
const healthySysctls: Readonly<Record<string, string>> = {
  'net/ipv4/ip_forward': '1',
  'net/ipv4/conf/eth0/forwarding': '1',
  'net/ipv4/conf/eth1/forwarding': '1',
  'net/ipv4/conf/all/rp_filter': '0',
  'net/ipv4/conf/eth0/rp_filter': '0',
  'net/ipv4/conf/eth1/rp_filter': '0',
  'net/ipv6/conf/all/forwarding': '1',
  'net/ipv4/vs/backup_only': '0',
  'net/ipv4/vs/conn_reuse_mode': '1',
  'net/ipv4/vs/conntrack': '0',
  'net/ipv4/vs/drop_entry': '0',
  'net/ipv4/vs/drop_packet': '0',
  'net/ipv4/vs/secure_tcp': '0',
  'net/ipv4/vs/expire_nodest_conn': '0',
  'net/ipv4/vs/expire_quiescent_template': '0',
  'net/ipv4/vs/pmtu_disc': '1',
  'net/ipv4/vs/run_estimation': '1',
};
