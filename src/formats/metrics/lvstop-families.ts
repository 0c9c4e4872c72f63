import type { Counter, CounterName } from '../../ipvs/counters.ts';
import { isWholeRealServer } from '../../ipvs/real-server.ts';
import { columnsOf } from './column.ts';
import {
  isServiceSeen,
  type Labelled,
  labelledRealServers,
  labelledServices,
  realServerLabels,
} from './labelled-rows.ts';
import type { Measured, MeasuredRealServer, MeasuredService, ProbedRealServer } from './measured.ts';
import { labelBytes, type MetricFamily, noLabels } from './metric-family.ts';

/** What is counted, and whether only a director that sees responses can tell it. */
const counted: readonly {
  readonly counter: CounterName;
  readonly name: string;
  readonly help: string;
  readonly isOutgoing: boolean;
}[] = [
  { counter: 'connections', name: 'connections', help: 'Connections that were scheduled', isOutgoing: false },
  { counter: 'inPackets', name: 'in_packets', help: 'Packets from clients', isOutgoing: false },
  {
    counter: 'outPackets',
    name: 'out_packets',
    help: 'Packets to clients, where the director sees them',
    isOutgoing: true,
  },
  { counter: 'inBytes', name: 'in_bytes', help: 'Bytes from clients', isOutgoing: false },
  {
    counter: 'outBytes',
    name: 'out_bytes',
    help: 'Bytes to clients, where the director sees them',
    isOutgoing: true,
  },
];

/** A gauge of the rows of a kind. A row whose value is not known has no series: never 0, which would be a claim. */
interface Gauge<Row> {
  readonly name: string;
  readonly help: string;
  readonly value: (row: Row) => number | null;
}

/** Of services and of real servers alike. */
const connectionGauges: readonly Gauge<Pick<MeasuredService | MeasuredRealServer, 'connections'>>[] = [
  {
    name: 'active_connections',
    help: 'Connections that carry something',
    value: (row) => row.connections.active,
  },
  {
    name: 'inactive_connections',
    help: 'Connections that are ending or one-way',
    value: (row) => row.connections.inactive,
  },
];

const serviceGauges: readonly Gauge<MeasuredService>[] = [
  ...connectionGauges,
  {
    name: 'persistent_connections',
    help: 'Clients that are bound to a real server',
    value: (row) => row.connections.persistent,
  },
  { name: 'real_servers', help: 'Real servers in the table', value: ({ realServers }) => realServers.length },
  {
    name: 'real_servers_with_weight',
    help: 'Real servers that take new connections',
    value: ({ realServers }) => realServers.filter(({ realServer }) => realServer.weight > 0).length,
  },
  {
    name: 'weight',
    help: 'Weights of all its real servers together',
    value: ({ realServers }) => realServers.reduce((sum, { realServer }) => sum + realServer.weight, 0),
  },
];

const realServerGauges: readonly Gauge<MeasuredRealServer>[] = [
  ...connectionGauges,
  {
    name: 'persistent_connections',
    help: 'Clients that are bound to it',
    value: (row) => row.connections.persistent,
  },
  { name: 'weight', help: 'Its weight; 0 takes no new connections', value: (row) => row.realServer.weight },
  {
    name: 'share_ratio',
    help: "Its part of its service's new connections in the last minute, 0 to 1",
    value: (row) => row.share,
  },
  {
    name: 'due_ratio',
    help: 'The part that weights and scheduler would give it, 0 to 1',
    value: (row) => row.due,
  },
  {
    name: 'over_threshold',
    help: '1 while the kernel passes it over since it is at its upper threshold',
    value: (row) => (isWholeRealServer(row.realServer) ? Number(row.overloaded) : null),
  },
];

/** The families of lvstop's own. */
export function* lvstopFamilies(measured: Measured): Generator<MetricFamily> {
  yield* directorFamilies(measured);
  const { director, services } = measured;
  if (director.state === 'lost') return;
  const rows = labelledServices(services);
  yield* rowFamilies('service', serviceGauges, rows);
  yield infos('service', 'What is set of a service', rows.infos);
  const realServers = labelledRealServers(services);
  yield* rowFamilies('real_server', realServerGauges, realServers);
  yield* probeFamilies(measured.probing);
  yield infos('real_server', 'How packets reach a real server', realServers.infos);
}

function* directorFamilies(measured: Measured): Generator<MetricFamily> {
  const { director, services, configurationHash, owners, vrrp, changes, findings, version } = measured;
  yield info('build', 'This exporter', [{ version }]);
  yield info('director', 'The director that was read', [
    {
      host: director.hostName,
      ipvs: director.info?.version ?? '',
      source: director.source,
      access: director.access,
    },
  ]);
  yield gauge('up', '1 while IPVS can be read', Number(director.state !== 'lost'));
  // What was read before IPVS was lost says nothing of the present.
  if (director.state === 'lost') return;
  yield gauge(
    'counters_frozen',
    '1 while net.ipv4.vs.run_estimation=0 keeps counters from moving',
    Number(director.state === 'frozen-counters'),
  );
  yield gauge('reading_timestamp_seconds', 'When the table was read', measured.time / 1000);
  yield gauge('reading_duration_seconds', 'How long that took', measured.readingTime / 1000);
  yield gauge('services', 'Services in the table', services.length);
  yield gauge(
    'real_servers',
    'Real servers in the table',
    services.reduce((sum, { realServers }) => sum + realServers.length, 0),
  );
  yield* loadFamilies(measured);
  if (director.info !== null)
    yield gauge(
      'connection_table_buckets',
      'Buckets of the connection table; many connections in each make every packet dearer',
      director.info.connectionTableSize,
    );
  if (configurationHash !== null)
    yield gauge(
      'configuration_hash',
      'What is set in the table as one number: the same on directors that are set alike',
      configurationHash,
    );
  if (owners !== null)
    yield info(
      'owner',
      'A program that keeps the table',
      owners.map((owner) => ({ owner })),
    );
  if (vrrp !== null)
    yield info(
      'vrrp',
      'What this machine is of a VRRP instance of keepalived, by the addresses that it holds',
      vrrp.map(({ name, state }) => ({ vrrp: name, state })),
    );
  if (changes !== null) {
    yield {
      name: 'lvstop_changes',
      help: 'Changes to the table, by whomever, that two readings of this exporter differed in',
      type: 'counter',
      labels: changes.map(({ kind }) => labelBytes({ kind })),
      value: (place) => changes[place]?.count ?? null,
    };
  }
  if (findings === null) return;
  yield gauge('findings_timestamp_seconds', 'When the doctor looked', findings.time / 1000);
  yield {
    name: 'lvstop_findings',
    help: 'What the doctor found, by check',
    type: 'gauge',
    labels: findings.counts.map(({ check, severity }) => labelBytes({ check, severity })),
    value: (place) => findings.counts[place]?.count ?? null,
  };
}

/** What the director carries in all, so that whoever watches many directors need not sum all their services. */
function* loadFamilies({ totals, services }: Measured): Generator<MetricFamily> {
  const all = (name: 'active' | 'inactive') =>
    services.reduce((sum, { connections }) => sum + connections[name], 0);
  yield gauge(
    'director_active_connections',
    'Connections that carry something, of all services',
    all('active'),
  );
  yield gauge(
    'director_inactive_connections',
    'Connections that are ending or one-way, of all services',
    all('inactive'),
  );
  if (totals === null) return;
  const isAnySeen = services.some(isServiceSeen);
  for (const { counter, name, help, isOutgoing } of counted) {
    if (isOutgoing && !isAnySeen) continue;
    yield {
      name: `lvstop_director_${name}`,
      help: `${help}, of all services, gone ones included`,
      type: 'counter',
      labels: [noLabels],
      value: () => totals[counter],
    };
  }
}

/** What real servers answered; those that were not asked, or of which an answer tells nothing, have no series. */
function* probeFamilies(probing: Measured['probing']): Generator<MetricFamily> {
  if (probing === null) return;
  yield gauge(
    'probe_up',
    '1 while real servers can be probed, 0 while they cannot, mostly for lack of CAP_NET_RAW',
    Number(probing.works),
  );
  const { answers } = probing;
  const labels = answers.map(({ service, realServer }) => realServerLabels(service, realServer));
  const of = (
    name: string,
    help: string,
    value: (answer: ProbedRealServer) => number | null,
  ): MetricFamily => ({
    name: `lvstop_probe_${name}`,
    help,
    type: 'gauge',
    labels,
    value: (place) => {
      const answer = answers[place];
      return answer === undefined ? null : value(answer);
    },
  });
  yield of(
    'answer',
    '1 where it answered for what clients call when it was probed, 0 where it did not',
    (answer) => Number(answer.isAnswered),
  );
  yield of('round_trip_seconds', 'How long its answer took', ({ milliseconds }) =>
    milliseconds === null ? null : milliseconds / 1000,
  );
  yield of('timestamp_seconds', 'When it was probed', ({ time }) => time / 1000);
}

/** What is counted of rows, and gauges of them. */
function* rowFamilies<Row extends { readonly counters: Readonly<Record<CounterName, Counter>> | null }>(
  kind: string,
  gauges: readonly Gauge<Row>[],
  { rows, labels, isSeen }: Labelled<Row>,
): Generator<MetricFamily> {
  const columns = columnsOf(rows, [
    ...counted.map(
      ({ counter, isOutgoing }) =>
        (row: Row, place: number) =>
          isOutgoing && isSeen[place] !== true ? null : (row.counters?.[counter] ?? null),
    ),
    ...gauges.map(({ value }) => value),
  ]);
  const families = [
    ...counted.map(({ name, help }) => ({ name, help, type: 'counter' as const })),
    ...gauges.map(({ name, help }) => ({ name, help, type: 'gauge' as const })),
  ];
  for (const [order, { name, help, type }] of families.entries())
    yield {
      name: `lvstop_${kind}_${name}`,
      help,
      type,
      labels,
      value: (place) => columns[order]?.at(place) ?? null,
    };
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name: `lvstop_${name}`, help, type: 'gauge', labels: [noLabels], value: () => value };
}

/** A family whose value is always 1, and whose labels are what it tells. */
function info(kind: string, help: string, labels: readonly Readonly<Record<string, string>>[]): MetricFamily {
  return infos(kind, help, labels.map(labelBytes));
}

/** The same with labels that are bytes already. */
function infos(kind: string, help: string, labels: readonly Uint8Array[]): MetricFamily {
  return { name: `lvstop_${kind}_info`, help, type: 'gauge', labels, value: () => 1 };
}
