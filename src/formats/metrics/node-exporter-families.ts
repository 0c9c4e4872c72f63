import type { CounterName } from '../../ipvs/counters.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import { goNumber } from './go-number.ts';
import type { Measured } from './measured.ts';
import { labelBytes, type MetricFamily, noLabels } from './metric-family.ts';

/** What IPVS carried in all, as node_exporter's collector `ipvs` names it. */
const totals: readonly { readonly name: string; readonly help: string; readonly counter: CounterName }[] = [
  { name: 'connections', help: 'The total number of connections made.', counter: 'connections' },
  { name: 'incoming_bytes', help: 'The total amount of incoming data.', counter: 'inBytes' },
  { name: 'incoming_packets', help: 'The total number of incoming packets.', counter: 'inPackets' },
  { name: 'outgoing_bytes', help: 'The total amount of outgoing data.', counter: 'outBytes' },
  { name: 'outgoing_packets', help: 'The total number of outgoing packets.', counter: 'outPackets' },
];

/** What it tells of each real server. */
const backends = [
  { name: 'connections_active', what: 'active connections', value: 'active' },
  { name: 'connections_inactive', what: 'inactive connections', value: 'inactive' },
  { name: 'weight', what: 'backend weight', value: 'weight' },
] as const;

/** Sums over the real servers that have the same labels there. */
interface Backend {
  readonly active: number;
  readonly inactive: number;
  readonly weight: number;
}

interface Summed {
  readonly order: readonly string[];
  readonly labels: Uint8Array;
  readonly backend: Backend;
}

/**
 * The eight families of node_exporter's collector `ipvs`, byte for byte (`collector/ipvs_linux.go`, and `ipvs.go` of
 * Prometheus' procfs). The collector knows no SCTP: it counts an SCTP service's real servers to the service before.
 * That is not done here; they are left out.
 */
export function* nodeExporterFamilies({ services, totals: carried }: Measured): Generator<MetricFamily> {
  const sums = new Map<string, Summed>();
  for (const { service, realServers } of services) {
    const local = localLabels(service.identity);
    if (local === undefined) continue;
    for (const { realServer, connections } of realServers) {
      const { address, port } = realServer.identity;
      const values = { ...local, remote_address: address, remote_port: String(port) };
      const order = Object.values(values);
      const key = order.join(' ');
      const known = sums.get(key);
      const { active, inactive, weight } = known?.backend ?? { active: 0, inactive: 0, weight: 0 };
      sums.set(key, {
        order,
        labels: known?.labels ?? labelBytes(values),
        backend: {
          active: active + connections.active,
          inactive: inactive + connections.inactive,
          weight: weight + realServer.weight,
        },
      });
    }
  }
  const sorted = [...sums.values()].sort((left, right) => compareInOrder(left.order, right.order));
  const labels = sorted.map((row) => row.labels);
  for (const { name, what, value } of backends) {
    yield {
      name: `node_ipvs_backend_${name}`,
      help: `The current ${what} by local and remote address.`,
      type: 'gauge',
      labels,
      value: (place) => goNumber(sorted[place]?.backend[value] ?? null),
    };
  }
  if (carried === null) return;
  for (const { name, help, counter } of totals) {
    const value = goNumber(Number(carried[counter]));
    yield { name: `node_ipvs_${name}`, help, type: 'counter', labels: [noLabels], value: () => value };
  }
}

/** In the order of their names, as the Go library writes labels. */
function localLabels(identity: ServiceIdentity): Readonly<Record<string, string>> | undefined {
  if (identity.kind === 'fwmark') {
    const mark = identity.fwmark.toString(16).toUpperCase().padStart(8, '0');
    return { local_address: '', local_mark: mark, local_port: '0', proto: 'FWM' };
  }
  const { protocol, address, port } = identity;
  if (protocol === 'sctp') return undefined;
  return {
    local_address: address,
    local_mark: '',
    local_port: String(port),
    proto: protocol.toUpperCase(),
  };
}

/** By the first value that differs, as text. */
function compareInOrder(left: readonly string[], right: readonly string[]): number {
  const place = left.findIndex((value, index) => value !== right[index]);
  return place < 0 ? 0 : (left[place] ?? '') < (right[place] ?? '') ? -1 : 1;
}
