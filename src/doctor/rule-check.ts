import type { Diagnosis } from '../forwarding/diagnosis.ts';
import type { NetworkRule } from '../forwarding/network-rule.ts';
import type { RealServerView, ServiceView } from '../sampling/view.ts';
import type { Check } from './check.ts';
import type { Evidence } from './evidence.ts';
import type { Finding, Subject } from './finding.ts';

/** The check that holds every real server against a rule of the network. */
export function ruleCheck(rule: NetworkRule): Check {
  return {
    id: rule.id,
    title: rule.title,
    restsOn: rule.restsOn,
    byService: rule.about !== 'director',
    find: (evidence) => (rule.about === 'director' ? ofDirector(rule, evidence) : ofRows(rule, evidence)),
  };
}

/** Each thing that was looked at is told once, whatever number of real servers it concerns. */
function ofDirector(rule: NetworkRule, { services, network }: Evidence): Finding[] {
  const found = new Map<string, Finding>();
  for (const service of services) {
    for (const realServer of service.realServers) {
      const diagnosis = find(rule, service, realServer, network);
      if (diagnosis !== undefined && !found.has(diagnosis.lookedAt)) {
        found.set(diagnosis.lookedAt, finding(rule, { kind: 'director' }, diagnosis));
      }
    }
  }
  return [...found.values()];
}

function ofRows(rule: NetworkRule, { services, network }: Evidence): Finding[] {
  const found: Finding[] = [];
  for (const service of services) {
    const { identity } = service.service;
    for (const realServer of service.realServers) {
      const diagnosis = find(rule, service, realServer, network);
      if (diagnosis === undefined) continue;
      if (rule.about === 'service') {
        found.push(finding(rule, { kind: 'service', service: identity }, diagnosis));
        break;
      }
      const subject: Subject = {
        kind: 'real server',
        service: identity,
        realServer: realServer.realServer.identity,
      };
      found.push(finding(rule, subject, diagnosis));
    }
  }
  return found;
}

function find(
  rule: NetworkRule,
  { service }: ServiceView,
  { realServer: { identity, forwarding, tunnel } }: RealServerView,
  network: Evidence['network'],
): Diagnosis | undefined {
  return rule.find({ service: service.identity, realServer: identity, forwarding, tunnel }, network);
}

function finding({ id }: NetworkRule, subject: Subject, diagnosis: Diagnosis): Finding {
  return { check: id, subject, ...diagnosis };
}
