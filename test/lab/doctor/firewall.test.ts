/** What the doctor finds of the director's firewall: each fault provoked, found, and mended, with nothing else broken by it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { countersSettled, flush, ipvsadm, ipvsadmRestore, startServers } from '../guest.ts';
import { freshTable } from './bystanders.ts';
import {
  answered,
  endCalls,
  examineFault,
  expectRun,
  type Fault,
  faultyPatience,
  findings,
  findingsOnceThere,
  freshVips,
  mend,
  shell,
  summary,
} from './examination.ts';
import { commandsRunIn } from './printed-commands.ts';
import { tables } from './tables.ts';

const clearRules = [
  'for command in iptables ip6tables; do',
  '  $command -P INPUT ACCEPT; $command -P FORWARD ACCEPT; $command -P OUTPUT ACCEPT; $command -F; $command -t raw -F; $command -t nat -F; $command -t mangle -F',
  'done',
  'sysctl -w net.ipv4.vs.conntrack=0',
].join('\n');

beforeAll(async () => {
  await startServers();
  await ipvsadm('--set', '0', '20', '0');
});
beforeEach(freshTable);
afterAll(async () => {
  endCalls();
  await flush();
  await ipvsadm('--set', '0', '120', '0');
});

/** A stateful firewall as many have it. */
const stateful = (chain: 'INPUT' | 'FORWARD') =>
  [
    `iptables -A ${chain} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `iptables -A ${chain} -p tcp --dport 80 -m conntrack --ctstate NEW -j ACCEPT`,
    `iptables -A ${chain} -m conntrack --ctstate INVALID -j DROP`,
  ].join('\n');

const faults: readonly (Fault & { readonly title: string })[] = [
  {
    title: 'requests that INPUT drops',
    table: tables.dr,
    provoke: () => shell('dir', 'iptables -A INPUT -p tcp --dport 80 -j DROP'),
    answered: 0,
    found: ['error firewall-drops'],
  },
  {
    title: 'requests that INPUT drops, IPv6',
    table: tables.dr6,
    provoke: () => shell('dir', 'ip6tables -A INPUT -p tcp --dport 80 -j DROP'),
    answered: 0,
    found: ['error firewall-drops'],
  },
  {
    title: 'responses under NAT that FORWARD drops, IPv6',
    table: tables.nat6,
    provoke: () => shell('dir', 'ip6tables -P FORWARD DROP'),
    answered: 0,
    found: ['error firewall-drops', 'error firewall-drops'],
  },
  {
    title: 'conntrack=1 under DR behind a firewall that drops what is invalid, IPv6',
    table: tables.dr6,
    provoke: () =>
      shell(
        'dir',
        `${stateful('INPUT').replaceAll('iptables', 'ip6tables')}\nsysctl -w net.ipv4.vs.conntrack=1`,
      ),
    answered: 0,
    found: ['error conntrack-on'],
  },
  {
    title: 'responses under NAT that FORWARD drops',
    table: tables.nat,
    provoke: () => shell('dir', 'iptables -P FORWARD DROP'),
    answered: 0,
    found: ['error firewall-drops', 'error firewall-drops'],
  },
  ...(['dr', 'nat', 'tun'] as const).map((mode) => ({
    title: `requests under ${mode} that OUTPUT drops behind IPVS`,
    table: tables[mode],
    provoke: () => shell('dir', 'iptables -A OUTPUT -o lo -j ACCEPT; iptables -P OUTPUT DROP'),
    answered: 0,
    found: ['error firewall-drops', 'error firewall-drops'],
  })),
  {
    title: 'responses under NAT that belong to no connection of the firewall',
    table: tables.nat,
    provoke: () => shell('dir', stateful('FORWARD')),
    answered: 0,
    found: ['error conntrack-off'],
  },
  {
    title: 'ends of connections under DR that the firewall drops',
    table: tables.dr,
    provoke: () => shell('dir', stateful('INPUT')),
    answered: 10,
    found: ['warning conntrack-off'],
  },
  {
    title: 'conntrack=1 under DR behind a firewall that drops what is invalid',
    table: tables.dr,
    provoke: () => shell('dir', `${stateful('INPUT')}\nsysctl -w net.ipv4.vs.conntrack=1`),
    answered: 0,
    found: ['error conntrack-on'],
  },
  {
    title: 'a MASQUERADE that IPVS passes untracked',
    table: tables.nat,
    provoke: (vip) => shell('dir', `iptables -t nat -A POSTROUTING -m ipvs --vaddr ${vip}/32 -j MASQUERADE`),
    answered: 10,
    found: ['warning conntrack-off'],
  },
];

/** A firewall mark for what clients call under NAT. */
const marked = '-A -f 7 -s rr\n-a -f 7 -r 10.1.0.21:8080 -m\n-a -f 7 -r 10.1.0.22:8080 -m';

/** What is done to marked requests; they are marked before the fault is provoked. */
const markedFaults: readonly (Fault & { readonly title: string; readonly rules: string })[] = [
  {
    title: 'requests of a firewall mark that INPUT drops',
    rules: 'iptables -A INPUT -p tcp --dport 80 -j DROP',
    found: ['error firewall-drops'],
  },
  {
    title: 'responses to a firewall mark under NAT that FORWARD drops',
    rules: 'iptables -P FORWARD DROP',
    found: ['error firewall-drops', 'error firewall-drops'],
  },
  {
    title: 'responses to a firewall mark under NAT that belong to no connection of the firewall',
    rules: stateful('FORWARD'),
    found: ['error conntrack-off'],
  },
].map(({ rules, ...fault }) => ({
  ...fault,
  rules,
  table: marked,
  answered: 0,
  prepare: (vip: string) =>
    shell('dir', `iptables -t mangle -A PREROUTING -d ${vip} -p tcp --dport 80 -j MARK --set-mark 7`),
  provoke: () => shell('dir', rules),
}));

const rewritten: readonly (Fault & { readonly title: string })[] = [
  {
    title: 'requests that a port published by Docker leads elsewhere',
    rules: `iptables -t nat -N DOCKER; iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
      iptables -t nat -A DOCKER ! -i docker0 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.10:8081`,
  },
  {
    title: 'requests that a rule redirects',
    rules: 'iptables -t nat -A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports 8081',
  },
].map(({ title, rules }) => ({
  title,
  table: tables.dr,
  provoke: async (vip: string) => {
    // Counted packets speak against a rule that may take some only.
    await countersSettled(`${vip}:80`, 10);
    await shell('dir', `${rules}\nipvsadm -Z`);
  },
  answered: 0,
  found: ['error requests-rewritten'],
}));

describe('the doctor finds, and its commands mend,', () => {
  test.each([...markedFaults, ...rewritten])('$title', async ({ title, ...fault }) => {
    await examineFault(title, { tidy: () => shell('dir', `${clearRules}\niptables -t nat -X`), ...fault });
  });

  test.each(faults)('$title', async ({ title, ...fault }) => {
    await examineFault(title, { tidy: () => shell('dir', clearRules), ...fault });
  });
});

test('rules of another network namespace, and rules that accept the port, are no fault', async () => {
  const { inet: vip } = await freshVips();
  await ipvsadmRestore(tables.dr.replaceAll('VIP', vip));
  await shell('rs1', 'iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT');
  try {
    expect(summary(await findings())).toEqual([]);
    await shell('dir', `iptables -A INPUT -p tcp --dport 80 -j ACCEPT\n${stateful('INPUT')}`);
    expect(summary(await findings())).toEqual([]);
    expect(await answered(vip)).toBe(10);
  } finally {
    await shell('rs1', 'iptables -F');
    await shell('dir', clearRules);
  }
});

test('commands for one service leave those of the other modes and family alone', async () => {
  const kinds = ['nat', 'tun', 'dr'] as const;
  const vips = { nat: await freshVips(), tun: await freshVips(), dr: await freshVips() };
  for (const kind of kinds) {
    await ipvsadmRestore(tables[kind].replaceAll('VIP', vips[kind].inet));
    await ipvsadmRestore(tables[`${kind}6`].replaceAll('VIP6', `[${vips[kind].inet6}]`));
  }
  const served = async (patience?: number) => {
    const counts: Record<string, number> = {};
    for (const kind of kinds) {
      for (const family of ['inet', 'inet6'] as const) {
        counts[`${kind} ${family}`] = await answered(vips[kind][family], {
          count: 4,
          ...(patience !== undefined && { patience }),
        });
      }
    }
    return counts;
  };
  const all = await served();
  expect(new Set(Object.values(all))).toEqual(new Set([4]));
  try {
    await shell('dir', `${stateful('INPUT')}\n${stateful('FORWARD')}`);
    expect(await served(faultyPatience)).toEqual({ ...all, 'nat inet': 0 });
    const found = await findingsOnceThere([
      'error conntrack-off',
      'warning conntrack-off',
      'warning conntrack-off',
    ]);
    await mend(found);
    expect(await served()).toEqual(all);
    expect(summary(await findings())).toEqual([]);
  } finally {
    await shell('dir', clearRules);
  }
});

test('each command that is printed was run beside the bystanders', () => {
  expectRun(commandsRunIn('firewall'));
});
