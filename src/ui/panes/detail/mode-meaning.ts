import { modeDemands } from '../../../forwarding/mode-demands.ts';
import { brokenModeRule } from '../../../forwarding/mode-rules.ts';
import {
  type ForwardingMethod,
  forwardingMethodFacts,
  isForwardingMode,
} from '../../../ipvs/forwarding-method.ts';
import { formatRealServer, type ServiceIdentity } from '../../../ipvs/identity.ts';
import type { PublicRealServerView } from '../../../sampling/view.ts';
import type { Statement } from './statement.ts';

/** A forwarding mode in use, what it does, and what it demands of whom. */
export interface ModeMeaning {
  readonly name: string;
  readonly statements: readonly (Statement & { readonly about?: string })[];
}

/** What the modes of these real servers mean in their service, each mode once; what breaks its rules is warned of. */
export function modeMeanings(
  service: ServiceIdentity,
  realServers: readonly PublicRealServerView[],
): ModeMeaning[] {
  const methods = new Map<ForwardingMethod, PublicRealServerView[]>();
  for (const server of realServers) {
    const { forwarding } = server.realServer;
    const alike = methods.get(forwarding);
    if (alike === undefined) methods.set(forwarding, [server]);
    else alike.push(server);
  }
  return [...methods].map(([method, servers]) => {
    const facts = forwardingMethodFacts(method);
    const count = methods.size === 1 ? '' : ` (${servers.length})`;
    return {
      name: `${facts?.label ?? method}${count}`,
      statements: [
        {
          text:
            facts === undefined
              ? 'Not a method that the kernel knows.'
              : `${facts.longName}: ${facts.meaning}.`,
        },
        ...brokenRules(service, servers),
        ...demandsOf(service, method),
      ],
    };
  });
}

/** Each broken rule with the first real server that breaks it. */
function brokenRules(service: ServiceIdentity, servers: readonly PublicRealServerView[]): Statement[] {
  const found = new Map<string, string>();
  for (const { realServer } of servers) {
    const { identity, forwarding } = realServer;
    const broken = brokenModeRule({ service, realServer: identity, forwarding });
    if (broken !== undefined && !found.has(broken.rule.id)) {
      found.set(broken.rule.id, `${formatRealServer(identity)}: ${broken.reason}; ${broken.advice}.`);
    }
  }
  return [...found.values()].map((text) => ({ text, warning: true }));
}

function demandsOf(service: ServiceIdentity, method: ForwardingMethod): ModeMeaning['statements'] {
  if (!isForwardingMode(method)) return [];
  const { director, realServer, network } = modeDemands[method];
  // The real address can be compared and copied; a firewall mark has none.
  const named = (text: string) =>
    service.kind === 'address' ? text.replaceAll('the virtual address', service.address) : text;
  return [
    { about: 'director', text: named(director) },
    { about: 'real server', text: named(realServer) },
    { about: 'network', text: named(network) },
  ];
}
