import { onDirector, type Remedy, shellWord } from '../../forwarding/diagnosis.ts';
import type { PublicRealServerView } from '../../sampling/view.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';

/**
 * The command that deletes a permanent neighbour entry, which may be wrong: it was written by hand, and the kernel
 * never checks it.
 */
export function neighbourDoubt(
  { network }: PublicEvidence,
  { realServer: { identity } }: PublicRealServerView,
): Remedy[] {
  const route = network.routes.get(identity.address);
  if (route?.kind !== 'unicast') return [];
  const hop = route.via ?? identity.address;
  if (network.neighbour(route.link, hop)?.state !== 'permanent') return [];
  const ip = identity.family === 'inet' ? 'ip' : 'ip -6';
  return [onDirector(`${ip} neighbour delete ${hop} dev ${shellWord(route.link)}`)];
}

/** The same doubt as a clause to append to a finding; empty where there is none. */
export function neighbourDoubtWords(evidence: PublicEvidence, row: PublicRealServerView): string {
  if (neighbourDoubt(evidence, row).length === 0) return '';
  const { address } = row.realServer.identity;
  const route = evidence.network.routes.get(address);
  const hop = route?.kind === 'unicast' ? (route.via ?? address) : address;
  const mac = route?.kind === 'unicast' ? evidence.network.neighbour(route.link, hop)?.mac : null;
  return `; the neighbour entry of ${hop} is permanent (${mac ?? 'without an address'}), so that the kernel never asks whether it is right`;
}
