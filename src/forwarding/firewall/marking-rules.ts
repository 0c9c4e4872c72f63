import type { Endpoint } from '../../ipvs/connection.ts';
import type { Family } from '../../ipvs/family.ts';
import type { FirewallMarkServiceIdentity } from '../../ipvs/identity.ts';
import { isKnownProtocol, type KnownProtocol, protocolOfNumber } from '../../ipvs/protocol.ts';
import type { Firewall, FirewallRule } from './firewall.ts';
import { tableOf } from './verdict.ts';

/** The rules that mark what comes in from other machines, in whatever chain. */
export function markingRules(firewall: Firewall, family: Family): FirewallRule[] {
  const chains = tableOf(firewall, family, 'mangle')?.chains;
  if (chains === undefined) return [];
  return [...chains]
    .filter(([name]) => name !== 'OUTPUT' && name !== 'POSTROUTING' && name !== 'FORWARD')
    .flatMap(([, { rules }]) => rules.filter(({ target }) => target.kind === 'mark'));
}

/** The first single address, protocol and port that a rule gives the mark of a service; `undefined` where none names all three. */
export function markedEndpoint(
  firewall: Firewall,
  { family, fwmark }: FirewallMarkServiceIdentity,
): { readonly protocol: KnownProtocol; readonly virtual: Endpoint } | undefined {
  const whole = family === 'inet' ? 32 : 128;
  for (const { target, destination, protocol, matches } of markingRules(firewall, family)) {
    if (target.kind !== 'mark' || target.mark !== fwmark) continue;
    if (destination === null || destination.isInverted || destination.prefixLength !== whole) continue;
    const named = protocol === null || protocol.isInverted ? '' : protocolOfNumber(protocol.number);
    const [range] = matches.flatMap((match) =>
      match.kind === 'ports' && match.side === 'destination' && !match.isInverted ? match.ranges : [],
    );
    if (!isKnownProtocol(named) || range === undefined) continue;
    return { protocol: named, virtual: { address: destination.address, port: range[0] } };
  }
  return undefined;
}
