import { requestStep } from './common-steps.ts';
import { familyOption, type RealServerSetup, someClient } from './real-server-setup.ts';
import type { SetupStep } from './setup-step.ts';
import { shellLine } from './shell.ts';

/** Preference of the policy rules for answers: before the rule for the main table (32766). */
const preference = 20_000;

/** NAT: answers must go through the director, which alone can put the virtual address back. */
export function natSteps(setup: RealServerSetup): SetupStep[] {
  const { director } = setup;
  if (director === null) throw new Error("the director's address is not known");
  return [
    gatewayStep(setup, director),
    answerStep(setup, director),
    ...(setup.realServer.family === 'inet'
      ? [requestStep(setup.realServer.address, director, requestWords(setup))]
      : []),
  ];
}

/** Gives a machine without a default route one: without a route to the client nothing is answered. */
function gatewayStep({ realServer: { family } }: RealServerSetup, director: string): SetupStep {
  const route = (...words: string[]) => shellLine('ip', familyOption(family), 'route', ...words);
  return {
    key: `gateway,${director}`,
    what: 'a default route; through the director where there is none',
    why: 'A machine without a default route gets the director for it. One that has a default route keeps it, and with it its own way to the Internet and to you.',
    is: [`[ -n "$(${route('show', 'default')})" ]`],
    remedy: {
      kind: 'change',
      was: [],
      make: [route('add', 'default', 'via', director)],
      unmake: [
        `[ -z "$(${route('show', 'default', 'via', director)})" ] || ${route('del', 'default', 'via', director)}`,
      ],
    },
  };
}

/**
 * Routes the answers of this service, and nothing else, by a table of their own whose only route is through the
 * director.
 */
function answerStep(setup: RealServerSetup, director: string): SetupStep {
  const { family, address, port } = setup.realServer;
  const ip = (...words: string[]) => shellLine('ip', familyOption(family), ...words);
  const answers = ['from', address, ...portWords(setup, 'sport')];
  const table = String(routingTable(director));
  const rule = [...answers, 'lookup', table, 'pref', String(preference)];
  const forget = `while ${ip('rule', 'del', ...rule)} 2>/dev/null; do :; done`;
  const isNarrow = setup.service.kind === 'address';
  return {
    key: ['answers', director, ...answers.slice(1)].join(','),
    what: `answers from ${address}${port === 0 ? '' : ` port ${port}`} go through the director, ${director}`,
    why: `The client expects an answer from the virtual address, and only the director can put that back. ${
      isNarrow
        ? 'A rule for the answers of this service alone leaves all other traffic, your SSH session too, on the way that it has.'
        : `Which ports the firewall mark stands for is not known here, so all that leaves from ${address} takes this way.`
    } Where the director is the default gateway anyway, nothing is done.`,
    is: [
      `case "$(${ip('route', 'get', someClient[family], ...answers)} 2>/dev/null) " in *" via ${director} "*) return 0 ;; esac`,
      'return 1',
    ],
    remedy: {
      kind: 'change',
      was: [],
      make: [
        // The rule may still exist if only the route went, with a link that was down.
        forget,
        `${ip('route', 'replace', 'default', 'via', director, 'table', table)} &&`,
        `  ${ip('rule', 'add', ...rule)}`,
      ],
      unmake: [
        forget,
        `[ -n "$(${ip('rule', 'show', 'table', table)} 2>/dev/null)" ] || ${ip('route', 'flush', 'table', table)} 2>/dev/null || :`,
      ],
    },
    lasting: {
      kind: 'policy route',
      from: address,
      protocol: setup.service.kind === 'address' ? setup.service.protocol : null,
      port: isNarrow && port !== 0 ? port : null,
      gateway: director,
      table: Number(table),
      preference,
    },
  };
}

/** A client's request, as selectors of a route look-up. */
function requestWords(setup: RealServerSetup): string[] {
  const ports = portWords(setup, 'dport');
  return setup.realServer.port === 0 || ports.length === 0 ? ports : [...ports, 'sport', '49152'];
}

/** The service's protocol and the real server's port, as selectors of a rule or a look-up; none for a firewall mark. */
function portWords({ service, realServer }: RealServerSetup, side: 'sport' | 'dport'): string[] {
  if (service.kind === 'fwmark') return [];
  const port = realServer.port === 0 ? [] : [side, String(realServer.port)];
  return ['ipproto', service.protocol, ...port];
}

/** Number of the routing table whose default route is the director: the same on every machine. */
function routingTable(director: string): number {
  let hash = 0;
  for (const character of director) hash = (hash * 31 + character.charCodeAt(0)) % 900_000;
  return 100_000 + hash;
}
