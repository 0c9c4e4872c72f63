import type { Network } from '../forwarding/network.ts';
import { type NetworkFacts, networkFacts } from '../forwarding/network-facts.ts';
import { serves } from '../host/machine-fault.ts';
import { faultsOf } from '../host/network/simulated-network.ts';
import { Turns } from '../system/turns.ts';
import type { ProbeAnswer, ProbeEcho } from './answer.ts';
import { planProbe } from './plan.ts';
import type { Prober } from './prober.ts';
import type { ProbeQuestion } from './question.ts';

/** Routes that are looked up together. */
const routesAtOnce = 64;

/** Milliseconds that a simulated machine takes to answer. */
const answerTime = 0.4;

/**
 * The prober of a simulated director. Machines whose neighbour entry has failed are gone, those with a simulated
 * fault answer accordingly, and all others answer. Where a real prober could not ask, this one does not either.
 */
export function createSimulatedProber(network: Network): Prober {
  return {
    async probe({ questions, virtualAddresses, onAnswer, signal }) {
      const faults = faultsOf(network);
      const turns = new Turns();
      for (let start = 0; start < questions.length; start += routesAtOnce) {
        const some = questions.slice(start, start + routesAtOnce);
        const picture = await network.picture(some.map(({ realServer }) => realServer.identity.address));
        const facts = networkFacts(picture, () => undefined);
        for (const [index, question] of some.entries()) {
          if (signal.aborted) return;
          onAnswer(answerOf(question, facts), start + index);
          if (turns.isDue(undefined)) await turns.take();
        }
      }

      function answerOf(question: ProbeQuestion, facts: NetworkFacts): ProbeAnswer {
        const plan = planProbe(question, facts, virtualAddresses);
        if (plan.kind === 'not asked') return plan;
        const { link, nextHop, first, own, outside } = plan;
        if (facts.neighbour(link, nextHop)?.state === 'failed')
          return { kind: 'no neighbour', link, address: nextHop };
        const { identity, forwarding } = question.realServer;
        const accepted: ProbeEcho = { kind: 'accepted', milliseconds: answerTime, link };
        const refused: ProbeEcho = { kind: 'refused', milliseconds: answerTime, link };
        const fault = serves(faults.get(identity.address), forwarding)
          ? undefined
          : faults.get(identity.address);
        const echo =
          fault === 'port closed'
            ? refused
            : fault === 'vip missing'
              ? ({ kind: 'silent' } as const)
              : accepted;
        return {
          kind: 'asked',
          from: first.from,
          echo,
          // As if its program listened on every address of the machine.
          own: fault === undefined || own === null ? null : fault === 'port closed' ? refused : accepted,
          outside: outside && {
            from: outside.from,
            echo: fault === 'wrong gateway' ? { kind: 'silent' } : echo,
            expectedLink: link,
          },
        };
      }
    },
  };
}
