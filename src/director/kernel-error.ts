import { addressKind } from '../ipvs/address.ts';
import { IpvsError, type IpvsErrorDetail } from '../ipvs/error.ts';
import type { ErrorCode } from '../ipvs/error-codes.ts';
import { formatRealServer, formatService, type ServiceIdentity } from '../ipvs/identity.ts';
import type { SyncDaemon } from '../ipvs/sync-daemon.ts';
import type { TableWrite } from '../ipvs/table-write.ts';
import { systemErrorReason } from '../system/system-error.ts';

/** What was asked of the kernel, with what is needed to explain its refusal. */
export type Request =
  | TableWrite
  | {
      readonly operation: 'read service' | 'zero counters of service' | 'read real servers of';
      readonly identity: ServiceIdentity;
    }
  | {
      readonly operation: 'start sync daemon' | 'stop sync daemon';
      readonly daemon: Pick<SyncDaemon, 'state'> & Partial<SyncDaemon>;
    }
  | {
      readonly operation:
        | 'read IPVS information'
        | 'read services'
        | 'zero all counters'
        | 'read time-outs'
        | 'set time-outs'
        | 'read sync daemons';
    };

/** The object of a request as the operator writes it. */
export function requestObject(request: Request): string {
  if ('service' in request) return formatService(request.service.identity);
  if ('realServer' in request) {
    return `${formatRealServer(request.realServer.identity)} of ${formatService(request.identity)}`;
  }
  if ('identity' in request) return formatService(request.identity);
  if ('daemon' in request)
    return request.daemon.interface === undefined
      ? request.daemon.state
      : `${request.daemon.state} on ${request.daemon.interface}`;
  return '';
}

/** The sentence for a refusal of the kernel: a reason that fits the request, and what to do. */
export function kernelError(request: Request, errno: string): IpvsError {
  const { operation } = request;
  return new IpvsError({ ...explain(request, errno), operation, object: requestObject(request), errno });
}

/** IPVS is not in this kernel, or not loaded. */
export function missingIpvsError(operation: string): IpvsError {
  return new IpvsError({
    code: 'no-ipvs',
    operation,
    object: '',
    reason: 'this kernel has no IPVS loaded',
    advice: 'load it with "modprobe ip_vs", run lvstop on the director itself, or try it with --demo',
    errno: 'ENOENT',
  });
}

/** The caller may not speak to IPVS. */
export function missingRightError(operation: string): IpvsError {
  return new IpvsError({
    code: 'no-right',
    operation,
    object: '',
    reason: 'it takes the capability CAP_NET_ADMIN, which this user does not have',
    advice: 'run lvstop with sudo, give its unit or sudoers rule CAP_NET_ADMIN, or try it with --demo',
    errno: 'EPERM',
  });
}

type Explanation = Pick<IpvsErrorDetail, 'code' | 'reason' | 'advice'>;

function refused(code: ErrorCode, reason: string, advice: string): Explanation {
  return { code, reason, advice };
}

function explain(request: Request, errno: string): Explanation {
  switch (errno) {
    case 'EPERM':
      return missingRightError(request.operation);
    case 'EEXIST':
      return explainExisting(request);
    case 'ESRCH':
      return request.operation === 'stop sync daemon'
        ? refused(
            'no-such-sync-daemon',
            'no such sync daemon runs',
            'look at the running ones with "lvstop sync list"',
          )
        : refused(
            'no-such-service',
            'there is no such service',
            'look at the services with "lvstop list"; it may have been deleted meanwhile',
          );
    case 'ENOENT':
      return explainMissing(request);
    case 'EINVAL':
      return explainInvalid(request);
    case 'ERANGE':
      return refused(
        'bad-thresholds',
        'a weight under 0, a lower threshold over the upper one, or a lower threshold without an upper one',
        'give a weight of 0 or more and thresholds with lower ≤ upper',
      );
    case 'ENODEV':
      return refused(
        'no-such-interface',
        'daemon' in request && request.daemon.interface !== undefined
          ? `there is no network interface "${request.daemon.interface}"`
          : 'there is no such network interface',
        'look at the interfaces with "ip link"',
      );
    case 'EAFNOSUPPORT':
      return refused(
        'no-such-family',
        'this kernel has no IPVS for that address family',
        'use the other family, or a kernel built with IP_VS_IPV6',
      );
    case 'EOPNOTSUPP':
      return refused('not-supported', 'this kernel does not know the command', 'use a newer kernel for it');
    default:
      return refused(
        'kernel-refused',
        `the kernel said no: ${systemErrorReason(errno)}`,
        "look into the kernel's log (dmesg)",
      );
  }
}

function explainExisting(request: Request): Explanation {
  if (request.operation === 'start sync daemon') {
    return refused('sync-daemon-exists', 'a sync daemon already runs in that state', 'stop it first');
  }
  if ('realServer' in request) {
    return refused(
      'real-server-exists',
      'the service has this real server already',
      'edit it instead of adding it',
    );
  }
  return refused('service-exists', 'the service is there already', 'edit it instead of adding it');
}

function explainMissing(request: Request): Explanation {
  if ('realServer' in request) {
    return refused(
      'no-such-real-server',
      'the service has no such real server',
      'look at its real servers with "lvstop list"; it may have been deleted meanwhile',
    );
  }
  if ('service' in request) {
    const { scheduler, engine } = request.service;
    return engine === null
      ? refused(
          'no-such-scheduler',
          `the kernel has no scheduler "${scheduler}"`,
          `load it with "modprobe ip_vs_${scheduler}" or choose another`,
        )
      : refused(
          'no-such-scheduler',
          `the kernel has no scheduler "${scheduler}" or no persistence engine "${engine}"`,
          `load them with "modprobe ip_vs_${scheduler}" and "modprobe ip_vs_pe_${engine}" or choose others`,
        );
  }
  return missingIpvsError(request.operation);
}

function explainInvalid(request: Request): Explanation {
  if ('realServer' in request && 'forwarding' in request.realServer) {
    const { identity, forwarding, tunnel } = request.realServer;
    const kind = addressKind(identity.address);
    if (kind === 'multicast' || kind === 'broadcast' || kind === 'unspecified' || kind === 'link-local') {
      return refused(
        'bad-real-server',
        `a ${kind} address cannot be a real server`,
        "give the real server's own unicast address",
      );
    }
    // The kernel looks at the tunnel under every forwarding method.
    if (tunnel.type === 'gue' && tunnel.port === 0) {
      return refused(
        'bad-real-server',
        'a GUE tunnel needs its UDP port',
        'give the port on which the real server takes GUE, 6080 as a rule',
      );
    }
    if (identity.family !== request.identity.family && forwarding !== 'tun') {
      return refused(
        'bad-real-server',
        'a real server of another address family than its service works through a tunnel only',
        'choose TUN, or a real server of the same family',
      );
    }
    return refused(
      'bad-real-server',
      'the kernel does not take this address for a unicast one of a host',
      'give the address of one host; where no route exists at all yet (loopback down), set up the network first',
    );
  }
  if ('service' in request) {
    if (request.service.identity.family === 'inet6' && request.service.persistence !== null) {
      return refused(
        'bad-setting',
        'a setting of the service is not valid; an IPv6 persistence mask must be a prefix length from 1 to 128',
        'look at mask and time-out',
      );
    }
    return refused(
      'bad-setting',
      'a setting of the service is not valid',
      'look at address family, mask and time-out',
    );
  }
  if (request.operation === 'set time-outs') {
    return refused('bad-setting', 'a time-out is negative or too large', 'give seconds from 1 to 2147483');
  }
  if (request.operation === 'start sync daemon') {
    return refused(
      'bad-setting',
      'a setting of the sync daemon is not valid, or real servers of another family than their service exist',
      'look at group, port and id; the daemon cannot run beside mixed families',
    );
  }
  return refused('bad-setting', 'a value is missing or not valid', 'look at what was given');
}
