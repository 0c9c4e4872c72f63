import type { RealServer, RealServerSettings } from './real-server.ts';
import type { Service, ServiceSettings } from './service.ts';
import { sameTunnel } from './tunnel.ts';

/** In the order in which messages list them. */
const serviceFields = [
  'scheduler',
  'schedulerFlags',
  'onePacket',
  'persistence',
  'engine',
] as const satisfies readonly (keyof ServiceSettings)[];

/** In the order in which messages list them. */
const realServerFields = [
  'forwarding',
  'weight',
  'upperThreshold',
  'lowerThreshold',
  'tunnel',
] as const satisfies readonly (keyof RealServerSettings)[];

/** One of the things that can be set of a service. */
export type ServiceField = (typeof serviceFields)[number];

/** One of the things that can be set of a real server. */
export type RealServerField = (typeof realServerFields)[number];

/** The fields in which two settings of one service differ. */
export function changedServiceFields(before: Service, after: Service): ServiceField[] {
  return serviceFields.filter((field) =>
    field === 'persistence'
      ? before.persistence?.timeout !== after.persistence?.timeout ||
        before.persistence?.netmask !== after.persistence?.netmask
      : before[field] !== after[field],
  );
}

/** The fields in which two settings of one real server differ. */
export function changedRealServerFields(before: RealServer, after: RealServer): RealServerField[] {
  return realServerFields.filter((field) =>
    field === 'tunnel' ? !sameTunnel(before.tunnel, after.tunnel) : before[field] !== after[field],
  );
}
