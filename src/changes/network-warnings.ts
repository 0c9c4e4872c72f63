import type { Diagnosis } from '../forwarding/diagnosis.ts';
import type { NetworkFacts } from '../forwarding/network-facts.ts';
import type { NetworkChoice } from '../forwarding/network-rule.ts';
import { brokenNetworkRules, networkRules } from '../forwarding/network-rules.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../ipvs/identity.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import { sameTunnel } from '../ipvs/tunnel.ts';
import type { Intention } from './intention.ts';
import type { Step } from './plan.ts';
import type { ServiceState } from './table-state.ts';

/** What of this machine's network, as it is just now, speaks against steps: a sentence each. */
export function networkWarnings(steps: readonly Step[], network: NetworkFacts): string[] {
  return steps.flatMap((step) => {
    switch (step.kind) {
      case 'add service':
        return serviceWarnings(step.after.identity, network);
      case 'add real server':
        return realServerWarnings(step.service, step.after, network);
      case 'set real server':
        return isReachedOtherwise(step.before, step.after)
          ? realServerWarnings(step.service, step.after, network)
          : [];
      default:
        return [];
    }
  });
}

function serviceWarnings(service: ServiceIdentity, network: NetworkFacts): string[] {
  return networkRules.flatMap((rule) =>
    rule.about === 'service' ? sentence(formatService(service), rule.find(service, network)) : [],
  );
}

function realServerWarnings(
  service: ServiceIdentity,
  { identity, forwarding, tunnel }: RealServer,
  network: NetworkFacts,
): string[] {
  const choice: NetworkChoice = { service, realServer: identity, forwarding, tunnel };
  return brokenNetworkRules(choice, network).flatMap(({ rule, diagnosis }) =>
    rule.about === 'service' ? [] : sentence(formatRealServer(identity), diagnosis),
  );
}

function sentence(object: string, found: Diagnosis | undefined): string[] {
  return found === undefined ? [] : [`${object}: ${found.found}; ${found.matters}`];
}

function isReachedOtherwise(before: RealServer, after: RealServer): boolean {
  return before.forwarding !== after.forwarding || !sameTunnel(before.tunnel, after.tunnel);
}

/**
 * Addresses whose routes decide whether an intention's packets arrive; none where it does not change how packets
 * travel. `read` gives the service as it is.
 */
export function addressesConcerned(
  intention: Intention,
  read: (service: ServiceIdentity) => ServiceState | undefined,
): string[] {
  switch (intention.kind) {
    case 'add service':
      return addressOf(intention.service.identity);
    case 'add real server':
      return [intention.realServer.identity.address];
    case 'edit real server':
      return intention.change.forwarding === undefined && intention.change.tunnel === undefined
        ? []
        : [intention.realServer.address];
    case 'switch mode':
      return intention.realServer === null
        ? (read(intention.service)?.realServers ?? []).map(({ realServer }) => realServer.identity.address)
        : [intention.realServer.address];
    default:
      return [];
  }
}

/** The same of steps that are planned already. */
export function addressesOfSteps(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (step.kind === 'add service') return addressOf(step.after.identity);
    if (step.kind === 'add real server') return [step.after.identity.address];
    return step.kind === 'set real server' && isReachedOtherwise(step.before, step.after)
      ? [step.after.identity.address]
      : [];
  });
}

function addressOf(service: ServiceIdentity): string[] {
  return service.kind === 'address' ? [service.address] : [];
}
