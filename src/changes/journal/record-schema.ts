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
import type { Work } from '../slices.ts';
import type { Origin } from './origin.ts';
import type { JournalRecord } from './record.ts';
import type { RecordedStep } from './recorded-step.ts';

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

const step: v.GenericSchema<unknown, RecordedStep> = v.variant('kind', [
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

const record: v.GenericSchema<unknown, JournalRecord> = v.variant('kind', [
  v.strictObject({
    kind: v.literal('intent'),
    id,
    time,
    origin,
    table: word,
    process: word,
    undoes: v.nullable(id),
    steps: stepList,
  }),
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

/** Bytes of a long record that are read at once. */
const bytesPerPart = 32 * 1024;
/** How a record's steps, its last field, begin, and what stands between two of them. In a text quotes are escaped. */
const stepsBeginning = ',"steps":[';
const betweenSteps = '},{"kind":"';
const ending = ']}';

/**
 * Reads a record; `undefined` for what is none, or none that this version knows. The steps of a long one are read
 * part by part: ten thousand are megabytes.
 */
export function* readRecord(text: Buffer): Work<JournalRecord | undefined> {
  return (text.length > bytesPerPart ? yield* readLongRecord(text) : undefined) ?? readAtOnce(text);
}

/** `undefined` too where a part is none by itself: the text is in another order than it is written in. */
function* readLongRecord(text: Buffer): Work<JournalRecord | undefined> {
  const begin = text.indexOf(stepsBeginning, 0, 'latin1') + stepsBeginning.length;
  const end = text.length - ending.length;
  if (begin < stepsBeginning.length || text.toString('latin1', end) !== ending) return undefined;
  const fields = readAtOnce(Buffer.from(`${text.toString('latin1', 0, begin)}${ending}`, 'latin1'));
  if (fields?.kind !== 'intent') return undefined;
  const read: RecordedStep[] = [];
  for (let at = begin; at < end; ) {
    const between = text.indexOf(betweenSteps, Math.min(at + bytesPerPart, end), 'latin1');
    const partEnd = between < 0 ? end : between + 1;
    const part = parsed(stepList, `[${text.toString('latin1', at, partEnd)}]`);
    if (part === undefined) return undefined;
    for (const one of part) read.push(one);
    at = partEnd + 1;
    yield;
  }
  return { ...fields, steps: read };
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
