import type { Counter, CounterName, Counters } from '../ipvs/counters.ts';
import { forwardingMethodLabel } from '../ipvs/forwarding-method.ts';
import { formatRealServer, formatService } from '../ipvs/identity.ts';
import { formatNetmask, fullNetmask } from '../ipvs/netmask.ts';
import { isWholeRealServer } from '../ipvs/real-server.ts';
import { serviceFlagNames } from '../ipvs/scheduler-flags.ts';
import { areResponsesSeen } from '../ipvs/seen-responses.ts';
import { isWholeService } from '../ipvs/service.ts';
import { describeTunnel } from '../ipvs/tunnel.ts';
import { visible } from '../ipvs/visible.ts';
import { type ListedRealServer, type ListedService, type Listing, notReadable } from './listing.ts';

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly service: (listed: ListedService) => string;
  readonly realServer: (listed: ListedRealServer) => string;
}

/** What the director cannot know under TUN and DR: responses do not pass through it. */
const notSeen = 'not seen';

const columns: readonly Column[] = [
  {
    title: 'SERVICE / REAL SERVER',
    align: 'left',
    service: ({ service }) => formatService(service.identity),
    realServer: ({ realServer }) => `  ${formatRealServer(realServer.identity)}`,
  },
  {
    title: 'MODE',
    align: 'left',
    service: ({ realServers }) => {
      const labels = new Set(
        realServers.map(({ realServer }) => forwardingMethodLabel(realServer.forwarding)),
      );
      return labels.size > 1 ? 'mixed' : [...labels].join();
    },
    realServer: ({ realServer }) => forwardingMethodLabel(realServer.forwarding),
  },
  {
    title: 'SCHED',
    align: 'left',
    service: ({ service }) => visible(service.scheduler),
    realServer: () => '',
  },
  {
    title: 'WEIGHT',
    align: 'right',
    service: ({ realServers }) => String(sum(realServers, ({ realServer }) => realServer.weight)),
    realServer: ({ realServer }) => String(realServer.weight),
  },
  {
    title: 'ACTIVE',
    align: 'right',
    service: ({ realServers }) => String(sum(realServers, ({ connections }) => connections.active)),
    realServer: ({ connections }) => String(connections.active),
  },
  {
    title: 'INACT',
    align: 'right',
    service: ({ realServers }) => String(sum(realServers, ({ connections }) => connections.inactive)),
    realServer: ({ connections }) => String(connections.inactive),
  },
  {
    title: 'CONNS',
    align: 'right',
    service: ({ counters }) => counterText(counters, 'connections'),
    realServer: ({ counters }) => counterText(counters, 'connections'),
  },
  {
    title: 'IN BYTES',
    align: 'right',
    service: ({ counters }) => counterText(counters, 'inBytes'),
    realServer: ({ counters }) => counterText(counters, 'inBytes'),
  },
  {
    title: 'OUT BYTES',
    align: 'right',
    service: ({ counters, realServers }) =>
      realServers.some(seesResponses) || realServers.length === 0
        ? counterText(counters, 'outBytes')
        : notSeen,
    realServer: (listed) => (seesResponses(listed) ? counterText(listed.counters, 'outBytes') : notSeen),
  },
  {
    title: 'SETTINGS',
    align: 'left',
    service: ({ service }) => {
      const { persistence, onePacket } = service;
      const whole = isWholeService(service);
      const parts = whole ? serviceFlagNames(service) : onePacket === true ? ['one-packet'] : [];
      if (persistence !== null) {
        parts.push(`persistent ${persistence.timeout}`);
        const { family } = service.identity;
        if (persistence.netmask !== fullNetmask(family)) {
          parts.push(`mask ${formatNetmask(family, persistence.netmask)}`);
        }
      }
      if (whole && service.engine !== null) parts.push(`engine ${visible(service.engine)}`);
      if (!whole) parts.push(notReadable);
      return parts.join(' ');
    },
    realServer: ({ realServer }) => {
      if (!isWholeRealServer(realServer)) return notReadable;
      const { forwarding, tunnel, upperThreshold, lowerThreshold } = realServer;
      const parts: string[] = [];
      if (forwarding === 'tun') parts.push(describeTunnel(tunnel));
      if (upperThreshold > 0) parts.push(`upper ${upperThreshold}`);
      if (lowerThreshold > 0) parts.push(`lower ${lowerThreshold}`);
      return parts.join(' ');
    },
  },
];

/**
 * A listing as a plain-text table for people: counters since the start, and the connections of this moment; `?` is
 * what may not be read.
 */
export function formatTable({ services }: Listing): string {
  const rows = services.flatMap((listed) => [
    columns.map((column) => column.service(listed)),
    ...listed.realServers.map((realServer) => columns.map((column) => column.realServer(realServer))),
  ]);
  const all = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) =>
    all.reduce((widest, row) => Math.max(widest, row[index]?.length ?? 0), 0),
  );
  return all
    .map((row) => row.map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.align)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

const multiples = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/** A counter in at most five characters, by decimal multiples: `9999`, `12.1k`, `210M`. */
export function formatCounter(counter: Counter): string {
  let scaled = Number(counter);
  if (scaled < 10_000) return String(scaled);
  let step = 0;
  while (scaled >= 999.5 && step < multiples.length - 1) {
    scaled /= 1000;
    step++;
  }
  return `${scaled < 99.95 ? scaled.toFixed(1) : Math.round(scaled)}${multiples[step]}`;
}

function counterText(counters: Counters | null, name: CounterName): string {
  return counters === null ? notReadable : formatCounter(counters[name]);
}

function seesResponses({ realServer, counters }: ListedRealServer): boolean {
  return areResponsesSeen(realServer, counters);
}

function sum(listed: readonly ListedRealServer[], value: (realServer: ListedRealServer) => number): number {
  return listed.reduce((total, realServer) => total + value(realServer), 0);
}

function pad(text: string, width: number, align: Column['align'] | undefined): string {
  return align === 'right' ? text.padStart(width) : text.padEnd(width);
}
