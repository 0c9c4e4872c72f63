import * as v from 'valibot';
import { parseAddress } from '../../ipvs/address.ts';
import type { Timeouts } from '../../ipvs/director-info.ts';
import type { ForwardingMethod } from '../../ipvs/forwarding-method.ts';
import type { RealServerIdentity, ServiceIdentity } from '../../ipvs/identity.ts';
import type { Protocol } from '../../ipvs/protocol.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import { type SyncDaemon, syncDaemonStates } from '../../ipvs/sync-daemon.ts';
import { type TunnelType, tunnelChecksums } from '../../ipvs/tunnel.ts';
import type { Work } from '../../system/turns.ts';
import type { Step } from '../plan.ts';
import type { Origin } from './origin.ts';
import { mostStepBytes, unpackPart } from './packed-steps.ts';
import type { IntentRecord, JournalRecord } from './record.ts';

const text = v.pipe(v.string(), v.maxLength(65_536));
const word = v.pipe(v.string(), v.maxLength(256));
const whole = (greatest: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(greatest));
const unsigned = whole(0xffffffff);
const port = whole(0xffff);
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/));
const time = v.pipe(v.string(), v.isoTimestamp());
const family = v.picklist(['inet', 'inet6']);
const protocol = v.custom<Protocol>((value) => /^(tcp|udp|sctp|protocol-\d{1,3})$/.test(String(value)));
const forwarding = v.custom<ForwardingMethod>((value) =>
  /^(nat|tun|dr|local|bypass|method-\d{1,10})$/.test(String(value)),
);
const tunnelType = v.custom<TunnelType>((value) => /^(ipip|gue|gre|type-\d{1,3})$/.test(String(value)));

/** Canonical text of the family, or what is written to the kernel would not be what was read from it. */
function isAddress({ family, address }: { readonly family: string; readonly address: string }): boolean {
  const parsed = parseAddress(address);
  return parsed?.family === family && parsed.text === address;
}

const serviceIdentity: v.GenericSchema<unknown, ServiceIdentity> = v.variant('kind', [
  v.pipe(
    v.strictObject({ kind: v.literal('address'), family, protocol, address: word, port }),
    v.check((endpoint) => isAddress(endpoint)),
  ),
  v.strictObject({ kind: v.literal('fwmark'), family, fwmark: unsigned }),
]);

const realServerIdentity: v.GenericSchema<unknown, RealServerIdentity> = v.pipe(
  v.strictObject({ family, address: word, port }),
  v.check((endpoint) => isAddress(endpoint)),
);

const service: v.GenericSchema<unknown, Service> = v.strictObject({
  identity: serviceIdentity,
  scheduler: word,
  schedulerFlags: unsigned,
  onePacket: v.boolean(),
  persistence: v.nullable(v.strictObject({ timeout: unsigned, netmask: unsigned })),
  engine: v.nullable(word),
});

const realServer: v.GenericSchema<unknown, RealServer> = v.strictObject({
  identity: realServerIdentity,
  forwarding,
  weight: v.pipe(v.number(), v.integer()),
  upperThreshold: unsigned,
  lowerThreshold: unsigned,
  tunnel: v.strictObject({ type: tunnelType, port, checksum: v.picklist(tunnelChecksums) }),
});

const timeouts: v.GenericSchema<unknown, Timeouts> = v.strictObject({
  tcp: unsigned,
  tcpFin: unsigned,
  udp: unsigned,
});

const syncDaemon: v.GenericSchema<unknown, SyncDaemon> = v.strictObject({
  state: v.picklist(syncDaemonStates),
  interface: word,
  syncId: unsigned,
  maxLength: unsigned,
  group: v.nullable(
    v.pipe(
      word,
      v.check((text) => parseAddress(text)?.text === text),
    ),
  ),
  port,
  ttl: unsigned,
});

const step: v.GenericSchema<unknown, Step> = v.variant('kind', [
  v.strictObject({ kind: v.literal('add service'), after: service }),
  v.strictObject({ kind: v.literal('set service'), before: service, after: service }),
  v.strictObject({ kind: v.literal('delete service'), before: service, realServers: v.array(realServer) }),
  v.strictObject({ kind: v.literal('add real server'), service: serviceIdentity, after: realServer }),
  v.strictObject({
    kind: v.literal('set real server'),
    service: serviceIdentity,
    before: realServer,
    after: realServer,
  }),
  v.strictObject({
    kind: v.literal('delete real server'),
    service: serviceIdentity,
    before: realServer,
    connections: v.strictObject({ active: unsigned, inactive: unsigned }),
  }),
  v.strictObject({ kind: v.literal('zero'), service: v.nullable(serviceIdentity) }),
  v.strictObject({ kind: v.literal('set time-outs'), before: timeouts, after: timeouts }),
  v.strictObject({ kind: v.literal('start sync daemon'), after: syncDaemon }),
  v.strictObject({ kind: v.literal('stop sync daemon'), before: syncDaemon }),
]);

const stepList = v.array(step);

const origin: v.GenericSchema<unknown, Origin> = v.strictObject({
  user: word,
  behind: v.nullable(word),
  from: v.nullable(word),
  by: v.picklist(['screen', 'command']),
});

const intentFields = {
  kind: v.literal('intent'),
  id,
  time,
  origin,
  table: word,
  process: word,
  undoes: v.nullable(id),
};

const record: v.GenericSchema<unknown, JournalRecord> = v.variant('kind', [
  v.strictObject({ ...intentFields, steps: stepList }),
  v.strictObject({ kind: v.literal('progress'), id, done: unsigned }),
  v.strictObject({
    kind: v.literal('end'),
    id,
    time,
    state: v.picklist(['done', 'partly done', 'failed', 'interrupted']),
    done: unsigned,
    skipped: v.exactOptional(v.array(unsigned)),
    reason: v.nullable(text),
    deviations: v.array(text),
  }),
]);

/** An intent of which the steps are packed and read by themselves. */
const packedIntent = v.strictObject({
  ...intentFields,
  stepBytes: whole(mostStepBytes),
  packedSteps: v.array(v.string()),
});

/** Bytes of a long record that are read at once. */
const bytesPerPart = 32 * 1024;
/** How a record's steps, its last field, begin, and what stands between two of them. In a text quotes are escaped. */
const stepsBeginning = ',"steps":[';
const packedBeginning = ',"packedSteps":[';
const betweenSteps = '},{"kind":"';
const ending = ']}';
const quoteByte = 0x22;
/** Bytes in which all fields before the steps end: each text of them is bounded. */
const longestFields = 16 * 1024;

/** How every record begins, by the order in which its fields are written. */
const recordBeginning = /^\{"kind":"(intent|progress|end)","id":"([0-9a-f]{8})"/;

/** What a record is, and of which change, told from how its text begins; `undefined` when it is none of ours. */
export function recordHead(
  beginning: string,
): { readonly kind: JournalRecord['kind']; readonly id: string } | undefined {
  const [, kind, id] = recordBeginning.exec(beginning) ?? [];
  if (id === undefined) return undefined;
  return kind === 'intent' || kind === 'progress' || kind === 'end' ? { kind, id } : undefined;
}

/** Bytes that a record is read from, unpacked; what is stated for packed ones is not more than may be. */
export function unpackedBytes(text: Buffer): number {
  const fields = text.toString('latin1', 0, longestFields);
  const stated = /,"stepBytes":(\d{1,9}),"packedSteps":\[/.exec(fields)?.[1];
  return stated === undefined ? text.length : Math.min(Number(stated), mostStepBytes);
}

/**
 * Reads a record; `undefined` for what is none, or none that this version knows. The steps of a long one are read
 * part by part: ten thousand are megabytes.
 */
export function* readRecord(text: Buffer): Work<JournalRecord | undefined> {
  const packedAt = text.subarray(0, longestFields).indexOf(packedBeginning, 0, 'latin1');
  if (packedAt >= 0) return yield* readPackedRecord(text, packedAt + packedBeginning.length);
  return (text.length > bytesPerPart ? yield* readLongRecord(text) : undefined) ?? readAtOnce(text);
}

/** An intent without its steps, which can be long; `undefined` for what is none. */
export function readIntentHead(text: Buffer): IntentRecord | undefined {
  const fields = text.toString('latin1', 0, longestFields);
  const end = Math.max(fields.indexOf(stepsBeginning), fields.indexOf(',"stepBytes":'));
  const read = end < 0 ? undefined : parsed(record, `${fields.slice(0, end)}${stepsBeginning}${ending}`);
  return read?.kind === 'intent' ? read : undefined;
}

/** `undefined` too where a part is none by itself: the text is in another order than it is written in. */
function* readLongRecord(text: Buffer): Work<JournalRecord | undefined> {
  const begin = text.indexOf(stepsBeginning, 0, 'latin1') + stepsBeginning.length;
  const end = text.length - ending.length;
  if (begin < stepsBeginning.length || text.toString('latin1', end) !== ending) return undefined;
  const fields = readAtOnce(Buffer.from(`${text.toString('latin1', 0, begin)}${ending}`, 'latin1'));
  if (fields?.kind !== 'intent') return undefined;
  const reader = new StepReader();
  for (let at = begin; at < end; at += bytesPerPart) {
    if (!reader.read(text.subarray(at, Math.min(at + bytesPerPart, end)))) return undefined;
    yield;
  }
  const steps = reader.end();
  return steps && { ...fields, steps };
}

function* readPackedRecord(text: Buffer, begin: number): Work<JournalRecord | undefined> {
  const fields = parsed(packedIntent, `${text.toString('latin1', 0, begin)}${ending}`);
  if (fields === undefined) return undefined;
  const { stepBytes, packedSteps: _, ...intent } = fields;
  const reader = new StepReader();
  let left = stepBytes;
  for (let at = begin; left > 0; ) {
    // Base64 has no quotes.
    const quote = text.indexOf('"', at + 1, 'latin1');
    const part =
      text[at] === quoteByte && quote > at ? unpackPart(text.toString('latin1', at + 1, quote)) : undefined;
    if (part === undefined || part.length === 0 || part.length > left) return undefined;
    left -= part.length;
    const behind = text.toString('latin1', quote + 1, quote + 1 + ending.length);
    if (left === 0 ? behind !== ending || quote + 1 + ending.length !== text.length : behind[0] !== ',')
      return undefined;
    at = quote + 2;
    for (let read = 0; read < part.length; read += bytesPerPart) {
      if (!reader.read(part.subarray(read, read + bytesPerPart))) return undefined;
      yield;
    }
  }
  const steps = reader.end();
  return steps && { ...intent, steps };
}

/** Reads steps from the JSON of their list, without its brackets, as it comes: wherever a part of it ends. */
class StepReader {
  readonly #steps: Step[] = [];
  /** What came behind the last whole step, and the end of that, where the end of the next may have begun. */
  #pieces: string[] = [];
  #tail = '';

  /** `false` when it is no list of steps. */
  read(part: Buffer): boolean {
    const text = this.#tail + part.toString('latin1');
    const between = text.lastIndexOf(betweenSteps);
    // The brace ends a step, and the comma belongs to none.
    if (between >= 0) this.#pieces.push(text.slice(0, between + 1));
    const isRead = between < 0 || this.#parse();
    const rest = between < 0 ? text : text.slice(between + 2);
    this.#pieces.push(rest.slice(0, 1 - betweenSteps.length));
    this.#tail = rest.slice(1 - betweenSteps.length);
    return isRead;
  }

  /** All steps; `undefined` when the last is none. */
  end(): Step[] | undefined {
    this.#pieces.push(this.#tail);
    return this.#parse() ? this.#steps : undefined;
  }

  #parse(): boolean {
    const steps = parsed(stepList, `[${this.#pieces.join('')}]`);
    this.#pieces = [];
    for (const step of steps ?? []) this.#steps.push(step);
    return steps !== undefined;
  }
}

function readAtOnce(text: Buffer): JournalRecord | undefined {
  return parsed(record, text.toString('latin1'));
}

function parsed<Thing>(schema: v.GenericSchema<unknown, Thing>, json: string): Thing | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
