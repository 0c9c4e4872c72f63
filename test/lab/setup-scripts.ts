/** Runs what `lvstop setup` prints on the lab's machines, and looks at what a machine is like before and after. */
import type { Director } from '../../src/director/director.ts';
import { createKernelNetwork } from '../../src/host/network/kernel-network.ts';
import { lvstop, words } from '../cli/harness.ts';
import { type ProgramEnd, runProgram } from '../cli/run-program.ts';
import { type BareServerName, inNamespace, isGuest } from './guest.ts';

/** Shells that real servers have: Debian's and Alpine's. */
export type Shell = readonly [string, ...string[]];

/** What `lvstop setup` prints for a call, which must go well. */
export async function setupScript(director: Director, call: string): Promise<string> {
  const { exitCode, out, err } = await lvstop(words(`setup ${call}`), {
    director,
    network: createKernelNetwork(),
  });
  if (exitCode !== 0) throw new Error(`setup ${call}: ${err}`);
  return out;
}

/** Runs a script on a machine as its root. */
export function runScript(
  machine: BareServerName,
  script: string,
  shell: Shell = ['dash'],
): Promise<ProgramEnd> {
  if (!isGuest()) throw new Error('this rewires networks: never on a real machine');
  return runProgram(['ip', 'netns', 'exec', machine, ...shell], { input: script });
}

/** Brings every device of tunnels up and down once: one that was up keeps its folder of IPv6 settings for good. */
export async function primeDevices(machine: BareServerName): Promise<void> {
  const devices = (await inNamespace(machine, ['ls', '/sys/class/net'])).split(/\s+/);
  for (const device of ['tunl0', 'ip6tnl0', 'sit0', 'gre0', 'ip6gre0'].filter((name) =>
    devices.includes(name),
  )) {
    for (const change of ['up', 'down']) await inNamespace(machine, ['ip', 'link', 'set', device, change]);
  }
}

/** Everything about a machine's network that a set-up may touch, as text: links, addresses, routes, rules, settings, rules of iptables. */
export async function machineState(machine: BareServerName): Promise<string> {
  const script = [
    'ip -d -o link',
    'ip -o address',
    'ip -4 rule; ip -6 rule',
    'ip -4 route show table all; ip -6 route show table all',
    'ip fou show; ip -6 fou show',
    'iptables -t mangle -S; ip6tables -t mangle -S',
    "grep -rs '' /proc/sys/net | sort || true",
  ].join('\n');
  return await inNamespace(machine, ['sh', '-c', script]);
}

/** Retransmitted segments of a machine's TCP so far. */
export async function retransmissions(machine: 'cl' | BareServerName): Promise<number> {
  return (await networkCounters(machine, 'Tcp'))('RetransSegs');
}

/** ICMP messages that a machine has got so far which end an attempt to connect (`tcp_v4_err` in `net/ipv4/tcp_ipv4.c`). */
export async function icmpErrors(machine: 'cl'): Promise<number> {
  const counter = await networkCounters(machine, 'Icmp');
  return counter('InDestUnreachs') + counter('InTimeExcds');
}

/** The counters of a protocol, of two lines of `/proc/net/snmp`: names and values. */
async function networkCounters(
  machine: 'cl' | BareServerName,
  protocol: 'Tcp' | 'Icmp',
): Promise<(name: string) => number> {
  const [names = '', values = ''] = (await inNamespace(machine, ['cat', '/proc/net/snmp']))
    .split('\n')
    .filter((line) => line.startsWith(`${protocol}:`));
  return (name) => Number(values.split(' ')[names.split(' ').indexOf(name)]);
}
