import { adviceForDirector, onDirector, type Remedy } from '../../forwarding/diagnosis.ts';
import { isForwardingMode } from '../../ipvs/forwarding-method.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import type { FieldProblem } from '../../ipvs/validation/check.ts';
import { type RealServerProblemField, realServerProblems } from '../../ipvs/validation/real-server-checks.ts';
import { type ServiceProblemField, serviceProblems } from '../../ipvs/validation/service-checks.ts';
import { visible } from '../../ipvs/visible.ts';
import type { RealServerView, ServiceView } from '../../sampling/view.ts';
import type { Finding } from '../finding.ts';
import type { PrivilegedCheck } from '../judgement/check.ts';
import { eachService, ofRealServer, ofService, realServerWords, serviceWord } from '../judgement/subjects.ts';

/** Other tools can write settings that the kernel accepts but cannot use. */
export const meaninglessSettings: PrivilegedCheck = {
  id: 'meaningless-settings',
  title:
    'a service or real server has settings that the kernel takes and cannot use: one-packet on TCP, a lower threshold over the upper one …',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_genl_parse_service and ip_vs_genl_parse_dest: most values are taken as they come; seen',
    'ipvsadm.c: refuses them',
  ],
  needsRight: 'scheduler flags, thresholds and tunnels',
  byService: true,
  find: (evidence) =>
    eachService(evidence, (service) => [
      ...problemsOfService(service.service).map((problem) =>
        finding(problem, ofService(service), serviceRemedy(service, problem)),
      ),
      ...service.realServers.flatMap((row) => ofRow(service, row)),
    ]),
};

function ofRow(service: ServiceView, row: RealServerView): Finding[] {
  const { forwarding } = row.realServer;
  const subject = ofRealServer(service, row);
  const problems = problemsOfRealServer(service.service, row.realServer);
  return [
    ...(forwarding.startsWith('method-')
      ? [
          {
            ...finding(
              {
                reason: `its forwarding method is ${visible(forwarding)}, which the kernel does not have`,
                advice: 'no packet reaches it',
              },
              subject,
              onDirector(`lvstop mode ${realServerWords(service, row)} nat`),
            ),
            severity: 'error' as const,
          },
        ]
      : []),
    ...problems.map((problem) => finding(problem, subject, realServerRemedy(service, row, problem))),
  ];
}

function finding(
  { reason, advice }: { readonly reason: string; readonly advice: string },
  subject: Finding['subject'],
  remedy: Remedy,
): Finding {
  return {
    check: 'meaningless-settings',
    severity: 'warning',
    subject,
    lookedAt: 'its settings',
    found: reason,
    matters: `the kernel takes this and does something else than meant; ${advice}`,
    mend: [remedy],
  };
}

function serviceRemedy(view: ServiceView, { field, advice }: FieldProblem<ServiceProblemField>): Remedy {
  const edit = (option: string) => onDirector(`lvstop edit service ${serviceWord(view)} ${option}`);
  switch (field) {
    case 'onePacket':
      return edit('--no-one-packet');
    case 'schedulerFlags':
      return edit('--flags none');
    // Only the time-out can be invalid here: the kernel itself refuses an invalid netmask.
    case 'persistence':
      return edit('--persistent 300');
    default:
      return adviceForDirector(advice);
  }
}

function realServerRemedy(
  service: ServiceView,
  row: RealServerView,
  { field, advice }: FieldProblem<RealServerProblemField>,
): Remedy {
  const edit = (option: string) => onDirector(`lvstop edit real ${realServerWords(service, row)} ${option}`);
  const { forwarding } = row.realServer;
  switch (field) {
    case 'tunnel':
      return isForwardingMode(forwarding)
        ? edit('--tunnel ipip --tunnel-port 0 --tunnel-checksum no')
        : adviceForDirector(advice);
    default:
      return adviceForDirector(advice);
  }
}

/**
 * Problems found, by service and real server: directors give the same object until it is edited, and checking
 * addresses takes time.
 */
const known = new WeakMap<object, readonly FieldProblem<never>[]>();

function problemsOfService(service: Service): readonly FieldProblem<ServiceProblemField>[] {
  return remembered(service, () => serviceProblems(service));
}

function problemsOfRealServer(
  service: Service,
  realServer: RealServer,
): readonly FieldProblem<RealServerProblemField>[] {
  return remembered(realServer, () => realServerProblems(service.identity, realServer));
}

function remembered<Field extends string>(
  of: object,
  find: () => readonly FieldProblem<Field>[],
): readonly FieldProblem<Field>[] {
  const before = known.get(of);
  if (before !== undefined) return before as readonly FieldProblem<Field>[];
  const problems = find();
  known.set(of, problems as readonly FieldProblem<never>[]);
  return problems;
}
