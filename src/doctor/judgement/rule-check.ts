import type { Diagnosis } from '../../forwarding/diagnosis.ts';
import type { NetworkChoice, NetworkRule } from '../../forwarding/network-rule.ts';
import { isWholeRealServer } from '../../ipvs/real-server.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { Finding, Subject } from '../finding.ts';
import type { PublicCheck } from './check.ts';
import { director, eachService, ofRealServer, ofService } from './subjects.ts';

/** Makes a check out of a network rule by applying it to every service and real server. */
export function ruleCheck(rule: NetworkRule): PublicCheck {
  return {
    id: rule.id,
    title: rule.title,
    restsOn: rule.restsOn,
    byService: true,
    find: (evidence) => {
      switch (rule.about) {
        case 'service':
          return eachService(evidence, (service) =>
            findings(rule, ofService(service), rule.find(service.service.identity, evidence.network)),
          );
        case 'real server':
          return eachService(evidence, (service) =>
            service.realServers.flatMap((row) =>
              findings(
                rule,
                ofRealServer(service, row),
                atItsWeight(row, rule.find(choiceOf(service, row), evidence.network)),
              ),
            ),
          );
        case 'director':
          return eachService(evidence, (service) =>
            service.realServers.flatMap((row) =>
              findings(rule, director, rule.find(choiceOf(service, row), evidence.network)),
            ),
          );
      }
    },
  };
}

/** Makes an error milder for a real server at weight 0, which may well be switched off. */
function atItsWeight(
  { realServer, connections }: PublicRealServerView,
  diagnosis: Diagnosis | undefined,
): Diagnosis | undefined {
  if (diagnosis?.severity !== 'error' || realServer.weight > 0) return diagnosis;
  return {
    ...diagnosis,
    severity: connections.active > 0 ? 'warning' : 'hint',
    matters: `${diagnosis.matters}; its weight is 0, so that new connections do not go there`,
  };
}

function choiceOf({ service }: PublicServiceView, { realServer }: PublicRealServerView): NetworkChoice {
  const { identity, forwarding } = realServer;
  const tunnel = isWholeRealServer(realServer) ? realServer.tunnel : null;
  return { service: service.identity, realServer: identity, forwarding, tunnel };
}

function findings(
  { id }: NetworkRule,
  subject: Subject,
  diagnosis: Diagnosis | undefined,
): readonly Finding[] {
  return diagnosis === undefined ? none : [{ check: id, subject, ...diagnosis }];
}

/** Ten thousand real servers without a finding need no array each. */
const none: readonly Finding[] = [];
