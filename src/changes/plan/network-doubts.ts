import type { Diagnosis } from '../../forwarding/diagnosis.ts';
import type { NetworkFacts } from '../../forwarding/network-facts.ts';
import type { NetworkChoice, NetworkRule } from '../../forwarding/network-rule.ts';
import { networkRules } from '../../forwarding/network-rules.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Step } from '../steps/step.ts';
import type { ServiceState } from '../steps/table-state.ts';
import type { Intention } from './intention.ts';
import { isReachedOtherwise } from './taken-on.ts';

/** Something of this machine's network, as it is just now, that speaks against a step. */
export interface NetworkDoubt {
  /** The rule that is broken. */
  readonly rule: NetworkRule;
  /** The service or real server that breaks it. */
  readonly object: string;
  readonly diagnosis: Diagnosis;
}

/** Doubts of one rule that are told one by one; a table of a thousand services can raise ten thousand. */
const mostOfOneRule = 3;

/** The sentences of doubts, one of each object; of a rule that many break the first few, and how many more. */
export function doubtSentences(doubts: readonly NetworkDoubt[]): string[] {
  const byRule = Map.groupBy(doubts, ({ rule }) => rule);
  return [...byRule].flatMap(([rule, ofRule]) => {
    const byObject = new Map(ofRule.map((found) => [found.object, found]));
    const sentence = ({ object, diagnosis }: NetworkDoubt) =>
      `${object}: ${diagnosis.found}; ${diagnosis.matters}`;
    if (byObject.size <= mostOfOneRule + 1) return [...byObject.values()].map(sentence);
    const more = byObject.size - mostOfOneRule;
    return [
      ...byObject.values().take(mostOfOneRule).map(sentence),
      `${more} more of the same kind (${rule.title}); once it is done, "lvstop doctor" names them all`,
    ];
  });
}

/** What of this machine's network, as it is just now, speaks against steps. */
export function networkDoubts(steps: readonly Step[], network: NetworkFacts): NetworkDoubt[] {
  return steps.flatMap((step) => {
    switch (step.kind) {
      case 'add service':
        return serviceDoubts(step.after.identity, network);
      case 'add real server':
        return isLookedUp(step.after, network) ? realServerDoubts(step.service, step.after, network) : [];
      case 'set real server':
        return isReachedOtherwise(step.before, step.after) && isLookedUp(step.after, network)
          ? realServerDoubts(step.service, step.after, network)
          : [];
      default:
        return [];
    }
  });
}

function serviceDoubts(service: ServiceIdentity, network: NetworkFacts): NetworkDoubt[] {
  return networkRules.flatMap((rule) => {
    const diagnosis = rule.about === 'service' ? rule.find(service, network) : undefined;
    return diagnosis === undefined ? [] : [{ rule, object: formatService(service), diagnosis }];
  });
}

/** Of thousands only some were looked up, and what is wrong with those says enough. */
function isLookedUp({ identity }: RealServer, network: NetworkFacts): boolean {
  return network.routes.has(identity.address);
}

function realServerDoubts(
  service: ServiceIdentity,
  { identity, forwarding, tunnel }: RealServer,
  network: NetworkFacts,
): NetworkDoubt[] {
  const choice: NetworkChoice = { service, realServer: identity, forwarding, tunnel };
  return networkRules.flatMap((rule) => {
    const diagnosis = rule.about === 'service' ? undefined : rule.find(choice, network);
    return diagnosis === undefined ? [] : [{ rule, object: formatRealServer(identity), diagnosis }];
  });
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

/** The addresses that planned steps concern, one by one: of ten thousand steps not all are asked for. */
export function* addressesOfSteps(steps: readonly Step[]): Generator<string, void, void> {
  for (const step of steps) {
    if (step.kind === 'add service') yield* addressOf(step.after.identity);
    else if (
      step.kind === 'add real server' ||
      (step.kind === 'set real server' && isReachedOtherwise(step.before, step.after))
    ) {
      yield step.after.identity.address;
    }
  }
}

function addressOf(service: ServiceIdentity): string[] {
  return service.kind === 'address' ? [service.address] : [];
}
