import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import { formatNetmask } from '../../ipvs/netmask.ts';
import type { PublicRealServer } from '../../ipvs/real-server.ts';
import { serviceFlagNames } from '../../ipvs/scheduler-flags.ts';
import { areResponsesSeen } from '../../ipvs/seen-responses.ts';
import { isWholeService, type PublicService } from '../../ipvs/service.ts';
import type { MeasuredRealServer, MeasuredService } from './measured.ts';
import { labelBytes } from './metric-family.ts';

/** Rows of a kind with their labels; what is at one place of the lists belongs together. */
export interface Labelled<Row> {
  readonly rows: readonly Row[];
  readonly labels: readonly Uint8Array[];
  /** Labels that have each row's settings, too. */
  readonly infos: readonly Uint8Array[];
  /** Whether the director sees what is answered. */
  readonly isSeen: readonly boolean[];
}

interface Texts {
  readonly service: string;
  readonly labels: Uint8Array;
  readonly info: Uint8Array;
}

// By settings, which stay the same objects as long as nobody changes them; a reading then has only new numbers.
const textsOfServices = new WeakMap<PublicService, Texts>();
const textsOfRealServers = new WeakMap<PublicRealServer, Texts>();

/** Services with their labels. */
export function labelledServices(services: readonly MeasuredService[]): Labelled<MeasuredService> {
  const texts = services.map(({ service }) => serviceTexts(service));
  return {
    rows: services,
    labels: texts.map(({ labels }) => labels),
    infos: texts.map(({ info }) => info),
    isSeen: services.map(isServiceSeen),
  };
}

/** All real servers of services, with their labels. */
export function labelledRealServers(services: readonly MeasuredService[]): Labelled<MeasuredRealServer> {
  const rows: MeasuredRealServer[] = [];
  const labels: Uint8Array[] = [];
  const infos: Uint8Array[] = [];
  const isSeen: boolean[] = [];
  for (const { service, realServers } of services) {
    const name = serviceTexts(service).service;
    for (const row of realServers) {
      const texts = realServerTexts(name, row.realServer);
      rows.push(row);
      labels.push(texts.labels);
      infos.push(texts.info);
      isSeen.push(isRealServerSeen(row));
    }
  }
  return { rows, labels, infos, isSeen };
}

/** The labels of one real server. */
export function realServerLabels(service: PublicService, realServer: PublicRealServer): Uint8Array {
  return realServerTexts(serviceTexts(service).service, realServer).labels;
}

/** Whether the director sees answers of a service: those of one of its real servers at least, or it has none. */
export function isServiceSeen({ realServers }: MeasuredService): boolean {
  return realServers.length === 0 || realServers.some(isRealServerSeen);
}

function isRealServerSeen({ realServer, counters }: MeasuredRealServer): boolean {
  return areResponsesSeen(realServer, counters);
}

function serviceTexts(service: PublicService): Texts {
  const known = textsOfServices.get(service);
  if (known !== undefined) return known;
  const { identity, scheduler, persistence } = service;
  const name = formatService(identity);
  const texts = {
    service: name,
    labels: labelBytes({ service: name }),
    info: labelBytes({
      service: name,
      scheduler,
      flags: isWholeService(service) ? serviceFlagNames(service).join(' ') : '',
      persistence: persistence === null ? '' : String(persistence.timeout),
      netmask: persistence === null ? '' : formatNetmask(identity.family, persistence.netmask),
    }),
  };
  textsOfServices.set(service, texts);
  return texts;
}

function realServerTexts(service: string, realServer: PublicRealServer): Texts {
  const known = textsOfRealServers.get(realServer);
  if (known?.service === service) return known;
  const names = { service, real_server: formatRealServer(realServer.identity) };
  const texts = {
    service,
    labels: labelBytes(names),
    info: labelBytes({ ...names, forwarding: realServer.forwarding }),
  };
  textsOfRealServers.set(realServer, texts);
  return texts;
}
