import { shellWord } from '../../forwarding/diagnosis.ts';
import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { Finding, Subject } from '../finding.ts';

/** The subject of a finding about the director itself. */
export const director: Subject = { kind: 'director' };

/** The subject of a finding about a service. */
export function ofService({ service }: PublicServiceView): Subject {
  return { kind: 'service', service: service.identity };
}

/** The subject of a finding about a real server. */
export function ofRealServer({ service }: PublicServiceView, { realServer }: PublicRealServerView): Subject {
  return { kind: 'real server', service: service.identity, realServer: realServer.identity };
}

/** A service as a word of a command. */
export function serviceWord({ service }: PublicServiceView): string {
  return shellWord(formatService(service.identity));
}

/** A service and one of its real servers as words of a command. */
export function realServerWords(service: PublicServiceView, { realServer }: PublicRealServerView): string {
  return `${serviceWord(service)} ${shellWord(formatRealServer(realServer.identity))}`;
}

/** The findings of a function that is called for each service. */
export function eachService<Service extends PublicServiceView>(
  { services }: { readonly services: readonly Service[] },
  find: (service: Service) => readonly Finding[],
): Finding[] {
  return services.flatMap(find);
}

/** The findings of a function that is called for each real server. */
export function eachRealServer<Service extends PublicServiceView>(
  { services }: { readonly services: readonly Service[] },
  find: (service: Service, realServer: Service['realServers'][number]) => Finding | undefined,
): Finding[] {
  const findings: Finding[] = [];
  for (const service of services) {
    for (const realServer of service.realServers) {
      const finding = find(service, realServer);
      if (finding !== undefined) findings.push(finding);
    }
  }
  return findings;
}
