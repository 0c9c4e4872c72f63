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
  if (service.schedulerFlags !== 0) parts.push(`flags ${serviceFields.schedulerFlags.text(service)}`);
  if (service.persistence !== null) parts.push(`persistent ${serviceFields.persistence.text(service)}`);
  if (service.engine !== null) parts.push(`engine ${serviceFields.engine.text(service)}`);
  if (service.onePacket) parts.push('one-packet');
  return parts.join(', ');
}

/** All settings of a real server in words: `NAT, weight 3, upper threshold 100, lower threshold 50`. */
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

/** The fields of a service that differ, in words, in a fixed order: `scheduler rr → wlc`. Empty when none does. */
export function describeServiceChange(before: Service, after: Service): string[] {
  return changedServiceFields(before, after).map((field) => changeText(serviceFields[field], before, after));
}

/** What differs between two versions of a real server, a clause for each field: `weight 3 → 0`. */
export function describeRealServerChange(before: RealServer, after: RealServer): string[] {
  return changedRealServerFields(before, after).map((field) =>
    changeText(realServerFields[field], before, after),
  );
}

/** `TCP 900 s, TCP after FIN 120 s, UDP 300 s`. */
export function describeTimeouts(timeouts: Timeouts): string {
  return timeoutNames.map(({ field, name }) => `${name} ${timeouts[field]} s`).join(', ');
}

/** The time-outs that differ, in words: `TCP 900 s → 600 s`. */
export function describeTimeoutChange(before: Timeouts, after: Timeouts): string[] {
  return timeoutNames
    .filter(({ field }) => before[field] !== after[field])
    .map(({ field, name }) =>
      changeText({ name, text: (timeouts) => `${timeouts[field]} s` }, before, after),
    );
}

/**
 * The settings of a sync daemon in words: `on eth0, id 1, group 224.0.0.81, port 8848`; those left to the kernel are
 * left out.
 */
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

/** The name of a setting, and its value in words. */
interface FieldWords<Of> {
  readonly name: string;
  text(of: Of): string;
}

const serviceFields: Readonly<Record<ServiceField, FieldWords<Service>>> = {
  scheduler: { name: 'scheduler', text: ({ scheduler }) => visible(scheduler) },
  schedulerFlags: {
    name: 'flags',
    text: ({ scheduler, schedulerFlags }) =>
      schedulerFlagNames(scheduler, schedulerFlags).join(',') || 'none',
  },
  onePacket: { name: 'one-packet', text: ({ onePacket }) => (onePacket ? 'on' : 'off') },
  persistence: { name: 'persistence', text: persistenceText },
  engine: { name: 'engine', text: ({ engine }) => (engine === null ? 'none' : visible(engine)) },
};

const realServerFields: Readonly<Record<RealServerField, FieldWords<RealServer>>> = {
  forwarding: { name: 'forwarding', text: ({ forwarding }) => forwardingMethodLabel(forwarding) },
  weight: { name: 'weight', text: ({ weight }) => String(weight) },
  upperThreshold: { name: 'upper threshold', text: ({ upperThreshold }) => String(upperThreshold || 'none') },
  lowerThreshold: { name: 'lower threshold', text: ({ lowerThreshold }) => String(lowerThreshold || 'none') },
  tunnel: { name: 'tunnel', text: ({ tunnel }) => describeTunnel(tunnel) },
};

function changeText<Of>({ name, text }: FieldWords<Of>, before: Of, after: Of): string {
  return `${name} ${text(before)} → ${text(after)}`;
}

function persistenceText({ persistence, identity: { family } }: Service): string {
  if (persistence === null) return 'none';
  const { timeout, netmask } = persistence;
  return netmask === fullNetmask(family)
    ? `${timeout} s`
    : `${timeout} s by ${family === 'inet6' ? '/' : ''}${formatNetmask(family, netmask)}`;
}
