import { onDirector } from '../../forwarding/diagnosis.ts';
import type { PublicCheck } from '../check.ts';
import { director } from '../subjects.ts';

const path = 'net/ipv4/vs/conntrack';

/** A firewall that looks at connections sees nothing of those of IPVS. */
export const conntrackOff: PublicCheck = {
  id: 'conntrack-off',
  title: 'firewall rules look at tracked connections, and IPVS hides its own from them',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_xmit.c, ip_vs_notrack: with conntrack=0 packets of IPVS are untracked',
    'Documentation/networking/ipvs-sysctl.rst, conntrack: for firewalls that must see them, at some cost',
  ],
  byService: false,
  find({ machine, services }) {
    if (services.length === 0 || machine.sysctl(path) !== '0') return [];
    if (machine.firewallTracksConnections() !== true) return [];
    const hasNat = services.some(({ realServers }) =>
      realServers.some(({ realServer }) => realServer.forwarding === 'nat'),
    );
    return [
      {
        check: 'conntrack-off',
        severity: hasNat ? 'warning' : 'hint',
        subject: director,
        lookedAt: `/proc/sys/${path}, and the firewall's rules`,
        found: 'it is 0, and there are rules that look at the state of connections',
        matters:
          'to these rules packets of IPVS are untracked or invalid, so that they may drop them or leave out what they should do',
        mend: [onDirector('sysctl -w net.ipv4.vs.conntrack=1')],
      },
    ];
  },
};
