import type { TableEvent } from '../changes/events/event.ts';
import { formatSubject } from '../doctor/finding.ts';
import { visible } from '../ipvs/visible.ts';
import type { Peak, Report, Stretch } from './report.ts';

/** A report as JSON: times in ISO 8601, everything else as `Report` has it. Foreign text is made visible. */
export function reportJson(report: Report, damages: readonly string[]): string {
  const { load, services, shares, findings, changes, drains, others, recorded, ...head } = report;
  const document = {
    version: 1,
    ...head,
    ...iso(report),
    recorded: recorded.map(iso),
    damages,
    load: {
      ...load,
      peaks: Object.fromEntries(Object.entries(load.peaks).map(([name, peak]) => [name, isoPeak(peak)])),
      slots: load.slots.map((slot) => ({ ...slot, ...iso(slot) })),
    },
    services: services.map((service) => ({
      ...service,
      peak: isoPeak(service.peak),
      activePeak: isoPeak(service.activePeak),
    })),
    shares,
    changes: changes.map(isoEvent),
    drains: drains.map(isoEvent),
    others: others.map(isoEvent),
    findings: findings.map(({ finding, first, last, stands }) => ({
      check: finding.check,
      severity: finding.severity,
      subject: formatSubject(finding.subject),
      found: finding.found,
      first: isoTime(first),
      last: isoTime(last),
      stands,
    })),
  };
  return JSON.stringify(document, (_, field) => (typeof field === 'string' ? visible(field) : field), 2);
}

function isoEvent({ time, change, ...event }: TableEvent) {
  return {
    time: isoTime(time),
    ...event,
    change: change === undefined ? null : { id: change.id, steps: change.steps },
  };
}

function isoPeak(peak: Peak | null) {
  return peak && { value: peak.value, time: isoTime(peak.time) };
}

function iso({ from, to }: Stretch) {
  return { from: isoTime(from), to: isoTime(to) };
}

function isoTime(time: number): string {
  return new Date(time).toISOString();
}
