import { type ForwardingMode, forwardingModes } from '../ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../ipvs/identity.ts';
import type { Tunnel } from '../ipvs/tunnel.ts';
import { type ModeDemands, modeDemands } from './mode-demands.ts';
import { brokenModeRule, type ModeRule } from './mode-rules.ts';
import type { NetworkFacts } from './network-facts.ts';
import { type BrokenNetworkRule, brokenNetworkRules } from './network-rules.ts';

/** How a forwarding mode would do for a real server of a service. */
export interface ModeOutlook {
  readonly mode: ForwardingMode;
  /** What the table alone makes impossible; `null` when nothing does. */
  readonly impossible: { readonly rule: ModeRule; readonly reason: string; readonly advice: string } | null;
  /** What of the network speaks against it just now; none where the network is not known. */
  readonly obstacles: readonly BrokenNetworkRule[];
  /** What it needs elsewhere, which nobody can see from here. */
  readonly demands: ModeDemands;
}

/** The three modes for a real server: which can work, which cannot and why, and what each needs elsewhere. */
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

/** Which modes can work, in a few words: `nat, tun can; dr: behind a gateway`. What is wrong with the service itself is left out. */
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
