import { adviceForDirector, onDirector } from '../../forwarding/diagnosis.ts';
import type { Finding } from '../finding.ts';
import type { PublicCheck } from '../judgement/check.ts';
import { director } from '../judgement/subjects.ts';

/** What each of the kernel's defences costs. */
const defences = [
  { name: 'drop_packet', harm: 'a share of all packets to services is dropped' },
  { name: 'drop_entry', harm: 'connections that look half-open are thrown away at random' },
  { name: 'secure_tcp', harm: 'TCP connections end after shorter time-outs' },
] as const;

/** The kernel's defences against floods harm legitimate traffic too. */
export const defencesOn: PublicCheck = {
  id: 'defences-on',
  title: 'a defence against floods is at work: drop_entry, drop_packet or secure_tcp',
  restsOn: [
    'net/netfilter/ipvs/ip_vs_ctl.c, update_defense_level: 1 becomes 2 while memory is short (amemthresh), 3 is always on',
    'Documentation/networking/ipvs-sysctl.rst',
  ],
  byService: false,
  find: ({ machine }) =>
    defences.flatMap(({ name, harm }): Finding[] => {
      const path = `net/ipv4/vs/${name}`;
      const value = machine.sysctl(path);
      if (value !== '2' && value !== '3') return [];
      return [
        {
          check: 'defences-on',
          severity: 'warning',
          subject: director,
          lookedAt: `/proc/sys/${path}`,
          found:
            value === '2'
              ? `${name} is 2: switched on by itself, since memory is short`
              : `${name} is 3: switched on for good`,
          matters: harm,
          mend: [
            onDirector(
              `sysctl -w net.ipv4.vs.${name}=0`,
              'a flood then meets no such defence; 1 has it switched on when memory is short',
            ),
            ...(value === '2'
              ? [
                  adviceForDirector(
                    'find out what takes the memory ("free -m"), or lower net.ipv4.vs.amemthresh',
                  ),
                ]
              : []),
          ],
        },
      ];
    }),
};
