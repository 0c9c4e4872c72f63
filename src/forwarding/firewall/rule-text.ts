import type { AddressMatch, FirewallMatch, FirewallRule, LinkMatch, TrackingState } from './firewall.ts';
import { protocolNames } from './protocol-names.ts';

/** A rule much as `iptables -S` prints it, without its chain: `-p tcp --dport 80 -j DROP`. */
export function ruleText(rule: FirewallRule): string {
  const { target } = rule;
  const does =
    target.kind === 'jump'
      ? `${target.comesBack ? '-j' : '-g'} ${target.chain}`
      : `-j ${'name' in target ? target.name : target.kind.toUpperCase()}`;
  return [
    ...link('-i', rule.inLink),
    ...link('-o', rule.outLink),
    ...address('-s', rule.source),
    ...address('-d', rule.destination),
    ...(rule.protocol === null
      ? []
      : [`${not(rule.protocol)}-p ${protocolNames.get(rule.protocol.number) ?? rule.protocol.number}`]),
    ...rule.matches.map(matchText),
    does,
  ].join(' ');
}

function not({ isInverted }: { readonly isInverted: boolean }): string {
  return isInverted ? '! ' : '';
}

function link(option: string, match: LinkMatch | null): string[] {
  return match === null ? [] : [`${not(match)}${option} ${match.name}${match.isBeginning ? '+' : ''}`];
}

function address(option: string, match: AddressMatch | null): string[] {
  if (match === null) return [];
  return [
    `${not(match)}${option} ${match.address}${match.prefixLength === null ? '' : `/${match.prefixLength}`}`,
  ];
}

function matchText(match: FirewallMatch): string {
  switch (match.kind) {
    case 'ports': {
      const option = { source: '--sports', destination: '--dports', either: '--ports' }[match.side];
      const ranges = match.ranges.map(([first, last]) => (first === last ? first : `${first}:${last}`));
      return `${not(match)}${option} ${ranges.join(',')}`;
    }
    case 'state':
      return `-m conntrack ${not(match)}--ctstate ${match.states.map(stateWord).join(',')}`;
    case 'mark':
      return `-m mark ${not(match)}--mark ${match.mark}${match.mask === 0xffffffff ? '' : `/${match.mask}`}`;
    case 'ipvs':
      return '-m ipvs';
    case 'fields': {
      // In iptables only the match for TCP flags is of this kind.
      const [flags] = match.elements[0]?.[0] ?? [0n];
      return `${not(match)}--tcp-flags 0x${(match.mask ?? 0n).toString(16)} 0x${flags.toString(16)}`;
    }
    case 'other':
      return `-m ${match.name}`;
  }
}

function stateWord(state: TrackingState): string {
  return state.toUpperCase();
}
