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
import type { Step } from '../steps/step.ts';
import type { Origin } from './origin.ts';
import { mostStepBytes, unpackSteps } from './packed-steps.ts';
import type { IntentRecord, JournalRecord, RecordedEdit } from './record.ts';

/**
 * Most bytes of a file's edit in a record, as JSON. It comes before the steps and has to fit into `longestFields`.
 */
export const mostEditBytes = 12 * 1024;

const text = v.pipe(v.string(), v.maxLength(65_536));
const word = v.pipe(v.string(), v.maxLength(256));
const whole = (greatest: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(greatest));
const unsigned = whole(0xffffffff);
const port = whole(0xffff);
const id = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}$/));
const time = v.pipe(v.string(), v.isoTimestamp());
const family = v.picklist(['inet', 'inet6']);
const protocol = v.custom<Protocol>((value) => /^(tcp|udp|sctp|protocol-\d{1,3})$/.test(String(value)));
/** A forwarding method by its name. */
export const forwarding = v.custom<ForwardingMethod>((value) =>
  /^(nat|tun|dr|local|bypass|method-\d{1,10})$/.test(String(value)),
);
const tunnelType = v.custom<TunnelType>((value) => /^(ipip|gue|gre|type-\d{1,3})$/.test(String(value)));

/** Whether it is an address of that family in canonical text; lvstop writes no other spelling. */
function isAddress({ family, address }: { readonly family: string; readonly address: string }): boolean {
  const parsed = parseAddress(address);
  return parsed?.family === family && parsed.text === address;
}

/** The identity of a service, in its canonical spelling. */
export const serviceIdentity: v.GenericSchema<unknown, ServiceIdentity> = v.variant('kind', [
  v.pipe(
    v.strictObject({ kind: v.literal('address'), family, protocol, address: word, port }),
    v.check((endpoint) => isAddress(endpoint)),
  ),
  v.strictObject({ kind: v.literal('fwmark'), family, fwmark: unsigned }),
]);

/** The identity of a real server, in its canonical spelling. */
export const realServerIdentity: v.GenericSchema<unknown, RealServerIdentity> = v.pipe(
  v.strictObject({ family, address: word, port }),
  v.check((endpoint) => isAddress(endpoint)),
);

/** A service with all its settings. */
export const service: v.GenericSchema<unknown, Service> = v.strictObject({
  identity: serviceIdentity,
  scheduler: word,
  schedulerFlags: unsigned,
  onePacket: v.boolean(),
  persistence: v.nullable(v.strictObject({ timeout: unsigned, netmask: unsigned })),
  engine: v.nullable(word),
});

/** A real server with all its settings. */
export const realServer: v.GenericSchema<unknown, RealServer> = v.strictObject({
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

/** A step of a change. */
export const step: v.GenericSchema<unknown, Step> = v.variant('kind', [
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

/** Who made a change. */
export const origin: v.GenericSchema<unknown, Origin> = v.strictObject({
  user: word,
  behind: v.nullable(word),
  from: v.nullable(word),
  by: v.picklist(['screen', 'command', 'program', 'unseen']),
  program: v.exactOptional(
    v.strictObject({
      pid: unsigned,
      name: v.nullable(word),
      command: v.array(word),
      of: v.exactOptional(word),
    }),
  ),
  unseen: v.exactOptional(v.picklist(['no watch', 'another way', 'not told'])),
});

const line = v.pipe(v.string(), v.maxLength(mostEditBytes));

/** An edit of a file. */
export const recordedEdit: v.GenericSchema<unknown, RecordedEdit> = v.strictObject({
  path: text,
  hunks: v.array(
    v.strictObject({
      line: unsigned,
      removed: v.array(line),
      added: v.array(line),
      above: v.nullable(line),
      below: v.nullable(line),
    }),
  ),
});

const intentFields = {
  kind: v.literal('intent'),
  id,
  time,
  origin,
  table: word,
  process: word,
  undoes: v.nullable(id),
  file: v.exactOptional(recordedEdit),
  confirmBy: v.exactOptional(time),
};

/** A record. The steps of an intent, of which there can be tens of thousands, are validated one by one. */
const record = v.variant('kind', [
  v.strictObject({ ...intentFields, steps: v.array(v.unknown()) }),
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
  v.strictObject({ kind: v.literal('verdict'), id, time, verdict: v.picklist(['confirmed', 'lapsed']) }),
]);

/** An intent with packed steps, which are unpacked and validated separately. */
const packedIntent = v.strictObject({
  ...intentFields,
  stepBytes: whole(mostStepBytes),
  packedSteps: v.array(v.string()),
});

/** How the steps of a record, its last field, begin. It cannot occur within a text, where quotes are escaped. */
const stepsBeginning = ',"steps":[';
/** All fields before the steps end within this many bytes, since each text in them is bounded. */
const longestFields = 16 * 1024;

/** How every record begins, given the order in which fields are written: some 40 characters. */
const recordBeginning = /^\{"kind":"(intent|progress|end|verdict)","id":"([0-9a-f]{8})"/;

/**
 * The kind of a record and the id of its change, from the beginning of its text; `undefined` when it is not one of
 * lvstop's.
 */
export function recordHead(
  text: Buffer,
): { readonly kind: JournalRecord['kind']; readonly id: string } | undefined {
  const [, kind, id] = recordBeginning.exec(text.toString('latin1', 0, 64)) ?? [];
  if (id === undefined) return undefined;
  const known = (['intent', 'progress', 'end', 'verdict'] as const).find((one) => one === kind);
  return known && { kind: known, id };
}

/**
 * Size of a record in bytes, unpacked. For packed steps it is the size that the record states, at most
 * `mostStepBytes`.
 */
export function unpackedBytes(text: Buffer): number {
  const fields = text.toString('latin1', 0, longestFields);
  const stated = /,"stepBytes":(\d{1,9}),"packedSteps":\[/.exec(fields)?.[1];
  return stated === undefined ? text.length : Math.min(Number(stated), mostStepBytes);
}

/** Reads a record; `undefined` if it is none, or none that this version knows. */
export function* readRecord(text: Buffer): Work<JournalRecord | undefined> {
  const value = jsonOf(text.toString('latin1'));
  const packed = validated(packedIntent, value);
  if (packed !== undefined) {
    const { stepBytes: bytes, packedSteps: parts, ...intent } = packed;
    return yield* withSteps(intent, yield* unpackSteps({ bytes, parts }));
  }
  const found = validated(record, value);
  return found?.kind === 'intent' ? yield* withSteps(found, found.steps) : found;
}

function* withSteps(
  intent: Omit<IntentRecord, 'steps'>,
  values: readonly unknown[] | undefined,
): Work<IntentRecord | undefined> {
  if (values === undefined) return undefined;
  const steps: Step[] = [];
  for (const value of values) {
    const found = validated(step, value);
    if (found === undefined) return undefined;
    steps.push(found);
    yield 1;
  }
  return { ...intent, steps };
}

/** Reads an intent without its steps, which can be long; `undefined` if it is none. */
export function readIntentHead(text: Buffer): IntentRecord | undefined {
  const fields = text.toString('latin1', 0, longestFields);
  const end = Math.max(fields.indexOf(stepsBeginning), fields.indexOf(',"stepBytes":'));
  const found = end < 0 ? undefined : validated(record, jsonOf(`${fields.slice(0, end)}${stepsBeginning}]}`));
  return found?.kind === 'intent' ? { ...found, steps: [] } : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function validated<Thing>(schema: v.GenericSchema<unknown, Thing>, value: unknown): Thing | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
