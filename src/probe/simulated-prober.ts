import type { Network } from '../forwarding/network.ts';
import { networkFacts } from '../forwarding/network-facts.ts';
import type { ProbeAnswer, ProbeEcho } from './answer.ts';
import { planProbe } from './plan.ts';
import type { Prober } from './prober.ts';
import type { ProbeQuestion } from './question.ts';

/** Milliseconds that the simulated machines take. */
const answerTime = 0.4;

/**
 * The prober of a simulated director: machines whose neighbour entry has failed are gone, all others are well. Where a
 * real one has no way to ask, it has none either.
 */
export function createSimulatedProber(network: Network): Prober {
  return {
    async probe({ questions, virtualAddresses, onAnswer, signal }) {
      const picture = await network.picture(questions.map(({ realServer }) => realServer.identity.address));
      const facts = networkFacts(picture, () => undefined);
      for (const [place, question] of questions.entries()) {
        if (signal.aborted) return;
        onAnswer(answerOf(question), place);
      }

      function answerOf(question: ProbeQuestion): ProbeAnswer {
        const plan = planProbe(question, facts, virtualAddresses);
        if (plan.kind === 'not asked') return plan;
        const { link, nextHop, first, outside } = plan;
        if (facts.neighbour(link, nextHop)?.state === 'failed')
          return { kind: 'no neighbour', link, address: nextHop };
        const echo: ProbeEcho = { kind: 'accepted', milliseconds: answerTime, link };
        return {
          kind: 'asked',
          from: first.from,
          echo,
          own: null,
          outside: outside && { from: outside.from, echo, expectedLink: link },
        };
      }
    },
  };
}
