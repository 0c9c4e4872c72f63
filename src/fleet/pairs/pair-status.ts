import { missingKeys, mostKeys } from '../../clients/connection-keys.ts';
import { type Estimate, estimateOfSample } from '../../clients/estimate.ts';
import { readFarJson } from './far-json.ts';
import { type Member, type MemberKeys, member } from './member.ts';
import { type Both, onBoth, type PairHost } from './pair-host.ts';
import { PairRefusal } from './plan-pair.ts';
import { type Role, roleOf, standbyPlace } from './roles.ts';

/** One director of a pair, as it was seen. */
export interface StandingMember {
  readonly name: string;
  readonly role: Role;
  readonly member: Member;
}

/** What two directors differ in. */
export interface PairDifference {
  /** A line of the table, a setting, or the time-outs. */
  readonly what: string;
  /** What it is on each; `null` where it is not there. */
  readonly is: Both<string | null>;
}

/** What becomes of connections when the active one dies. */
export type Takeover =
  | {
      readonly kind: 'compared';
      readonly active: string;
      readonly standby: string;
      /** Established connections of TCP and SCTP on the active one. */
      readonly established: Estimate;
      /** Of these, those that the standby does not know. */
      readonly breaking: Estimate;
    }
  | { readonly kind: 'not compared'; readonly reason: string };

/** How a pair stands. */
export interface PairStatus {
  readonly members: Both<StandingMember>;
  readonly differences: readonly PairDifference[];
  /** Sentences on what keeps the standby from hearing of the active one's connections; empty where nothing does. */
  readonly syncProblems: readonly string[];
  readonly takeover: Takeover;
}

/** Looks at both. Throws a `PairRefusal` where one cannot be reached or read. */
export async function readPairStatus(hosts: Both<PairHost>): Promise<PairStatus> {
  const [one, other] = await onBoth(hosts, (host) => lookFor(host, []));
  const addresses = [...new Set([...one.addresses, ...other.addresses])];
  const members = [
    { name: hosts[0].name, role: roleOf(one, addresses), member: one },
    { name: hosts[1].name, role: roleOf(other, addresses), member: other },
  ] as const;
  const place = standbyPlace([members[0].role, members[1].role]);
  const status = { members, differences: differencesOf(members) };
  if (place === undefined) {
    return {
      ...status,
      syncProblems: [],
      takeover: {
        kind: 'not compared',
        reason: `which is active cannot be told by who holds the services' addresses: ${members.map(({ name, role }) => `${name} is ${role}`).join(', ')}`,
      },
    };
  }
  const [standby, active] = place === 0 ? members : [members[1], members[0]];
  const standbyHost = hosts[place];
  const activeHost = hosts[place === 0 ? 1 : 0];
  return {
    ...status,
    syncProblems: syncProblems(active, standby),
    takeover: await compareConnections(activeHost, standbyHost, Math.max(one.connections, other.connections)),
  };
}

async function lookFor(host: PairHost, options: readonly string[]): Promise<Member> {
  const state = readFarJson(await host.call(['pair', 'member', ...options]), member);
  if (state.kind === 'read') return state.value;
  throw new PairRefusal(state.exitCode, `${host.name}: ${state.reason}`);
}

function differencesOf([one, other]: Both<StandingMember>): readonly PairDifference[] {
  const [first, second] = [new Set(one.member.table), new Set(other.member.table)];
  const lines = [...new Set([...first, ...second])]
    .filter((line) => !first.has(line) || !second.has(line))
    .map((line) => ({
      what: 'table',
      is: [first.has(line) ? line : null, second.has(line) ? line : null] as const,
    }));
  const settings = Object.keys({ ...one.member.settings, ...other.member.settings })
    .map((name) => ({
      what: name,
      is: [one.member.settings[name] ?? null, other.member.settings[name] ?? null] as const,
    }))
    .filter(({ is: [here, there] }) => here !== there);
  const { timeouts } = one.member;
  return [
    ...lines,
    ...settings,
    ...(timeouts === other.member.timeouts
      ? []
      : [{ what: 'time-outs', is: [timeouts, other.member.timeouts] as const }]),
  ];
}

/** A master tells of its connections; a backup takes those of its own id, and with id 0 all (`ip_vs_process_message` in `ip_vs_sync.c`). */
function syncProblems(active: StandingMember, standby: StandingMember): readonly string[] {
  const master = active.member.syncDaemons.find(({ state }) => state === 'master');
  const backup = standby.member.syncDaemons.find(({ state }) => state === 'backup');
  if (master === undefined)
    return [`${active.name} tells nobody of its connections: no sync daemon runs there as master`];
  if (backup === undefined) return [`${standby.name} listens to nobody: no sync daemon runs there as backup`];
  if (backup.syncId !== 0 && backup.syncId !== master.syncId)
    return [
      `${standby.name} drops what ${active.name} tells: its backup has sync id ${backup.syncId}, the master ${master.syncId}`,
    ];
  return [];
}

async function compareConnections(
  activeHost: PairHost,
  standbyHost: PairHost,
  connections: number,
): Promise<Takeover> {
  const oneIn = ['--one-in', String(Math.max(1, Math.ceil(connections / mostKeys)))];
  // The standby is read first: what is new on the active one by then is counted as not known, never the other way round.
  const known = (await lookFor(standbyHost, ['--connections', 'all', ...oneIn])).keys;
  const own = (await lookFor(activeHost, ['--connections', 'established', ...oneIn])).keys;
  if (known === null || own === null) return { kind: 'not compared', reason: 'no connections were told' };
  if (!known.isWhole)
    return {
      kind: 'not compared',
      reason: `of the connections of ${standbyHost.name} only a sample could be read within a second, and none of it has to be among those of ${activeHost.name}`,
    };
  const established = establishedOf(own);
  const { missing, all } = missingKeys(own.keys, known.keys);
  const isExact = own.isWhole && own.oneIn === 1;
  return {
    kind: 'compared',
    active: activeHost.name,
    standby: standbyHost.name,
    established,
    breaking: isExact
      ? { value: missing, error: 0 }
      : withError(estimateOfSample(missing, all, established.value), established),
  };
}

function establishedOf({ established, read, total, isWhole }: MemberKeys): Estimate {
  return isWhole ? { value: established, error: 0 } : estimateOfSample(established, read, total);
}

/** Adds the error of the whole to the estimate of a part of it. */
function withError({ value, error }: Estimate, whole: Estimate): Estimate {
  const share = whole.value === 0 ? 0 : value / whole.value;
  return { value, error: Math.ceil(error + share * whole.error) };
}
