import { IpvsError } from '../ipvs/error.ts';
import {
  type ForwardingMethod,
  forwardingMethodLabel,
  forwardingModes,
  isForwardingMode,
} from '../ipvs/forwarding-method.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
} from '../ipvs/identity.ts';

/** What the rules look at: a real server in its service, and the forwarding method to reach it by. */
export interface ForwardingChoice {
  readonly service: ServiceIdentity;
  readonly realServer: RealServerIdentity;
  readonly forwarding: ForwardingMethod;
}

/** A rule of the forwarding modes that can be judged by the table alone. */
export interface ModeRule {
  readonly id: 'no-port-mapping' | 'same-family' | 'known-method';
  /** The rule in one sentence. */
  readonly statement: string;
  /** How it is broken, in two or three words, to show beside a mode that is being chosen. */
  readonly briefly: string;
  /** What it rests on: the LVS project's own documents, files of the kernel, ipvsadm's practice. */
  readonly restsOn: readonly string[];
  /** Why the choice breaks the rule and what to do, or `undefined` when it does not. */
  readonly find: (
    choice: ForwardingChoice,
  ) => { readonly reason: string; readonly advice: string } | undefined;
}

/** The rules, in the order in which they are told. */
export const modeRules: readonly ModeRule[] = [
  {
    id: 'known-method',
    statement: 'A real server is reached by NAT, TUN or DR.',
    briefly: 'no such method',
    restsOn: [
      'linuxvirtualserver.org, how: the three modes',
      'net/netfilter/ipvs/ip_vs_conn.c, ip_vs_bind_xmit: other methods are set by the kernel for itself, or have no transmitter',
    ],
    find: ({ forwarding }) =>
      isForwardingMode(forwarding)
        ? undefined
        : {
            reason: `"${forwarding}" is not a forwarding method that can be asked for`,
            advice: `give ${forwardingModes.join(', ')}`,
          },
  },
  {
    id: 'same-family',
    statement: 'A real server of another address family than its service is reached through a tunnel only.',
    briefly: 'other address family',
    restsOn: [
      'net/netfilter/ipvs/ip_vs_ctl.c, ip_vs_add_dest and ip_vs_edit_dest: EINVAL for mixed families without a tunnel',
      'ipvsadm.c, process_options: refuses it',
    ],
    find: ({ service, realServer, forwarding }) =>
      service.family !== realServer.family && forwarding !== 'tun'
        ? {
            reason: `${forwardingMethodLabel(forwarding)} cannot reach an ${familyName(realServer)} real server from an ${familyName(service)} service`,
            advice: `choose tun, or give an ${familyName(service)} real server`,
          }
        : undefined,
  },
  {
    id: 'no-port-mapping',
    statement:
      'TUN and DR hand the packet on with its ports, so the real server has the port of its service.',
    briefly: 'no port mapping',
    restsOn: [
      'the LVS HOWTO: ports are mapped under NAT only',
      'net/netfilter/ipvs/ip_vs_xmit.c: ip_vs_tunnel_xmit and ip_vs_dr_xmit leave the ports alone, only ip_vs_nat_xmit rewrites them',
      "ipvsadm.c, process_options: silently writes the service's port, except under firewall marks",
    ],
    find: ({ service, realServer, forwarding }) =>
      (forwarding === 'tun' || forwarding === 'dr') &&
      service.kind === 'address' &&
      realServer.port !== service.port
        ? {
            reason: `${forwardingMethodLabel(forwarding)} does not map ports: packets would reach ${realServer.address} on ${arrivalPort(service.port)}, not on port ${realServer.port}`,
            advice: `give ${formatRealServer({ ...realServer, port: service.port })}, or choose nat`,
          }
        : undefined,
  },
];

/** The first rule that a choice breaks, with the reason; `undefined` when it breaks none. */
export function brokenModeRule(
  choice: ForwardingChoice,
): { readonly rule: ModeRule; readonly reason: string; readonly advice: string } | undefined {
  for (const rule of modeRules) {
    const found = rule.find(choice);
    if (found !== undefined) return { rule, ...found };
  }
  return undefined;
}

/** Throws an input `IpvsError` when a choice breaks a rule. */
export function requireModeRules(operation: string, choice: ForwardingChoice): void {
  const broken = brokenModeRule(choice);
  if (broken !== undefined) {
    const object = `${formatRealServer(choice.realServer)} of ${formatService(choice.service)}`;
    throw IpvsError.input('against-mode', operation, object, broken.reason, broken.advice);
  }
}

function familyName({ family }: { family: ServiceIdentity['family'] }): string {
  return family === 'inet' ? 'IPv4' : 'IPv6';
}

function arrivalPort(port: number): string {
  return port === 0 ? 'the port that the client called' : `port ${port}`;
}
