import { noFirewall } from '../../forwarding/firewall/firewall.ts';
import type { Machine, MachineSampler } from './machine.ts';

/**
 * The settings of a director that is set up as it should be, in front of the networks of
 * `network/demo-network.ts`. Those below `net/ipv4/vs` are the simulated director's own.
 */
const settings: Readonly<Record<string, string>> = {
  'net/ipv4/ip_forward': '1',
  'net/ipv4/conf/all/forwarding': '1',
  'net/ipv6/conf/all/forwarding': '1',
  'net/ipv4/conf/all/send_redirects': '0',
  'net/ipv4/ip_nonlocal_bind': '0',
  'kernel/osrelease': '6.1.0-demo',
};

/** Settings that every interface has. */
const interfaceSettings: Readonly<Record<string, string>> = {
  'ipv4/rp_filter': '0',
  'ipv4/forwarding': '1',
  'ipv4/send_redirects': '0',
  'ipv4/arp_ignore': '0',
  'ipv4/arp_announce': '0',
  'ipv6/forwarding': '1',
};

const loadedModules = /^(ip_vs(_(rr|wrr|lc|wlc|sh))?|ip_tunnel|ip6_tunnel|ipip|gre|fou|fou6|nf_conntrack)$/;
const availableModules = /^(ip_vs_\w+|nf_\w+|xt_\w+|nft_\w+)$/;

/** What a simulated machine has beside what all of them have. */
export interface SimulatedMachineOptions {
  /** Names of its interfaces, `lo` left out. */
  readonly interfaces?: readonly string[];
  /** Settings below `/proc/sys` that are not as they should be, by path like `net/ipv4/ip_forward`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A machine that does not exist, beside the simulated director of `--demo`. */
export function createSimulatedMachine({
  interfaces = ['eth0', 'eth1'],
  settings: own = {},
}: SimulatedMachineOptions = {}): MachineSampler {
  const machine: Machine = {
    sysctl(path) {
      const [, family, name = '', interfaceSetting] =
        /^net\/(ipv[46])\/conf\/([^/]+)\/(\w+)$/.exec(path) ?? [];
      const hasInterface = ['all', 'default', 'lo', ...interfaces].includes(name);
      return (
        own[path] ??
        settings[path] ??
        (hasInterface ? interfaceSettings[`${family}/${interfaceSetting}`] : undefined)
      );
    },
    module(name) {
      const kernelName = name.replaceAll('-', '_');
      if (loadedModules.test(kernelName)) return 'loaded';
      return availableModules.test(kernelName) ? 'available' : 'missing';
    },
    running: () => [],
    dockerDaemon: () => undefined,
    trackedConnections: () => undefined,
    counters: () => ({ martians: 0, reversePathDrops: 0, unreachablesSent: 0 }),
    hasSyncedConnection: () => 'unknown',
    listeners: () => undefined,
    // The demo has no rules that mark packets for its fwmark services, so the firewall counts as unread.
    firewall: () => ({ ...noFirewall, unread: 'nftables' }),
  };
  return { sample: async () => machine, sysctl: machine.sysctl };
}
