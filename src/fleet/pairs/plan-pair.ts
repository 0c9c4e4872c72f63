import { type FarReading, readFarJson } from './far-json.ts';
import { type FarPlan, farPlan } from './far-plan.ts';
import { type Member, member } from './member.ts';
import { type Both, onBoth, type PairHost } from './pair-host.ts';
import { type Role, roleOf, standbyPlace } from './roles.ts';

/** One director with what the edit would do on it. */
export interface PlannedHost {
  readonly host: PairHost;
  readonly member: Member;
  readonly plan: FarPlan;
  readonly role: Role;
}

/** Both, in the order in which they are written. */
export type PlannedPair = Both<PlannedHost>;

/** Why a pair is not edited; nothing was written. */
export class PairRefusal extends Error {
  override readonly name = 'PairRefusal';
  readonly exitCode: number;

  constructor(exitCode: number, reason: string) {
    super(reason);
    this.exitCode = exitCode;
  }
}

/**
 * Reads both tables and roles, and what the command would do on each. `first` names the host to be written first where
 * its operator says so. Throws a `PairRefusal` where a plan cannot be made on both, or the order cannot be told.
 */
export async function planPair(
  hosts: Both<PairHost>,
  command: readonly string[],
  first: string | undefined,
): Promise<PlannedPair> {
  const looked = await onBoth(hosts, async (host) => {
    const [plan, state] = await Promise.all([host.call([...command, '--plan-json']), lookAt(host)]);
    return { host, state, plan: readFarJson(plan, farPlan) };
  });
  const planned = looked.map(({ host, plan, state }) => {
    if (plan.kind === 'failed') throw new PairRefusal(plan.exitCode, `${host.name}: ${plan.reason}`);
    if (state.kind === 'failed') throw new PairRefusal(state.exitCode, `${host.name}: ${state.reason}`);
    return { host, member: state.value, plan: plan.value, role: roleOf(state.value, plan.value.addresses) };
  });
  const [one, other] = planned;
  if (one === undefined || other === undefined) throw new Error('a pair has two hosts');
  const place = first === undefined ? standbyPlace([one.role, other.role]) : first === one.host.name ? 0 : 1;
  if (place === undefined) throw new PairRefusal(2, unclearOrder(one, other));
  return place === 0 ? [one, other] : [other, one];
}

function unclearOrder(one: PlannedHost, other: PlannedHost): string {
  const told = [one, other].map(({ host, role }) => `${host.name} is ${role}`).join(', ');
  return `which of them is the standby cannot be told by who holds the services' addresses: ${told}; say it by --first HOST before the command`;
}

/** What a host tells of itself, and of the change of that name. */
export async function lookAt(host: PairHost, id?: string): Promise<FarReading<Member>> {
  const words = ['pair', 'member', ...(id === undefined ? [] : ['--change', id])];
  return readFarJson(await host.call(words), member);
}
