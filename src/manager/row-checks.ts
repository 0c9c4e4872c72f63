import type { ServiceState } from '../changes/steps/table-state.ts';
import { healthChecks } from '../formats/keepalived/checks.ts';
import {
  formatService,
  type RealServerIdentity,
  type RealServerKey,
  type RowKey,
  realServerKey,
  type ServiceIdentity,
  sameRealServer,
} from '../ipvs/identity.ts';
import { visible } from '../ipvs/visible.ts';
import type { Work } from '../system/turns.ts';
import type { Drift } from './drift.ts';
import type { KeepalivedSays } from './keepalived/says.ts';
import type { ManagedConfiguration } from './managed-configuration.ts';

/** What the checks of the table's keeper make of a row, as far as the table shows it. */
export type CheckState =
  /** In the table, with checks of these names; none where nobody checks it. */
  | { readonly kind: 'up' | 'unchecked'; readonly by: readonly string[] }
  /** At weight 0 by `inhibit_on_failure` or `quiescent`, as it fits; since when, milliseconds since 1970, where keepalived says so. */
  | { readonly kind: 'inhibited'; readonly by: readonly string[]; readonly since: number | null }
  | { readonly kind: 'sorry' }
  /** Of a service: how many of its real servers are out of the table, of how many, and since when that was seen. */
  | {
      readonly kind: 'service';
      readonly down: number;
      readonly all: number;
      /** Milliseconds since 1970 at which the first of them went; `null` where that is not known. */
      readonly since: number | null;
      /** Each that is out, by which check where that is known, and since when. */
      readonly out: readonly OutRealServer[];
      readonly isSorry: boolean;
    };

/** A real server that the keeper has configured and the table lacks. */
export interface OutRealServer {
  readonly identity: RealServerIdentity;
  /** Names of its checks that may have done it, the one that keepalived names where it does. */
  readonly by: readonly string[];
  /** Milliseconds since 1970, by keepalived's own word or by what was seen; `null` where it was so from the start. */
  readonly since: number | null;
  /** Whether keepalived itself says that a check did it. */
  readonly isSaid: boolean;
}

/** The check states of all rows that the keeper has, by their keys. */
export type RowChecks = ReadonlyMap<RowKey, CheckState>;

/**
 * When real servers were first seen to be out of the table, milliseconds since 1970; `null` for those that were out
 * from the start.
 */
export type SeenDown = Map<RealServerKey, number | null>;

/** A service as its keeper has it. */
export interface CheckedService {
  readonly identity: ServiceIdentity;
  /** Each with the names of its checks. */
  readonly realServers: readonly { readonly identity: RealServerIdentity; readonly by: readonly string[] }[];
  /** What may stand in the table in their place. */
  readonly standIns: readonly RealServerIdentity[];
}

/** The services that keepalived has, with their checks. */
export function checkedByKeepalived({ reading: { outline } }: ManagedConfiguration): CheckedService[] {
  return outline.services.map(({ identity, realServers, sorry }) => ({
    identity,
    realServers: realServers.map((realServer) => ({
      identity: realServer.identity,
      by: healthChecks(realServer.statement).map(({ name }) => visible(name)),
    })),
    standIns: sorry === null ? [] : [sorry.identity],
  }));
}

/**
 * What the table shows of a keeper's checks. `seen` is carried on from look to look, and kept up to date here; what is
 * out at the first look gets `null`, since nobody saw when it went.
 */
export function* rowChecks(
  checked: readonly CheckedService[],
  table: readonly ServiceState[],
  drifts: readonly Drift[],
  {
    seen,
    isFirst,
    now,
    says,
  }: {
    readonly seen: SeenDown;
    readonly isFirst: boolean;
    readonly now: number;
    readonly says: KeepalivedSays;
  },
): Work<RowChecks> {
  const checks = new Map<RowKey, CheckState>();
  const present = new Map(table.map((state) => [formatService(state.service.identity), state]));
  const causes = new Map(
    drifts.flatMap(({ service, realServer, causes: [cause] }) =>
      realServer === null ? [] : [[realServerKey(service, realServer), cause] as const],
    ),
  );
  for (const { identity, realServers, standIns } of checked) {
    const key = formatService(identity);
    const state = present.get(key);
    if (state === undefined || checks.has(key)) continue;
    const isThere = (wanted: { readonly identity: RealServerIdentity }) =>
      state.realServers.some(({ realServer }) => sameRealServer(realServer.identity, wanted.identity));
    const out: OutRealServer[] = [];
    for (const realServer of realServers) {
      const own = realServerKey(identity, realServer.identity);
      if (!isThere(realServer)) {
        if (!seen.has(own)) seen.set(own, isFirst ? null : now);
        const said = says.realServers.get(own);
        const isSaid = said?.state === 'down';
        const failed = realServer.by.filter((name) => isSaid && name.split(' ')[0] === said.check);
        out.push({
          identity: realServer.identity,
          by: failed.length > 0 ? failed : realServer.by,
          since: (isSaid ? said.since : null) ?? seen.get(own) ?? null,
          isSaid,
        });
        continue;
      }
      seen.delete(own);
      const { by } = realServer;
      const cause = causes.get(own);
      if (cause === 'inhibited' || cause === 'quiescent') {
        const said = says.realServers.get(own);
        checks.set(own, { kind: 'inhibited', by, since: said?.state === 'inhibited' ? said.since : null });
      } else checks.set(own, { kind: by.length > 0 ? 'up' : 'unchecked', by });
    }
    const standing = standIns
      .map((standIn) => realServerKey(identity, standIn))
      .filter((own) => ['sorry', 'fallback'].includes(causes.get(own) ?? ''));
    for (const own of standing) checks.set(own, { kind: 'sorry' });
    const known = out.flatMap(({ since }) => since ?? []);
    checks.set(key, {
      kind: 'service',
      down: out.length,
      all: realServers.length,
      since: known.length < out.length || known.length === 0 ? null : Math.min(...known),
      out,
      isSorry: standing.length > 0,
    });
    yield realServers.length + 1;
  }
  return checks;
}
