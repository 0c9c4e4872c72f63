import { addressKind } from '../address.ts';
import { changedRealServerFields, type RealServerField } from '../changed-fields.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../identity.ts';
import { greatestWeight, type RealServer } from '../real-server.ts';
import { defaultTunnel, sameTunnel, tunnelTypes } from '../tunnel.ts';
import { type Check, type FieldProblem, findProblems, isWhole, throwFirst } from './check.ts';

/** Where a problem of a real server can lie. */
export type RealServerProblemField = 'identity' | RealServerField;

/** Thresholds are u32 in the kernel. */
const greatestThreshold = 0xffffffff;

interface Subject {
  readonly service: ServiceIdentity;
  readonly realServer: RealServer;
}

const checks: readonly Check<Subject, RealServerProblemField>[] = [
  {
    fields: ['identity'],
    find: ({ realServer: { identity } }) => {
      const kind = addressKind(identity.address);
      // IPv4 link-local addresses are unicast to the kernel (ip_vs_new_dest in ip_vs_ctl.c), IPv6 ones are not, nor
      // are IPv4-mapped ones.
      const unfit =
        kind === 'multicast' ||
        kind === 'broadcast' ||
        kind === 'unspecified' ||
        kind === 'IPv4-mapped' ||
        (kind === 'link-local' && identity.family === 'inet6');
      return unfit
        ? {
            reason: `the ${kind} address ${identity.address} cannot be a real server`,
            advice: "give the real server's own unicast address",
          }
        : undefined;
    },
  },
  {
    fields: ['identity'],
    find: ({ service, realServer: { identity } }) => {
      if (!isWhole(identity.port, 0, 65535)) {
        return { reason: `${identity.port} is not a port`, advice: 'give a whole number from 0 to 65535' };
      }
      return identity.port === 0 && service.kind === 'address' && service.port !== 0
        ? {
            reason: 'port 0 belongs to real servers of firewall marks and of services with port 0',
            advice: `give the port on which the real server listens, ${service.port} perhaps`,
          }
        : undefined;
    },
  },
  {
    fields: ['weight'],
    find: ({ realServer: { weight } }) =>
      isWhole(weight, 0, greatestWeight)
        ? undefined
        : { reason: `${weight} is not a weight`, advice: `give a whole number from 0 to ${greatestWeight}` },
  },
  {
    fields: ['upperThreshold'],
    find: ({ realServer: { upperThreshold } }) => thresholdProblem('upper', upperThreshold),
  },
  {
    fields: ['lowerThreshold'],
    find: ({ realServer: { lowerThreshold } }) => thresholdProblem('lower', lowerThreshold),
  },
  {
    fields: ['lowerThreshold', 'upperThreshold'],
    find: ({ realServer: { lowerThreshold, upperThreshold } }) => {
      if (lowerThreshold <= upperThreshold) return undefined;
      return upperThreshold === 0
        ? {
            reason: `the lower threshold ${lowerThreshold} means nothing without an upper one`,
            advice: 'give an upper threshold too, or 0 for no lower one',
          }
        : {
            reason: `the lower threshold ${lowerThreshold} is over the upper one, ${upperThreshold}`,
            advice: `give a lower one from 0 to ${upperThreshold}`,
          };
    },
  },
  {
    fields: ['tunnel'],
    find: ({ realServer: { tunnel } }) =>
      (tunnelTypes as readonly string[]).includes(tunnel.type)
        ? undefined
        : { reason: `"${tunnel.type}" is not a tunnel type`, advice: `give ${tunnelTypes.join(', ')}` },
  },
  {
    fields: ['tunnel'],
    find: ({ realServer: { tunnel } }) => {
      if (tunnel.type === 'gue') {
        return isWhole(tunnel.port, 1, 65535)
          ? undefined
          : {
              reason: tunnel.port === 0 ? 'a GUE tunnel needs its UDP port' : `${tunnel.port} is not a port`,
              advice: 'give the port on which the real server takes GUE, 1 to 65535, 6080 as a rule',
            };
      }
      return tunnel.port === 0
        ? undefined
        : {
            reason: `a tunnel port (${tunnel.port}) belongs to GUE only, this is ${tunnel.type}`,
            advice: 'leave the port out, or choose gue',
          };
    },
  },
  {
    fields: ['tunnel'],
    find: ({ realServer: { tunnel } }) => {
      if (tunnel.checksum === 'remote' && tunnel.type !== 'gue') {
        return {
          reason: `remote checksum offload belongs to GUE only, this is ${tunnel.type}`,
          advice: 'give no or yes, or choose gue',
        };
      }
      return tunnel.checksum !== 'no' && tunnel.type === 'ipip'
        ? { reason: 'an ipip tunnel has no checksum', advice: 'leave the checksum out, or choose gue or gre' }
        : undefined;
    },
  },
  {
    fields: ['tunnel', 'forwarding'],
    find: ({ realServer: { forwarding, tunnel } }) =>
      forwarding !== 'tun' && !sameTunnel(tunnel, defaultTunnel)
        ? {
            reason: `tunnel settings mean nothing under ${forwarding.toUpperCase()}`,
            advice: 'leave them out, or choose tun',
          }
        : undefined,
  },
];

/**
 * What is wrong with a real server of a service; the kernel would take much of it. With `before`, only what
 * an edit touches is looked at. What the forwarding modes demand is in `src/forwarding/`.
 */
export function realServerProblems(
  service: ServiceIdentity,
  after: RealServer,
  before?: RealServer,
): readonly FieldProblem<RealServerProblemField>[] {
  return findProblems(
    checks,
    { service, realServer: after },
    before === undefined ? undefined : changedRealServerFields(before, after),
  );
}

/** Throws the first of `realServerProblems` as an input `IpvsError`. */
export function requireValidRealServer(
  operation: string,
  service: ServiceIdentity,
  after: RealServer,
  before?: RealServer,
): void {
  throwFirst(
    realServerProblems(service, after, before),
    operation,
    `${formatRealServer(after.identity)} of ${formatService(service)}`,
  );
}

function thresholdProblem(which: 'upper' | 'lower', value: number) {
  return isWhole(value, 0, greatestThreshold)
    ? undefined
    : {
        reason: `${value} cannot be the ${which} threshold`,
        advice: `give a whole number of connections from 0 (none) to ${greatestThreshold}`,
      };
}
