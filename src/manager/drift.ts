import { compareTable } from '../changes/plan/difference.ts';
import type { Step } from '../changes/steps/step.ts';
import { stepRealServer, stepService } from '../changes/steps/step-kinds.ts';
import type { ServiceState } from '../changes/steps/table-state.ts';
import { healthChecks, isInhibited, wordOf } from '../formats/keepalived/checks.ts';
import type { OutlinedRealServer, OutlinedService } from '../formats/keepalived/outline.ts';
import { changedRealServerFields } from '../ipvs/changed-fields.ts';
import {
  formatService,
  type RealServerIdentity,
  realServerKey,
  type ServiceIdentity,
  type ServiceKey,
  sameRealServer,
} from '../ipvs/identity.ts';
import { visible } from '../ipvs/visible.ts';
import type { Work } from '../system/turns.ts';
import { type KeepalivedSays, type SaidOfRealServer, saysNothing } from './keepalived/says.ts';
import type { FilePlace, ManagedConfiguration } from './managed-configuration.ts';

/** What can make the table other than the configuration of keepalived or ldirectord. Only what fits is named. */
export const driftCauses = {
  check: 'taken out by a check',
  inhibited: 'set to weight 0 by a check (inhibit_on_failure)',
  quiescent: 'set to weight 0 by a check (quiescent)',
  fallback: 'the fallback server stands in for the real servers',
  sorry: 'the sorry server stands in for the real servers',
  quorum: 'taken out since the quorum is lost',
  'moving weight': 'weight by a check or track_file',
  hand: 'changed by hand, or in the configuration without a reload since',
} as const;

/** One of these causes. */
export type DriftCause = keyof typeof driftCauses;

/** Something in which the table differs from keepalived's configuration. */
export interface Drift {
  readonly service: ServiceIdentity;
  /** `null` where it is the service itself. */
  readonly realServer: RealServerIdentity | null;
  /** The step that would make the table as it is configured. */
  readonly step: Step;
  /** All that fit, the likeliest first; one at least. Only one where keepalived itself has said it. */
  readonly causes: readonly DriftCause[];
  /** Whether keepalived's own log or dump says so, and since when, milliseconds since 1970; `null` where it does not. */
  readonly said: { readonly since: number | null } | null;
  /** The checks that may have done it, and what else moves its weight. */
  readonly by: readonly string[];
  /** Where the configuration describes the object; `null` where it does not. */
  readonly place: FilePlace | null;
}

/** What is known beside configuration and table, and what is asked for. */
export interface DriftSurroundings {
  /** What keepalived itself says. */
  readonly says?: KeepalivedSays;
  /** The services that count; all where they are left out. */
  readonly only?: ReadonlyMap<ServiceKey, unknown>;
}

/** Compares a table with keepalived's configuration, service by service. */
export function* driftsOf(
  managed: ManagedConfiguration,
  table: readonly ServiceState[],
  { says = saysNothing, only }: DriftSurroundings = {},
): Work<readonly Drift[]> {
  const { configuration, outline } = managed.reading;
  const outlined = new Map<ServiceKey, OutlinedService>();
  for (const service of outline.services) {
    const key = formatService(service.identity);
    if (!outlined.has(key)) outlined.set(key, service);
  }
  const present = new Map(table.map((state) => [formatService(state.service.identity), state]));
  const configured = new Map(
    configuration.services.map((each) => [formatService(each.service.identity), each]),
  );
  const drifts: Drift[] = [];
  for (const key of only?.keys() ?? new Set([...configured.keys(), ...present.keys()])) {
    const [one, state] = [configured.get(key), present.get(key)];
    const services = one === undefined ? [] : [one];
    const { changes, surplus } = compareTable(
      { ...configuration, services },
      state === undefined ? [] : [state],
      {
        hasSyncDaemon: false,
        hasModule: () => true,
      },
    );
    for (const { step, line } of [...changes, ...surplus.map((step) => ({ step, line: null }))]) {
      const service = stepService(step);
      if (service === null) continue;
      const realServer = stepRealServer(step);
      const place = line === null ? null : managed.placeOf(line);
      const explanation = explain(step, realServer, outlined.get(key), state);
      const said = realServer === null ? undefined : says.realServers.get(realServerKey(service, realServer));
      const told = decided(explanation, step, said, says.quorums.get(key));
      drifts.push({ service, realServer, step, place, ...told });
    }
    yield 1 + (one?.realServers.length ?? 0) + (state?.realServers.length ?? 0);
  }
  return drifts;
}

type Explanation = Pick<Drift, 'causes' | 'by'>;

/** What keepalived itself says decides between the causes that fit. */
function decided(
  { causes, by }: Explanation,
  step: Step,
  said: SaidOfRealServer | undefined,
  quorum: { readonly isLost: boolean; readonly since: number | null } | undefined,
): Pick<Drift, 'causes' | 'by' | 'said'> {
  const only = (cause: DriftCause, since: number | null, checks = by) =>
    ({ causes: [cause], by: checks, said: { since } }) as const;
  const failed = said?.check == null ? by : by.filter((name) => name.split(' ')[0] === said.check);
  const named = failed.length > 0 ? failed : by;
  if (causes.includes('sorry') && quorum?.isLost === true) return only('sorry', quorum.since);
  if (said === undefined) return { causes, by, said: null };
  if (step.kind === 'add real server') {
    if (said.state === 'down' && causes.includes('check')) return only('check', said.since, named);
    if (quorum?.isLost === true && causes.includes('quorum')) return only('quorum', quorum.since, []);
    return said.state === 'up' && quorum?.isLost !== true
      ? only('hand', null, [])
      : { causes, by, said: null };
  }
  if (step.kind !== 'set real server' || step.before.weight === step.after.weight)
    return { causes, by, said: null };
  const { weight } = step.before;
  if (said.state === 'inhibited' && causes.includes('inhibited')) return only('inhibited', said.since, named);
  if (said.weight === weight && causes.includes('moving weight')) return only('moving weight', null);
  const isItsOwn = said.weight === step.after.weight && said.state === 'up';
  return isItsOwn ? only('hand', null, []) : { causes, by, said: null };
}

const byHand: Explanation = { causes: ['hand'], by: [] };

function explain(
  step: Step,
  identity: RealServerIdentity | null,
  service: OutlinedService | undefined,
  state: ServiceState | undefined,
): Explanation {
  if (service === undefined || identity === null) return byHand;
  const { sorry } = service;
  const own = service.realServers.find((each) => sameRealServer(each.identity, identity));
  if (own === undefined) {
    const isSorry = sorry !== null && sameRealServer(sorry.identity, identity);
    return isSorry ? { causes: ['sorry'], by: [] } : byHand;
  }
  if (step.kind === 'add real server') return explainAbsence(own, sorry, state);
  if (step.kind !== 'set real server') return byHand;
  const checks = healthChecks(own.statement);
  const fields = changedRealServerFields(step.before, step.after);
  if (fields.length > 1 || fields[0] !== 'weight') return byHand;
  const moving = checks.flatMap(({ moves }) => moves ?? []).map(visible);
  if (step.before.weight === 0 && checks.length > 0 && isInhibited(service.statement, own.statement)) {
    const causes: DriftCause[] = [
      'inhibited',
      ...(moving.length > 0 ? (['moving weight'] as const) : []),
      'hand',
    ];
    return { causes, by: checks.map(({ name }) => visible(name)) };
  }
  return moving.length > 0 ? { causes: ['moving weight', 'hand'], by: moving } : byHand;
}

/**
 * When the quorum is lost, keepalived takes out healthy real servers, too, and puts the sorry server in
 * (`update_quorum_state`).
 */
function explainAbsence(
  { statement }: OutlinedRealServer,
  sorry: OutlinedRealServer | null,
  state: ServiceState | undefined,
): Explanation {
  const checks = healthChecks(statement).map(({ name }) => visible(name));
  const sorryStands =
    sorry !== null &&
    state?.realServers.some(
      ({ realServer }) => sameRealServer(realServer.identity, sorry.identity) && realServer.weight > 0,
    ) === true;
  const causes: DriftCause[] = [
    ...(checks.length > 0 ? (['check'] as const) : []),
    ...(sorryStands ? (['quorum'] as const) : []),
    'hand',
  ];
  return { causes, by: checks };
}

/** A service whose configured weights that are in the table do not reach its `quorum`. */
export interface LostQuorum {
  readonly service: ServiceIdentity;
  readonly quorum: number;
  /** Sum of the weights that its own real servers have in the table. */
  readonly weight: number;
}

/**
 * Services that have lost their quorum. keepalived counts it by weights (`weigh_live_realservers`); it is 1 where the
 * configuration says none.
 */
export function lostQuorums(
  { reading: { outline } }: ManagedConfiguration,
  table: readonly ServiceState[],
): readonly LostQuorum[] {
  const present = new Map(table.map((state) => [formatService(state.service.identity), state]));
  return outline.services.flatMap(({ identity, statement, realServers }) => {
    const state = present.get(formatService(identity));
    if (state === undefined) return [];
    const quorum = Number(wordOf(statement, 'quorum')?.words[1] ?? 1);
    const weight = state.realServers
      .filter(({ realServer }) =>
        realServers.some((own) => sameRealServer(own.identity, realServer.identity)),
      )
      .reduce((sum, { realServer }) => sum + realServer.weight, 0);
    return weight < quorum ? [{ service: identity, quorum, weight }] : [];
  });
}
