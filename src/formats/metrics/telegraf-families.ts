import { type CounterName, counterNames } from '../../ipvs/counters.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import { fullNetmask } from '../../ipvs/netmask.ts';
import type { PublicService } from '../../ipvs/service.ts';
import { goNumber } from './go-number.ts';
import type { Measured, MeasuredConnections, MeasuredRealServer, MeasuredService } from './measured.ts';
import { labelBytes, type MetricFamily } from './metric-family.ts';

/** What Telegraf calls what IPVS counts. */
const counters: Readonly<Record<CounterName, string>> = {
  connections: 'connections',
  inPackets: 'pkts_in',
  outPackets: 'pkts_out',
  inBytes: 'bytes_in',
  outBytes: 'bytes_out',
};

/** And the averages that it takes from the kernel; those of bytes it leaves out. */
const averages: Readonly<Partial<Record<CounterName, string>>> = {
  connections: 'cps',
  inPackets: 'pps_in',
  outPackets: 'pps_out',
};

/**
 * What Telegraf's input `ipvs` gives through its output `prometheus_client`, without the label `host` that it adds
 * (`plugins/inputs/ipvs/ipvs.go`): a gauge for each field, counters too.
 */
export function* telegrafFamilies({ services: all }: Measured): Generator<MetricFamily> {
  const services = all.map((row) => ({ row, labels: labelBytes(serviceLabels(row.service)) }));
  yield* families('ipvs_virtual_server', services, () => null);
  const realServers = all.flatMap(({ service, realServers: rows }) => {
    const ofService = virtualLabels(service.identity);
    return rows.map((row) => {
      const { address, family, port } = row.realServer.identity;
      const labels = { address, address_family: family, port: String(port), ...ofService };
      return { row, labels: labelBytes(labels) };
    });
  });
  yield* families('ipvs_real_server', realServers, (row) => row.connections);
}

function* families<Row extends MeasuredService | MeasuredRealServer>(
  measurement: string,
  rows: readonly { readonly row: Row; readonly labels: Uint8Array }[],
  connectionsOf: (row: Row) => MeasuredConnections | null,
): Generator<MetricFamily> {
  const labels = rows.map((row) => row.labels);
  for (const state of ['active', 'inactive'] as const) {
    yield family(`${state}_connections`, (row) => connectionsOf(row)?.[state] ?? null);
  }
  for (const name of counterNames) {
    yield family(counters[name], (row) => (row.counters === null ? null : Number(row.counters[name])));
    const average = averages[name];
    if (average !== undefined) yield family(average, (row) => row.kernelRates?.[name] ?? null);
  }

  function family(field: string, numberOf: (row: Row) => number | null): MetricFamily {
    const name = `${measurement}_${field}`;
    const value = (place: number) => {
      const row = rows[place]?.row;
      return row === undefined ? null : goNumber(numberOf(row));
    };
    return { name, help: "As Telegraf's input ipvs", type: 'gauge', labels, value };
  }
}

function serviceLabels({ identity, scheduler, persistence }: PublicService) {
  const { family } = identity;
  // Telegraf counts the bits that are set in the kernel's netmask, which for IPv6 is a prefix length.
  const netmask = bitsIn(persistence?.netmask ?? fullNetmask(family));
  return identity.kind === 'fwmark'
    ? { address_family: family, fwmark: String(identity.fwmark), netmask, sched: scheduler }
    : {
        address: identity.address,
        address_family: family,
        netmask,
        port: String(identity.port),
        protocol: identity.protocol,
        sched: scheduler,
      };
}

function virtualLabels(identity: ServiceIdentity): Readonly<Record<string, string>> {
  return identity.kind === 'fwmark'
    ? { virtual_fwmark: String(identity.fwmark) }
    : {
        virtual_address: identity.address,
        virtual_port: String(identity.port),
        virtual_protocol: identity.protocol,
      };
}

function bitsIn(number: number): string {
  return String([...number.toString(2)].filter((bit) => bit === '1').length);
}
