import { type ForwardingMode, forwardingModes } from '../ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../ipvs/identity.ts';
import type { Tunnel } from '../ipvs/tunnel.ts';
import { type ModeDemands, modeDemands } from './mode-demands.ts';
import { brokenModeRule, type ModeRule } from './mode-rules.ts';
import type { NetworkFacts } from './network-facts.ts';
import { type BrokenNetworkRule, brokenNetworkRules } from './network-rules.ts';

/** How a forwarding mode would work for a real server of a service. */
export interface ModeOutlook {
  readonly mode: ForwardingMode;
  /** Why the mode is impossible, judging by the table alone; `null` when it is not. */
  readonly impossible: { readonly rule: ModeRule; readonly reason: string; readonly advice: string } | null;
  /** What in the present network speaks against it; empty where the network is not known. */
  readonly obstacles: readonly BrokenNetworkRule[];
  /** What it requires elsewhere, which cannot be seen from here. */
  readonly demands: ModeDemands;
}

/** The outlook of each of the three modes for a real server. */
export function modeOutlooks(
  service: ServiceIdentity,
  realServer: RealServerIdentity,
  tunnel: Tunnel,
  network: NetworkFacts | undefined,
): ModeOutlook[] {
  return forwardingModes.map((mode) => {
    const choice = { service, realServer, forwarding: mode, tunnel };
    return {
      mode,
      impossible: brokenModeRule(choice) ?? null,
      obstacles: network === undefined ? [] : brokenNetworkRules(choice, network),
      demands: modeDemands[mode],
    };
  });
}

/**
 * Which modes can work, in a few words: `nat, tun can work; dr: behind a gateway`. Faults of the service itself are
 * left out.
 */
export function outlookText(outlooks: readonly ModeOutlook[]): string {
  const against = outlooks.map(({ mode, impossible, obstacles }) => ({
    mode,
    words:
      impossible === null
        ? obstacles.filter(({ rule }) => rule.about !== 'service').map(({ rule }) => rule.briefly)
        : [impossible.rule.briefly],
  }));
  const able = against.filter(({ words }) => words.length === 0).map(({ mode }) => mode);
  return [
    able.length === 0 ? 'none can work now' : `${able.join(', ')} can work`,
    ...against
      .filter(({ words }) => words.length > 0)
      .map(({ mode, words }) => `${mode}: ${words.join(', ')}`),
  ].join('; ');
}
