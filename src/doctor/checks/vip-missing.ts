import { adviceForDirector } from '../../forwarding/diagnosis.ts';
import { vipMissing as rule } from '../../forwarding/network-rules/vip-missing.ts';
import type { PublicEvidence } from '../evidence/evidence.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { ruleCheck } from '../judgement/rule-check.ts';
import { director } from '../judgement/subjects.ts';

/** Programs that move virtual addresses from one director to another. */
const addressMovers = ['keepalived', 'corosync', 'pacemakerd', 'heartbeat', 'vrrpd', 'ucarp'];

const ofRule = ruleCheck(rule);

/** The network rule, made milder for a standby director, which has no virtual addresses until it takes over. */
export const vipMissing: PublicCheck = {
  ...ofRule,
  byService: false,
  restsOn: [
    ...ofRule.restsOn,
    'practice: a director that stands by gets all virtual addresses at once when it takes over (VRRP)',
  ],
  find(evidence) {
    const all = ofRule.find(evidence);
    const found = all.filter(({ subject }) => !standsBy(subject, evidence));
    const asItShould = all.length === found.length ? [] : [standingBy(all.length - found.length)];
    if (found.length === 0) return asItShould;
    const virtual = evidence.services.filter(({ service }) => service.identity.kind === 'address');
    const sign = found.length > 0 && found.length === virtual.length ? standbySign(evidence) : undefined;
    if (sign === undefined) return [...asItShould, ...found];
    return [
      {
        check: rule.id,
        severity: 'hint',
        subject: director,
        lookedAt: 'ip route get, of every virtual address',
        found: `none of the virtual addresses is one of this machine, and ${sign}`,
        matters: 'a director that stands by looks like this; requests are handled once it has the addresses',
        mend: [adviceForDirector('nothing, if the other director is the active one')],
      },
    ];
  },
};

/** Whether keepalived is the backup of the VRRP instance that a service's address belongs to. */
function standsBy(subject: Finding['subject'], { standby }: PublicEvidence): boolean {
  if (subject.kind === 'director') return false;
  const { service } = subject;
  return service.kind === 'address' && standby.has(service.address);
}

function standingBy(services: number): Finding {
  const of = services === 1 ? '1 service' : `${services} services`;
  return {
    check: rule.id,
    severity: 'hint',
    subject: director,
    lookedAt: "ip route get, of every virtual address, and VRRP instances in keepalived's configuration",
    found: `the virtual address of ${of} is missing because it should be: its VRRP instance is backup here`,
    matters: 'the master has it; requests are handled here once this machine takes over',
    mend: [adviceForDirector('nothing')],
  };
}

/** A sign that another director may have the addresses, as a clause; `undefined` if there is none. */
function standbySign({ machine, syncDaemons }: PublicEvidence): string | undefined {
  if (syncDaemons?.some(({ state }) => state === 'backup')) return 'a backup sync daemon runs';
  const [mover] = machine.running(addressMovers);
  return mover && `${mover.name} is running`;
}
