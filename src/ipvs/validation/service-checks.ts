import { addressKind } from '../address.ts';
import { changedServiceFields, type ServiceField } from '../changed-fields.ts';
import { formatService } from '../identity.ts';
import { longestEngineName, longestSchedulerName } from '../name-lengths.ts';
import { isKnownProtocol } from '../protocol.ts';
import { schedulerFlagNames } from '../scheduler.ts';
import { offeredSchedulerFlags, usableSchedulerFlags } from '../scheduler-flags.ts';
import { longestPersistence, type Service } from '../service.ts';
import { type Check, type FieldProblem, findProblems, isWhole, throwFirst } from './check.ts';

/** Where a problem of a service can lie. */
export type ServiceProblemField = 'identity' | ServiceField;

const moduleName = /^[a-z0-9_-]+$/;

const checks: readonly Check<Service, ServiceProblemField>[] = [
  {
    fields: ['identity'],
    find: ({ identity }) =>
      identity.kind === 'address' && !isKnownProtocol(identity.protocol)
        ? {
            reason: `IPVS does not balance ${identity.protocol}`,
            advice: 'choose tcp, udp or sctp, or mark the packets in the firewall and use fwm:MARK',
          }
        : undefined,
  },
  {
    fields: ['identity'],
    find: ({ identity }) => {
      if (identity.kind === 'fwmark') return undefined;
      const kind = addressKind(identity.address);
      return kind === 'unspecified' || kind === 'multicast' || kind === 'broadcast'
        ? {
            reason: `the ${kind} address ${identity.address} cannot be a virtual address`,
            advice: 'give the unicast address that clients connect to',
          }
        : undefined;
    },
  },
  {
    fields: ['identity'],
    find: ({ identity }) => {
      if (identity.kind === 'fwmark') {
        return isWhole(identity.fwmark, 1, 0xffffffff)
          ? undefined
          : {
              reason: `${identity.fwmark} is not a firewall mark`,
              advice: 'give a whole number from 1 to 4294967295',
            };
      }
      return isWhole(identity.port, 0, 65535)
        ? undefined
        : { reason: `${identity.port} is not a port`, advice: 'give a whole number from 0 to 65535' };
    },
  },
  {
    fields: ['persistence', 'identity'],
    find: ({ identity, persistence }) =>
      identity.kind === 'address' && identity.port === 0 && persistence === null
        ? {
            reason: 'port 0 stands for every port and needs persistence',
            advice: 'make the service persistent, or give one port',
          }
        : undefined,
  },
  {
    fields: ['scheduler'],
    find: ({ scheduler }) =>
      moduleName.test(scheduler) && scheduler.length <= longestSchedulerName
        ? undefined
        : {
            reason: `"${scheduler}" cannot be the name of a scheduler`,
            advice: `give 1 to ${longestSchedulerName} of a-z, 0-9, _ and -, like wlc`,
          },
  },
  {
    fields: ['schedulerFlags', 'scheduler'],
    find: ({ scheduler, schedulerFlags }) => {
      if (!isWhole(schedulerFlags, 0, 7)) {
        return {
          reason: `${schedulerFlags} is not a set of scheduler flags`,
          advice: 'give a number from 0 to 7',
        };
      }
      const foreign = schedulerFlags & ~usableSchedulerFlags(scheduler);
      if (foreign === 0) return undefined;
      const offered = offeredSchedulerFlags(scheduler);
      return {
        reason: `${schedulerFlagNames(scheduler, foreign).join(', ')} means nothing to the scheduler ${scheduler}`,
        advice:
          offered.length === 0
            ? 'leave the flags out; only sh and mh have any'
            : `give ${offered.map((flag) => flag.name).join(' or ')}`,
      };
    },
  },
  {
    fields: ['onePacket', 'identity'],
    find: ({ identity, onePacket }) =>
      onePacket && identity.kind === 'address' && identity.protocol !== 'udp'
        ? {
            reason: `one-packet scheduling is for UDP, this is ${identity.protocol.toUpperCase()}`,
            advice: 'leave it out, or use a udp: or fwm: service',
          }
        : undefined,
  },
  {
    fields: ['persistence'],
    find: ({ persistence }) =>
      persistence === null || isWhole(persistence.timeout, 1, longestPersistence)
        ? undefined
        : {
            reason: `${persistence.timeout} is not a persistence time-out`,
            advice: `give whole seconds from 1 to ${longestPersistence} (31 days)`,
          },
  },
  {
    fields: ['persistence', 'identity'],
    find: ({ identity: { family }, persistence }) => {
      if (persistence === null) return undefined;
      const { netmask } = persistence;
      if (family === 'inet6') {
        return isWhole(netmask, 1, 128)
          ? undefined
          : {
              reason: `${netmask} is not an IPv6 prefix length`,
              advice: 'give a whole number from 1 to 128',
            };
      }
      return isWhole(netmask, 0, 0xffffffff)
        ? undefined
        : {
            reason: `${netmask} is not a netmask`,
            advice: 'give one like 255.255.255.0, or a prefix length from 1 to 32',
          };
    },
  },
  {
    fields: ['engine'],
    find: ({ engine }) =>
      engine === null || (moduleName.test(engine) && engine.length <= longestEngineName)
        ? undefined
        : {
            reason: `"${engine}" cannot be the name of a persistence engine`,
            advice: `give 1 to ${longestEngineName} of a-z, 0-9, _ and -, like sip`,
          },
  },
];

/**
 * What is wrong with a service; the kernel would take most of it. With `before`, only what an edit touches
 * is looked at. Names of schedulers that lvstop does not know are left to the kernel, which may have them.
 */
export function serviceProblems(
  after: Service,
  before?: Service,
): readonly FieldProblem<ServiceProblemField>[] {
  return findProblems(checks, after, before === undefined ? undefined : changedServiceFields(before, after));
}

/** Throws the first of `serviceProblems` as an input `IpvsError`. */
export function requireValidService(operation: string, after: Service, before?: Service): void {
  throwFirst(serviceProblems(after, before), operation, formatService(after.identity));
}
