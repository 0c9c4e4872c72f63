import type { CounterName } from '../../ipvs/counters.ts';
import { formatService, type ServiceIdentity } from '../../ipvs/identity.ts';
import { goNumber } from './go-number.ts';
import type { Measured, MeasuredRealServer, MeasuredService } from './measured.ts';
import { labelBytes, type MetricFamily } from './metric-family.ts';

type Row = MeasuredService | MeasuredRealServer;

/** The families of kwanhur/ipvs-exporter and where their values are (`exporter.go`). */
const families: readonly {
  readonly name: string;
  readonly help: string;
  readonly numberOf: (row: Row) => number | null;
}[] = [
  { name: 'active_connections', help: 'ipvs current active connection', numberOf: connections('active') },
  { name: 'bytes_in', help: 'ipvs ingress bytes', numberOf: counter('inBytes') },
  { name: 'bytes_out', help: 'ipvs egress bytes', numberOf: counter('outBytes') },
  { name: 'connections', help: 'ipvs connections counter', numberOf: counter('connections') },
  {
    name: 'inactive_connections',
    help: 'ipvs current inactive connection',
    numberOf: connections('inactive'),
  },
  { name: 'packets_in', help: 'ipvs ingress packets', numberOf: counter('inPackets') },
  { name: 'packets_out', help: 'ipvs egress packets', numberOf: counter('outPackets') },
  { name: 'rate_cps', help: 'ipvs new connection counter per second', numberOf: rate('connections') },
  { name: 'rate_inbps', help: 'ipvs ingress rate bits per second', numberOf: rate('inBytes') },
  { name: 'rate_inpps', help: 'ipvs ingress rate packets per second', numberOf: rate('inPackets') },
  { name: 'rate_outbps', help: 'ipvs egress rate bits per second', numberOf: rate('outBytes') },
  { name: 'rate_outpps', help: 'ipvs egress rate packets per second', numberOf: rate('outPackets') },
];

/**
 * What kwanhur/ipvs-exporter gives. Its counters do not end in `_total`, so they are gauges here, which scrapers keep
 * in the same way; a firewall mark, for which it has no label, stands where the address does. What it calls rates of
 * bits are rates of bytes, there and so here.
 */
export function* kwanhurFamilies({ services }: Measured): Generator<MetricFamily> {
  const rows = services.flatMap((service) => {
    const { vip, vport, protocol } = serviceLabels(service.service.identity);
    const labelsOf = (rip: string, rport: string) => labelBytes({ protocol, rip, rport, vip, vport });
    return [
      { row: service as Row, labels: labelsOf('', '') },
      ...service.realServers.map((row) => {
        const { address, port } = row.realServer.identity;
        return { row, labels: labelsOf(address, String(port)) };
      }),
    ];
  });
  const labels = rows.map((row) => row.labels);
  for (const { name, help, numberOf } of families) {
    yield {
      name: `ipvs_${name}`,
      help,
      type: 'gauge',
      labels,
      value: (place) => {
        const row = rows[place]?.row;
        return row === undefined ? null : goNumber(numberOf(row));
      },
    };
  }
}

function serviceLabels(identity: ServiceIdentity) {
  return identity.kind === 'fwmark'
    ? { vip: formatService(identity), vport: '0', protocol: 'IP(0)' }
    : { vip: identity.address, vport: String(identity.port), protocol: identity.protocol.toUpperCase() };
}

function connections(state: 'active' | 'inactive') {
  return (row: Row) => ('realServer' in row ? row.connections[state] : null);
}

function counter(name: CounterName) {
  return ({ counters }: Row) => (counters === null ? null : Number(counters[name]));
}

function rate(name: CounterName) {
  return ({ kernelRates }: Row) => kernelRates?.[name] ?? null;
}
