import * as v from 'valibot';
import { type EventKind, eventKinds, type TableEvent } from '../changes/events/event.ts';
import type { JournalledChange } from '../changes/journal/journalled-change.ts';
import {
  forwarding,
  origin,
  realServer,
  realServerIdentity,
  recordedEdit,
  service,
  serviceIdentity,
  step,
} from '../changes/journal/record-schema.ts';
import type { Finding } from '../doctor/finding.ts';
import type { HostView, InterfaceView } from '../host/host-view.ts';
import type { Rates } from '../ipvs/counters.ts';
import type { DirectorInfo } from '../ipvs/director-info.ts';
import { IpvsError } from '../ipvs/error.ts';
import { type ErrorCode, errorCodes } from '../ipvs/error-codes.ts';
import { formatService, keysIn, parseRealServer, parseService, type RowKey } from '../ipvs/identity.ts';
import type { PublicRealServer } from '../ipvs/real-server.ts';
import type { PublicService } from '../ipvs/service.ts';
import { visible } from '../ipvs/visible.ts';
import type { DirectorState } from '../sampling/view.ts';
import { Damage } from './damage.ts';
import type { RecordedService } from './recorded-table.ts';

/** Whose recording it is, and of what. */
export interface RecordingOrigin {
  /** Version of the format. */
  readonly version: 1;
  /** The lvstop that recorded. */
  readonly program: string;
  /** Host name of the machine that forwards. */
  readonly hostName: string;
  /** Release of its kernel. */
  readonly kernel: string;
  readonly source: 'kernel' | 'simulated';
  readonly access: 'full' | 'public';
  /** Seconds between samples. */
  readonly interval: number;
}

/** What a sample tells beside its rows. */
export interface SampleHead {
  readonly info: DirectorInfo | null;
  readonly state: DirectorState;
  /** Milliseconds that the reading took. */
  readonly readingTime: number;
  /** What all services together carry, where single ones do not tell; `null` elsewhere. */
  readonly totalRates: Rates | null;
  /** The director as a machine; `null` where it was not looked at. */
  readonly host: HostView | null;
}

/** What the doctor found; it stands from that time on until there are other findings. */
export interface RecordedFindings {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly findings: readonly Finding[];
  /** One clause for each thing that could not be looked at. */
  readonly unseen: readonly string[];
}

/** A text that a snapshot has beside what was recorded. */
export interface RecordedDocument {
  readonly name: string;
  /** Lines from wherever: to be made visible where they are shown. */
  readonly text: string;
}

/** Text of a file that may come from anywhere, made safe to show. */
const text = v.pipe(v.string(), v.maxLength(65_536), v.transform(visible));
const number = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.integer());

const rates: v.GenericSchema<unknown, Rates> = v.strictObject({
  connections: number,
  inPackets: number,
  outPackets: number,
  inBytes: number,
  outBytes: number,
});

const recordingOrigin: v.GenericSchema<unknown, RecordingOrigin> = v.object({
  version: v.literal(1),
  program: text,
  hostName: text,
  kernel: text,
  source: v.picklist(['kernel', 'simulated']),
  access: v.picklist(['full', 'public']),
  interval: number,
});

const publicService: v.GenericSchema<unknown, PublicService> = v.strictObject({
  identity: serviceIdentity,
  scheduler: text,
  onePacket: v.nullable(v.boolean()),
  persistence: v.nullable(v.strictObject({ timeout: whole, netmask: whole })),
});

const publicRealServer: v.GenericSchema<unknown, PublicRealServer> = v.strictObject({
  identity: realServerIdentity,
  forwarding,
  weight: whole,
});

const core = { busy: number, softirq: number };

const interfaceView: v.GenericSchema<unknown, InterfaceView> = v.strictObject({
  name: text,
  inBytesPerSecond: number,
  outBytesPerSecond: number,
  inPacketsPerSecond: number,
  outPacketsPerSecond: number,
  inDropsPerSecond: number,
  outDropsPerSecond: number,
  inErrorsPerSecond: number,
  outErrorsPerSecond: number,
});

const errorCode = v.custom<ErrorCode>(
  (value) => typeof value === 'string' && Object.hasOwn(errorCodes, value),
);

const state: v.GenericSchema<unknown, DirectorState> = v.variant('kind', [
  v.strictObject({ kind: v.literal('live') }),
  v.strictObject({ kind: v.literal('frozen-counters') }),
  v.strictObject({
    kind: v.literal('lost'),
    since: number,
    error: v.pipe(
      v.object({
        code: errorCode,
        operation: text,
        object: text,
        reason: text,
        advice: text,
        errno: v.exactOptional(text),
      }),
      v.transform((detail) => new IpvsError(detail)),
    ),
  }),
]);

const host: v.GenericSchema<unknown, HostView> = v.strictObject({
  cpu: v.nullable(
    v.strictObject({
      ...core,
      steal: number,
      cores: whole,
      hottestCore: v.nullable(v.strictObject({ ...core, index: whole })),
      history: v.array(number),
    }),
  ),
  memory: v.nullable(v.strictObject({ total: number, used: number })),
  interfaces: v.nullable(v.array(interfaceView)),
  busiest: v.nullable(interfaceView),
});

const sampleHead: v.GenericSchema<unknown, SampleHead> = v.object({
  info: v.nullable(v.strictObject({ version: text, connectionTableSize: whole })),
  state,
  readingTime: number,
  totalRates: v.nullable(rates),
  host: v.nullable(host),
});

const serviceLine = v.object({
  service: v.union([service, publicService]),
  realServers: v.array(v.union([realServer, publicRealServer])),
});

const rowKey = v.custom<RowKey>(isRowKey);

const change: v.GenericSchema<unknown, JournalledChange> = v.strictObject({
  id: text,
  time: number,
  origin,
  undoes: v.nullable(text),
  file: v.nullable(recordedEdit),
  steps: v.array(step),
  state: v.picklist(['done', 'partly done', 'failed', 'interrupted', 'under way', 'unfinished']),
  done: whole,
  seen: whole,
  skipped: v.array(whole),
  reason: v.nullable(text),
  deviations: v.array(text),
  undoneBy: v.nullable(text),
  isOfThisTable: v.boolean(),
  confirmation: v.optional(
    v.nullable(v.strictObject({ by: number, verdict: v.nullable(v.picklist(['confirmed', 'lapsed'])) })),
    null,
  ),
});

const event: v.GenericSchema<unknown, TableEvent> = v.strictObject({
  kind: v.custom<EventKind>((value) => typeof value === 'string' && Object.hasOwn(eventKinds, value)),
  time: number,
  about: v.nullable(rowKey),
  text,
  by: v.nullable(v.union([v.literal('own'), origin])),
  change: v.exactOptional(change),
});

const finding: v.GenericSchema<unknown, Finding> = v.strictObject({
  severity: v.picklist(['error', 'warning', 'hint']),
  lookedAt: text,
  found: text,
  matters: text,
  mend: v.array(
    v.strictObject({
      on: text,
      kind: v.picklist(['command', 'advice']),
      text,
      price: v.exactOptional(text),
    }),
  ),
  check: text,
  subject: v.variant('kind', [
    v.strictObject({ kind: v.literal('director') }),
    v.strictObject({ kind: v.literal('service'), service: serviceIdentity }),
    v.strictObject({
      kind: v.literal('real server'),
      service: serviceIdentity,
      realServer: realServerIdentity,
    }),
  ]),
});

const findings: v.GenericSchema<unknown, RecordedFindings> = v.strictObject({
  time: number,
  findings: v.array(finding),
  unseen: v.array(text),
});

const document: v.GenericSchema<unknown, RecordedDocument> = v.strictObject({
  name: text,
  text: v.pipe(v.string(), v.maxLength(16 * 2 ** 20)),
});

/** Reads the beginning of a shard. Throws a `Damage`. */
export function readOrigin(json: string): RecordingOrigin {
  return read(recordingOrigin, json, 'its beginning');
}

/** Reads what a sample tells beside its rows. Throws a `Damage`. */
export function readSampleHead(json: string): SampleHead {
  return read(sampleHead, json, 'a sample');
}

/** Reads the settings of a service and its real servers. Throws a `Damage`. */
export function readServiceLine(json: string): RecordedService {
  const found = read(serviceLine, json, 'a service of its table');
  return { key: formatService(found.service.identity), ...found };
}

/** Reads an event. Throws a `Damage`. */
export function readEvent(json: string): TableEvent {
  return read(event, json, 'an event');
}

/** Reads what the doctor found. Throws a `Damage`. */
export function readFindings(json: string): RecordedFindings {
  return read(findings, json, 'what the doctor found');
}

/** Reads a document. Throws a `Damage`. */
export function readDocument(json: string): RecordedDocument {
  return read(document, json, 'a document');
}

/** A head as it is written. Fractions keep six digits: those of a machine are shown with three. */
export function writtenHead({ state, host, ...head }: SampleHead): string {
  return JSON.stringify({ ...head, state: writtenState(state), host }, (_, value) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
  );
}

function writtenState(state: DirectorState) {
  if (state.kind !== 'lost') return state;
  const { code, operation, object, reason, advice, errno } = state.error;
  return { ...state, error: { code, operation, object, reason, advice, errno } };
}

function read<Thing>(schema: v.GenericSchema<unknown, Thing>, json: string, what: string): Thing {
  const result = v.safeParse(schema, parsedJson(json));
  if (!result.success) throw new Damage(`${what} is not what this version of lvstop writes`);
  return result.output;
}

/** The value of a text as JSON; `undefined` where it is no JSON. */
export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Whether it reads as a key of a row. */
function isRowKey(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 256) return false;
  try {
    const { service, realServer } = keysIn(value as RowKey);
    parseService(service);
    if (realServer !== undefined) parseRealServer(realServer);
    return true;
  } catch {
    return false;
  }
}
