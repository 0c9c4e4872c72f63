/**
 * Records what a kernel answers to who asks for the rules of nftables, as fixtures. The lab's kernel has nf_tables for
 * bridges only, so it is done by hand, on a machine whose kernel has it and with nft and iptables-nft installed:
 *
 *   sudo unshare -n node test/host/firewall/capture.ts
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNftables } from '../../../src/netlink/network/nftables-ruleset.ts';
import { openTransport } from '../../../src/netlink/wire/transport.ts';
import { type Exchange, recording } from '../../netlink/recorded-kernel.ts';

const here = import.meta.dirname;
const recorded: Record<string, Exchange[]> = {};

function record(name: string): void {
  const exchanges: Exchange[] = [];
  recorded[name] = exchanges;
  readNftables(() => recording(openTransport('netfilter'), exchanges));
}

const iptables = '{ iptables() { iptables-nft "$@"; }; ip6tables() { ip6tables-nft "$@"; }; }';
record('no rules');
execFileSync('nft', ['-f', join(here, 'rules.nft')]);
record('rules of nft');
execFileSync('nft', ['flush', 'ruleset']);
execFileSync('sh', ['-c', `${iptables}; . ${join(here, 'iptables.sh')}`]);
record('rules of iptables');
writeFileSync(
  join(here, '../../netlink/fixtures/nftables-6.18.json'),
  `${JSON.stringify(recorded, undefined, 1)}\n`,
);
