import { IpvsError } from '../../ipvs/error.ts';
import { formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import { fullNetmask, type Netmask, parseNetmask } from '../../ipvs/netmask.ts';
import { parseSchedulerFlags } from '../../ipvs/scheduler-flags.ts';
import type { Persistence, ServiceSettings } from '../../ipvs/service.ts';
import type { ValuesOf } from './option-entry.ts';
import { none, type serviceOptions } from './option-table.ts';

/** Values of `serviceOptions`. */
export type NamedServiceSettings = ValuesOf<typeof serviceOptions>;

/**
 * The settings that were named, as a change of those that a service has (or would have). Throws an input
 * `IpvsError` for a mask or flag that cannot be read, and for a mask without persistence.
 */
export function serviceChange(
  identity: ServiceIdentity,
  present: ServiceSettings,
  named: NamedServiceSettings,
): Partial<ServiceSettings> {
  const { scheduler, persistent, netmask, engine, onePacket, flags } = named;
  return {
    ...(scheduler !== undefined && { scheduler }),
    ...(flags !== undefined && {
      schedulerFlags: parseSchedulerFlags(scheduler ?? present.scheduler, flags),
    }),
    ...(onePacket !== undefined && { onePacket }),
    ...(engine !== undefined && { engine: engine === none ? null : engine }),
    ...((persistent !== undefined || netmask !== undefined) && {
      persistence: persistenceOf(identity, present.persistence, persistent, netmask),
    }),
  };
}

function persistenceOf(
  identity: ServiceIdentity,
  present: Persistence | null,
  persistent: NamedServiceSettings['persistent'],
  netmask: string | undefined,
): Persistence | null {
  const timeout = persistent ?? present?.timeout;
  if (timeout === undefined || timeout === none) {
    if (netmask === undefined) return null;
    throw IpvsError.input(
      'bad-usage',
      'read --netmask',
      `"${netmask}"`,
      'a netmask groups clients for persistence, and the service has none',
      'give --persistent SECONDS too, or leave the netmask out',
    );
  }
  return {
    timeout,
    netmask:
      netmask === undefined
        ? (present?.netmask ?? fullNetmask(identity.family))
        : readNetmask(identity, netmask),
  };
}

function readNetmask(identity: ServiceIdentity, text: string): Netmask {
  const netmask = parseNetmask(identity.family, text);
  if (netmask !== undefined) return netmask;
  const isFour = identity.family === 'inet';
  throw IpvsError.input(
    'bad-value',
    'read --netmask',
    `"${text}"`,
    `it is not ${isFour ? 'an IPv4 netmask' : 'an IPv6 prefix length'}, as ${formatService(identity)} needs`,
    isFour ? 'give one like 255.255.255.0, or a prefix length from 1 to 32' : 'give a number from 1 to 128',
  );
}
