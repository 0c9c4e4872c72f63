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

/** Something in this machine's network, in its present state, that speaks against a step. */
export interface NetworkDoubt {
  /** The rule that is broken. */
  readonly rule: NetworkRule;
  /** The service or real server that breaks it. */
  readonly object: string;
  readonly diagnosis: Diagnosis;
}

/** This many doubts of one rule are told one by one; a table of a thousand services can raise ten thousand. */
const mostOfOneRule = 3;

/**
 * Doubts as sentences, one for each object. If many objects break a rule, the first few are named and the rest
 * counted.
 */
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

/** What in this machine's network, in its present state, speaks against steps. */
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

/**
 * Whether the route of a real server was looked up: of thousands only some are, and what is wrong with these says
 * enough.
 */
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
 * Addresses whose routes decide whether packets arrive after an intention; none where it does not change how packets
 * travel. `read` gives the present state of a service.
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

/**
 * The addresses that planned steps concern, one after another, so that the caller can stop early: there may be ten
 * thousand steps.
 */
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
