import {
  changedRealServerFields,
  changedServiceFields,
  type RealServerField,
  type ServiceField,
} from '../ipvs/changed-fields.ts';
import type { Timeouts } from '../ipvs/director-info.ts';
import { forwardingMethodLabel } from '../ipvs/forwarding-method.ts';
import {
  formatRealServer,
  formatService,
  type RealServerIdentity,
  type ServiceIdentity,
} from '../ipvs/identity.ts';
import { formatNetmask, fullNetmask } from '../ipvs/netmask.ts';
import type { RealServer } from '../ipvs/real-server.ts';
import { schedulerFlagNames } from '../ipvs/scheduler.ts';
import type { Service } from '../ipvs/service.ts';
import type { SyncDaemon } from '../ipvs/sync-daemon.ts';
import { timeoutNames } from '../ipvs/timeouts.ts';
import { defaultTunnel, describeTunnel, sameTunnel } from '../ipvs/tunnel.ts';
import { visible } from '../ipvs/visible.ts';
import type { Step } from './plan.ts';

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

/** What a step does, in one line: `edit real server 10.0.0.21:80 of tcp:203.0.113.10:80: weight 3 → 0`. */
export function describeStep(step: Step): string {
  const what = `${stepOperation(step)}${stepObjectText(step) === '' ? '' : ` ${stepObjectText(step)}`}`;
  switch (step.kind) {
    case 'add service':
      return `${what}: ${describeService(step.after)}`;
    case 'set service':
      return `${what}: ${describeChange(step.before, step.after).join(', ')}`;
    case 'delete service':
      return `${what} with ${count(step.realServers, 'real server')}`;
    case 'add real server':
      return `${what}: ${describeRealServer(step.after)}`;
    case 'set real server':
      return `${what}: ${describeChange(step.before, step.after).join(', ')}`;
    case 'delete real server': {
      const { active, inactive } = step.connections;
      return active + inactive === 0
        ? `${what}, which has no connections`
        : `${what} with its ${active} active and ${inactive} inactive connections`;
    }
    case 'zero':
      return what;
    case 'set time-outs':
      return `${what}: ${describeTimeoutChange(step.before, step.after).join(', ')}`;
    case 'start sync daemon':
      return `${what}: ${describeSyncDaemon(step.after)}`;
    case 'stop sync daemon':
      return `${what}: ${describeSyncDaemon(step.before)}`;
  }
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

/** What steps do together, in one line: the first, and how many more there are. */
export function describeSteps(steps: readonly Step[]): string {
  const [first] = steps;
  return first === undefined ? 'nothing' : andMoreSteps(describeStep(first), steps.length);
}

/** What is told of the first step, and how many of all `steps` are left. */
export function andMoreSteps(first: string, steps: number): string {
  return steps === 1 ? first : `${first}, and ${count(steps - 1, 'step')} more`;
}

/** What a step does to its object, as a verb phrase. */
export function stepOperation(step: Step): string {
  switch (step.kind) {
    case 'set service':
      return 'edit service';
    case 'set real server':
      return 'edit real server';
    case 'zero':
      return step.service === null ? 'zero all counters' : 'zero counters of service';
    default:
      return step.kind;
  }
}

/** The service that a step writes, or whose real server; `null` for all of them, and where it is none. */
export function stepService(step: Step): ServiceIdentity | null {
  switch (step.kind) {
    case 'add service':
    case 'set service':
      return step.after.identity;
    case 'delete service':
      return step.before.identity;
    case 'add real server':
    case 'set real server':
    case 'delete real server':
    case 'zero':
      return step.service;
    default:
      return null;
  }
}

/** The real server that a step writes; `null` where it is none. */
export function stepRealServer(step: Step): RealServerIdentity | null {
  switch (step.kind) {
    case 'add real server':
    case 'set real server':
      return step.after.identity;
    case 'delete real server':
      return step.before.identity;
    default:
      return null;
  }
}

/** The object of a step as the operator writes it; empty when it is all services, or the time-outs. */
export function stepObjectText(step: Step): string {
  if (step.kind === 'start sync daemon') return step.after.state;
  if (step.kind === 'stop sync daemon') return step.before.state;
  const service = stepService(step);
  if (service === null) return '';
  const realServer = stepRealServer(step);
  const text = formatService(service);
  return realServer === null ? text : `${formatRealServer(realServer)} of ${text}`;
}

/** `1 real server`, `3 real servers`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
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
