import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Network } from '../forwarding/network.ts';
import { type NetworkFacts, networkFacts } from '../forwarding/network-facts.ts';
import { IpvsError } from '../ipvs/error.ts';
import { macBytes } from '../netlink/packets/who-has.ts';
import { NetlinkError, netlinkReason } from '../netlink/wire/netlink-error.ts';
import { systemErrorReason } from '../system/system-error.ts';
import type { ProbeAnswer, ProbeEcho } from './answer.ts';
import { Echoes } from './echoes.ts';
import { findNeighbour } from './find-neighbour.ts';
import { type PlannedPacket, type ProbePlan, planProbe } from './plan.ts';
import type { ProbeOrder, Prober } from './prober.ts';
import type { ProbeQuestion } from './question.ts';

/** Milliseconds from one question to the next: twenty a second. */
const betweenQuestions = 50;

/** Routes that are looked up together, before their real servers are probed. */
const routesAtOnce = 256;

/** Milliseconds for which what was read of the network may be used. */
const longestPicture = 15_000;

/**
 * Probes over packet sockets, bypassing this machine's own firewall, output routing and IPVS: the table, its counters
 * and its connections do not change. Routes are those that IPVS asks for, by the address alone, without mark, type of
 * service or source (`do_output_route4` in `net/netfilter/ipvs/ip_vs_xmit.c`). Links and neighbours are the kernel's;
 * if it does not know a neighbour, the link is asked. Needs CAP_NET_RAW.
 */
export function createKernelProber(network: Network): Prober {
  const traffic = new Traffic();
  return {
    async probe(order) {
      let echoes: Echoes | undefined;
      try {
        echoes = new Echoes(randomInt(0xf000, 0xff00));
        await askAll(echoes, network, traffic, order);
      } catch (error) {
        throw error instanceof NetlinkError ? unreachable(error) : error;
      } finally {
        echoes?.close();
      }
    },
  };
}

/** Limits the traffic: a bounded number of questions a second, and one at a time to each machine. */
class Traffic {
  #next = 0;
  /** The last question under way to each machine, by its address. */
  readonly #busy = new Map<string, Promise<void>>();

  /** Waits until one more question may be sent. */
  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + betweenQuestions;
    if (at > now) await sleep(at - now);
  }

  /** Runs `work` when everything queued before for that machine is done. */
  alone(address: string, work: () => Promise<void>): Promise<void> {
    const mine = (this.#busy.get(address) ?? Promise.resolve()).then(work);
    // A failure reaches whoever waits for all questions, but must not stop the next in the queue.
    const ended = mine
      .catch(() => undefined)
      .then(() => {
        if (this.#busy.get(address) === ended) this.#busy.delete(address);
      });
    this.#busy.set(address, ended);
    return mine;
  }
}

async function askAll(
  echoes: Echoes,
  network: Network,
  traffic: Traffic,
  { questions, virtualAddresses, onAnswer, signal, pace = betweenQuestions }: ProbeOrder,
): Promise<void> {
  const all: Promise<void>[] = [];
  const atOnce = Math.min(routesAtOnce, Math.max(1, Math.floor(longestPicture / pace)));
  for (let start = 0; start < questions.length && !signal.aborted; start += atOnce) {
    const some = questions.slice(start, start + atOnce);
    const picture = await network.picture(some.map(({ realServer }) => realServer.identity.address));
    const facts = networkFacts(picture, () => undefined);
    for (const [index, question] of some.entries()) {
      if (signal.aborted) break;
      const plan = planProbe(question, facts, virtualAddresses);
      if (plan.kind === 'way') await traffic.turn();
      all.push(
        traffic.alone(question.realServer.identity.address, async () => {
          if (!signal.aborted) onAnswer(await askOrSay(echoes, facts, question, plan), start + index);
        }),
      );
      if (plan.kind === 'way' && pace > betweenQuestions)
        await sleep(pace - betweenQuestions, undefined, { signal }).catch(() => undefined);
    }
  }
  await Promise.all(all);
}

/** Asks; turns a failure to send on one link into an answer, since it says nothing about other links. */
async function askOrSay(...[echoes, network, question, plan]: Parameters<typeof ask>): Promise<ProbeAnswer> {
  try {
    return await ask(echoes, network, question, plan);
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    return { kind: 'not asked', reason: netlinkReason(error.failure) };
  }
}

async function ask(
  echoes: Echoes,
  network: NetworkFacts,
  question: ProbeQuestion,
  plan: ProbePlan,
): Promise<ProbeAnswer> {
  if (plan.kind === 'not asked') return plan;
  const { nextHop, first, own, outside } = plan;
  const link = network.link(plan.link);
  if (link === undefined || !link.isUp || !link.hasCarrier)
    return { kind: 'not asked', reason: `${plan.link} is down` };
  const mac = await linkAddressOf(network, plan.link, nextHop);
  if (mac === undefined) return { kind: 'no neighbour', link: link.name, address: nextHop };
  const way = { linkIndex: link.index, mac };
  const nameOf = (index: number) => network.links.find((known) => known.index === index)?.name ?? `#${index}`;
  const echoOf = (packet: PlannedPacket): Promise<ProbeEcho> => echoes.ask(question, packet, way, nameOf);
  const echo = await echoOf(first);
  const isAnswered = echo.kind === 'accepted' || (question.protocol === 'udp' && echo.kind === 'silent');
  return {
    kind: 'asked',
    from: first.from,
    echo,
    own: isAnswered || own === null ? null : await echoOf(own),
    outside:
      outside === null || echo.kind !== 'accepted'
        ? null
        : { from: outside.from, echo: await echoOf(outside), expectedLink: link.name },
  };
}

/** The Ethernet address of the next hop; `null` on a link without such addresses, `undefined` when nobody answers. */
async function linkAddressOf(
  network: NetworkFacts,
  linkName: string,
  nextHop: string,
): Promise<Uint8Array | null | undefined> {
  const link = network.link(linkName);
  if (link === undefined || link.mac === null) return null;
  const known = network.neighbour(linkName, nextHop);
  if (known?.mac != null && known.state !== 'failed') return macBytes(known.mac);
  return findNeighbour({ ...link, mac: link.mac }, nextHop, sleep);
}

function unreachable({ failure }: NetlinkError): IpvsError {
  const errno = 'errno' in failure ? failure.errno : undefined;
  return new IpvsError({
    code: 'network-unreadable',
    operation: 'probe real servers',
    object: '',
    reason: errno === undefined ? netlinkReason(failure) : systemErrorReason(errno),
    advice:
      errno === 'EPERM'
        ? 'run it as root, or with CAP_NET_RAW'
        : 'see whether the links of the routes are up',
    ...(errno !== undefined && { errno }),
  });
}
