import { onDirector, type Remedy, shellWord } from '../../forwarding/diagnosis.ts';
import { brokenModeRule } from '../../forwarding/mode-rules.ts';
import { forwardingMethodLabel, isForwardingMode } from '../../ipvs/forwarding-method.ts';
import { formatRealServer } from '../../ipvs/identity.ts';
import type { PublicRealServerView, PublicServiceView } from '../../sampling/view.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { eachRealServer, ofRealServer, realServerWords, serviceWord } from '../judgement/subjects.ts';

/** The kernel accepts a port that TUN and DR cannot map to. */
export const portDiffers: PublicCheck = {
  id: 'port-differs',
  title: 'a real server under TUN or DR stands in the table with another port than its service',
  restsOn: [
    'the LVS HOWTO: ports are mapped under NAT only',
    'net/netfilter/ipvs/ip_vs_xmit.c: ip_vs_tunnel_xmit and ip_vs_dr_xmit leave the ports alone',
    'net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_add_dest: takes any port; seen',
  ],
  byService: true,
  find: (evidence) =>
    eachRealServer(evidence, (service, row) => {
      const { identity, forwarding } = row.realServer;
      if (forwarding === 'nat') return undefined;
      const broken = brokenModeRule({ service: service.service.identity, realServer: identity, forwarding });
      if (broken?.rule.id !== 'no-port-mapping') return undefined;
      return {
        check: 'port-differs',
        severity: 'warning',
        subject: ofRealServer(service, row),
        lookedAt: `its port under ${forwardingMethodLabel(forwarding)}`,
        found: broken.reason,
        matters: 'clients are served only if the real server listens on the port that they called',
        mend: remedies(service, row),
      };
    }),
};

function remedies(service: PublicServiceView, row: PublicRealServerView): Remedy[] {
  const { identity: owner } = service.service;
  const { identity, forwarding, weight } = row.realServer;
  if (owner.kind !== 'address' || !isForwardingMode(forwarding)) return [];
  const right = formatRealServer({ ...identity, port: owner.port });
  const isThere = service.realServers.some(
    ({ realServer }) => formatRealServer(realServer.identity) === right,
  );
  return [
    ...(isThere
      ? []
      : [
          onDirector(
            `lvstop add real ${serviceWord(service)} ${shellWord(right)} --forwarding ${forwarding} --weight ${weight}`,
          ),
        ]),
    onDirector(
      `lvstop delete real ${realServerWords(service, row)} --yes`,
      'its open connections go no further; drain it first where it has some ("lvstop drain")',
    ),
  ];
}
