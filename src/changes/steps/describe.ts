import {
  changedRealServerFields,
  changedServiceFields,
  type RealServerField,
  type ServiceField,
} from '../../ipvs/changed-fields.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatNetmask, fullNetmask } from '../../ipvs/netmask.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import { schedulerFlagNames } from '../../ipvs/scheduler.ts';
import type { Service } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import { timeoutNames } from '../../ipvs/timeouts.ts';
import { defaultTunnel, describeTunnel, sameTunnel } from '../../ipvs/tunnel.ts';
import { visible } from '../../ipvs/visible.ts';

/** All settings of a service in words: `wlc, persistent 300 s, one-packet`. */
export function describeService(service: Service): string {
  const parts = [visible(service.scheduler)];
  if (service.schedulerFlags !== 0) parts.push(`flags ${serviceFieldText(service, 'schedulerFlags')}`);
  if (service.persistence !== null) parts.push(`persistent ${serviceFieldText(service, 'persistence')}`);
  if (service.engine !== null) parts.push(`engine ${serviceFieldText(service, 'engine')}`);
  if (service.onePacket) parts.push('one-packet');
  return parts.join(', ');
}

/** All settings of a real server in words: `NAT, weight 3, thresholds 50 to 100`. */
export function describeRealServer(realServer: RealServer): string {
  const { forwarding, weight, upperThreshold, lowerThreshold, tunnel } = realServer;
  const parts = [forwardingMethodLabel(forwarding), `weight ${weight}`];
  if (upperThreshold !== 0) parts.push(`upper threshold ${upperThreshold}`);
  if (lowerThreshold !== 0) parts.push(`lower threshold ${lowerThreshold}`);
  if (forwarding === 'tun' || !sameTunnel(tunnel, defaultTunnel)) {
    parts.push(`tunnel ${describeTunnel(tunnel)}`);
  }
  return parts.join(', ');
}

/** The fields that differ, in words, in a fixed order: `weight 3 → 0`. Empty when none does. */
export function describeChange(before: Service, after: Service): string[];
export function describeChange(before: RealServer, after: RealServer): string[];
export function describeChange(before: Service | RealServer, after: Service | RealServer): string[] {
  if ('scheduler' in before && 'scheduler' in after) {
    return changedServiceFields(before, after).map((field) =>
      changeText(serviceFieldNames[field], serviceFieldText(before, field), serviceFieldText(after, field)),
    );
  }
  if ('weight' in before && 'weight' in after) {
    return changedRealServerFields(before, after).map((field) =>
      changeText(
        realServerFieldNames[field],
        realServerFieldText(before, field),
        realServerFieldText(after, field),
      ),
    );
  }
  return [];
}

/** `TCP 900 s, TCP after FIN 120 s, UDP 300 s`. */
export function describeTimeouts(timeouts: Timeouts): string {
  return timeoutNames.map(({ field, name }) => `${name} ${timeouts[field]} s`).join(', ');
}

/** Those that differ: `TCP 900 s → 600 s`. */
export function describeTimeoutChange(before: Timeouts, after: Timeouts): string[] {
  return timeoutNames
    .filter(({ field }) => before[field] !== after[field])
    .map(({ field, name }) => changeText(name, `${before[field]} s`, `${after[field]} s`));
}

/** What a sync daemon does: `on eth0, id 1, group 224.0.0.81, port 8848`; what the kernel chooses is left out. */
export function describeSyncDaemon({
  interface: name,
  syncId,
  maxLength,
  group,
  port,
  ttl,
}: SyncDaemon): string {
  const parts = [`on ${visible(name)}`, `id ${syncId}`];
  if (group !== null) parts.push(`group ${group}`);
  if (port !== 0) parts.push(`port ${port}`);
  if (ttl !== 0) parts.push(`TTL ${ttl}`);
  if (maxLength !== 0) parts.push(`messages of ${maxLength} bytes`);
  return parts.join(', ');
}

/** `1 real server`, `3 real servers`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A span of time in words: `4 s`, `2 min 10 s`, `3 h 5 min`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const serviceFieldNames: Readonly<Record<ServiceField, string>> = {
  scheduler: 'scheduler',
  schedulerFlags: 'flags',
  onePacket: 'one-packet',
  persistence: 'persistence',
  engine: 'engine',
};

const realServerFieldNames: Readonly<Record<RealServerField, string>> = {
  forwarding: 'forwarding',
  weight: 'weight',
  upperThreshold: 'upper threshold',
  lowerThreshold: 'lower threshold',
  tunnel: 'tunnel',
};

function changeText(name: string, before: string, after: string): string {
  return `${name} ${before} → ${after}`;
}

function serviceFieldText(service: Service, field: ServiceField): string {
  switch (field) {
    case 'scheduler':
      return visible(service.scheduler);
    case 'schedulerFlags':
      return schedulerFlagNames(service.scheduler, service.schedulerFlags).join(',') || 'none';
    case 'onePacket':
      return service.onePacket ? 'on' : 'off';
    case 'persistence': {
      if (service.persistence === null) return 'none';
      const { timeout, netmask } = service.persistence;
      const { family } = service.identity;
      return netmask === fullNetmask(family)
        ? `${timeout} s`
        : `${timeout} s by ${family === 'inet6' ? '/' : ''}${formatNetmask(family, netmask)}`;
    }
    case 'engine':
      return service.engine === null ? 'none' : visible(service.engine);
  }
}

function realServerFieldText(realServer: RealServer, field: RealServerField): string {
  switch (field) {
    case 'forwarding':
      return forwardingMethodLabel(realServer.forwarding);
    case 'tunnel':
      return describeTunnel(realServer.tunnel);
    case 'upperThreshold':
    case 'lowerThreshold':
      return realServer[field] === 0 ? 'none' : String(realServer[field]);
    case 'weight':
      return String(realServer.weight);
  }
}
