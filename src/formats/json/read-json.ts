import * as v from 'valibot';
import { parseAddress } from '../../ipvs/address.ts';
import { IpvsError } from '../../ipvs/error.ts';
import type { ForwardingMethod } from '../../ipvs/forwarding-method.ts';
import type { ServiceIdentity } from '../../ipvs/identity.ts';
import { parseNetmask } from '../../ipvs/netmask.ts';
import type { Protocol } from '../../ipvs/protocol.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import { greatestSyncValues, syncDaemonStates } from '../../ipvs/sync-daemon.ts';
import { longestTimeout } from '../../ipvs/timeouts.ts';
import { defaultTunnel, type TunnelType, tunnelChecksums } from '../../ipvs/tunnel.ts';
import { visible } from '../../ipvs/visible.ts';
import { ConfigurationDraft, type ConfigurationReading } from '../configuration.ts';
import { readSchedulerFlags } from '../read-values.ts';
import type { SourceText } from '../source-lines.ts';
import { readableVersions } from './json.ts';
import { deepestJson, type JsonPlaces, mostJsonValues, scanJson } from './json-scan.ts';

const whole = (least: number, greatest: number) =>
  v.pipe(
    v.number(`a whole number from ${least} to ${greatest} is wanted`),
    v.integer(`a whole number from ${least} to ${greatest} is wanted`),
    v.minValue(least, `a whole number from ${least} to ${greatest} is wanted`),
    v.maxValue(greatest, `a whole number from ${least} to ${greatest} is wanted`),
  );
const port = whole(0, 65535);
const count = whole(0, 0xffffffff);
const name = v.pipe(v.string('a name is wanted'), v.minLength(1, 'a name is wanted'));
const family = v.picklist(['inet', 'inet6'], 'inet or inet6 is wanted');
const address = v.pipe(
  v.string('an address is wanted'),
  v.check((text) => parseAddress(text) !== undefined, 'an address is wanted'),
);

const realServerSchema = v.object({
  address,
  port,
  forwarding: v.pipe(
    v.string('a forwarding method is wanted'),
    v.regex(/^(nat|tun|dr|local|bypass|method-\d{1,3})$/, 'nat, tun or dr is wanted'),
  ),
  weight: count,
  upperThreshold: v.optional(count, 0),
  lowerThreshold: v.optional(count, 0),
  tunnel: v.optional(
    v.nullable(
      v.object({
        type: v.pipe(
          v.string('a tunnel type is wanted'),
          v.regex(/^(ipip|gue|gre|type-\d{1,3})$/, 'ipip, gue or gre is wanted'),
        ),
        port: v.optional(port, 0),
        checksum: v.optional(v.picklist(tunnelChecksums, 'no, yes or remote is wanted'), 'no'),
      }),
    ),
  ),
});

/** More flags than there are. */
const mostFlags = 16;

const serviceSchema = v.object({
  protocol: v.nullable(
    v.pipe(
      v.string('a protocol is wanted'),
      v.regex(/^(tcp|udp|sctp|protocol-\d{1,3})$/, 'tcp, udp or sctp is wanted'),
    ),
  ),
  address: v.nullable(address),
  port: v.nullable(port),
  fwmark: v.nullable(whole(1, 0xffffffff)),
  family,
  scheduler: name,
  // A list of a million wrong entries would make a million issues.
  flags: v.pipe(
    v.array(v.unknown(), 'a list of flags is wanted'),
    v.maxLength(mostFlags, `a list of ${mostFlags} flags at most is wanted`),
    v.array(name, 'a list of flags is wanted'),
  ),
  persistence: v.nullable(v.object({ timeout: count, netmask: v.string('a netmask is wanted') })),
  engine: v.nullable(name),
});

type JsonService = v.InferOutput<typeof serviceSchema>;
type JsonRealServer = v.InferOutput<typeof realServerSchema>;

const frameSchema = v.object({
  version: v.picklist(readableVersions, `version ${readableVersions.join(' or ')} is wanted`),
  director: v.optional(
    v.object({
      access: v.optional(
        v.literal(
          'full',
          'what a user with the capability CAP_NET_ADMIN has listed is wanted, which is whole',
        ),
      ),
    }),
  ),
  services: v.array(v.unknown(), 'a list of services is wanted'),
  timeouts: v.optional(
    v.object({
      tcp: whole(1, longestTimeout),
      tcpFin: whole(1, longestTimeout),
      udp: whole(1, longestTimeout),
    }),
  ),
  syncDaemons: v.optional(
    v.array(
      v.object({
        state: v.picklist(syncDaemonStates, 'master or backup is wanted'),
        interface: name,
        syncId: whole(0, greatestSyncValues.syncId),
        maxLength: v.optional(whole(0, greatestSyncValues.maxLength), 0),
        group: v.optional(v.nullable(address), null),
        port: v.optional(port, 0),
        ttl: v.optional(whole(0, greatestSyncValues.ttl), 0),
      }),
      'a list of sync daemons is wanted',
    ),
  ),
});
const realServersSchema = v.object({
  realServers: v.array(v.unknown(), 'a list of real servers is wanted'),
});

/**
 * Reads the JSON that `lvstop list --json` and `save` write; counters, rates and the like in it do not matter.
 * Nothing is thrown for what stands in the texts.
 */
export function readJson(sources: readonly SourceText[]): ConfigurationReading {
  const draft = new ConfigurationDraft();
  for (const source of sources) readText(draft, source.text, draft.sources.open(source));
  return draft.finish();
}

function readText(draft: ConfigurationDraft, text: string, before: number): void {
  const places = scan(draft, text, before);
  if (places === undefined) return;
  const frame = v.safeParse(frameSchema, JSON.parse(text));
  if (!frame.success) {
    tell(draft, before + 1, frame.issues);
    return;
  }
  const { services, timeouts, syncDaemons = [] } = frame.output;
  const line = before + 1;
  if (timeouts !== undefined) draft.setting({ line, what: 'timeouts', kind: 'time-outs', timeouts });
  for (const daemon of syncDaemons) draft.setting({ line, what: 'syncDaemons', kind: 'sync daemon', daemon });
  for (const [index, entry] of services.entries()) {
    if (draft.isHopeless) break;
    const realServerLines = places.realServers[index]?.map((at) => at + before) ?? [];
    readService(draft, entry, before + (places.services[index] ?? 1), realServerLines);
  }
}

/** Where the objects of a text stand; `undefined`, and a problem, where it is not JSON of a size that is read. */
function scan(draft: ConfigurationDraft, text: string, before: number): JsonPlaces | undefined {
  const scanned = scanJson(text);
  const whole = 'give what "lvstop list --json" or "lvstop save" wrote, whole';
  switch (scanned.kind) {
    case 'whole':
      return scanned.places;
    case 'wrong':
      draft.problem(before + scanned.line, 'this is no JSON', whole);
      break;
    case 'cut':
      draft.problem(before + scanned.line, 'the JSON text ends before it is whole', whole);
      break;
    case 'too many':
      draft.problem(
        before + scanned.line,
        `there are more than ${mostJsonValues} values, the most that are read`,
        whole,
      );
      break;
    case 'too deep':
      draft.problem(
        before + scanned.line,
        `there are more than ${deepestJson} objects and lists within each other, the most that are read`,
        whole,
      );
      break;
  }
  return undefined;
}

function readService(
  draft: ConfigurationDraft,
  entry: unknown,
  line: number,
  realServerLines: readonly number[],
): void {
  const service = v.safeParse(serviceSchema, entry);
  const realServers = v.safeParse(realServersSchema, entry);
  if (!service.success) tell(draft, line, service.issues);
  if (!realServers.success) tell(draft, line, realServers.issues);
  if (!service.success || !realServers.success) return;
  const read = draft.attempt(line, () => serviceOf(service.output));
  if (read === undefined) return;
  draft.addService(read, line);
  for (const [index, part] of realServers.output.realServers.entries()) {
    if (draft.isHopeless) return;
    const realServer = v.safeParse(realServerSchema, part);
    const at = realServerLines[index] ?? line;
    if (realServer.success) draft.addRealServer(read.identity, realServerOf(realServer.output), at);
    else tell(draft, at, realServer.issues);
  }
}

function serviceOf(json: JsonService): Service {
  const identity = identityOf(json);
  const { scheduler, flags, persistence, engine } = json;
  const netmask = persistence === null ? undefined : parseNetmask(json.family, persistence.netmask);
  if (persistence !== null && netmask === undefined) {
    throw IpvsError.input(
      'bad-content',
      'read',
      'persistence.netmask',
      `"${persistence.netmask}" is not a netmask of the family ${json.family}`,
      'give one like 255.255.255.0 for inet, a prefix length from 1 to 128 for inet6',
    );
  }
  return {
    identity,
    scheduler,
    schedulerFlags: readSchedulerFlags(
      scheduler,
      flags.filter((flag) => flag !== onePacket),
    ),
    onePacket: flags.includes(onePacket),
    persistence:
      persistence === null || netmask === undefined ? null : { timeout: persistence.timeout, netmask },
    engine,
  };
}

const onePacket = 'one-packet';

function identityOf(json: JsonService): ServiceIdentity {
  const { family: ownFamily, protocol, address: text, port: number, fwmark } = json;
  if (fwmark !== null && protocol === null && text === null && number === null) {
    return { kind: 'fwmark', family: ownFamily, fwmark };
  }
  const parsed = text === null ? undefined : parseAddress(text);
  if (protocol === null || parsed === undefined || number === null || fwmark !== null) {
    throw IpvsError.input(
      'bad-content',
      'read',
      'service',
      'a service has either protocol, address and port, or fwmark',
      'set the others to null',
    );
  }
  if (parsed.family !== ownFamily) {
    throw IpvsError.input(
      'bad-content',
      'read',
      'family',
      `${parsed.text} is not of the family ${ownFamily}`,
      'correct one',
    );
  }
  // The schema has looked at the form of the protocol.
  return {
    kind: 'address',
    family: parsed.family,
    protocol: protocol as Protocol,
    address: parsed.text,
    port: number,
  };
}

function realServerOf(json: JsonRealServer): RealServer {
  const parsed = parseAddress(json.address) ?? { family: 'inet' as const, text: json.address };
  const { weight, upperThreshold, lowerThreshold, tunnel } = json;
  // The schema has looked at the forms of forwarding method and tunnel type.
  return {
    identity: { family: parsed.family, address: parsed.text, port: json.port },
    forwarding: json.forwarding as ForwardingMethod,
    weight,
    upperThreshold,
    lowerThreshold,
    tunnel: tunnel == null ? defaultTunnel : { ...tunnel, type: tunnel.type as TunnelType },
  };
}

function tell(draft: ConfigurationDraft, line: number, issues: readonly v.BaseIssue<unknown>[]): void {
  for (const issue of issues) {
    const path = v.getDotPath(issue);
    const what = path === null ? 'the whole' : `"${visible(path)}"`;
    // valibot says of what is missing only that it is missing.
    if (issue.received === 'undefined') draft.problem(line, `${what} is missing`, 'give it');
    else draft.problem(line, `${what} is ${visible(issue.received.slice(0, 80))}`, issue.message);
  }
}
