import { adviceForDirector, type Remedy } from './diagnosis.ts';
import type { Route } from './network.ts';

/**
 * What `ip route get` says where a route or rule of that kind closes the way (`fib_props` in
 * `net/ipv4/fib_semantics.c`).
 */
const answers: Readonly<Record<string, string>> = {
  blackhole: 'Invalid argument',
  unreachable: 'No route to host',
  prohibit: 'Permission denied',
};

/** A way that is closed, not missing: another route helps only if it is narrower than the one that closes it. */
export interface ClosedRoute {
  /** What the way is, as a clause that follows the address and "is". */
  readonly found: string;
  readonly mend: Remedy;
}

/**
 * What to say about the way to an address where a route or rule closes it; `undefined` where it is open, or there is
 * none.
 */
export function closedRoute(address: string, route: Route | undefined): ClosedRoute | undefined {
  const answer = route?.kind === 'none' ? answers[route.reason] : undefined;
  if (route?.kind !== 'none' || answer === undefined) return undefined;
  const ip = address.includes(':') ? 'ip -6' : 'ip';
  const { reason } = route;
  return {
    found: `behind a route or a rule of kind ${reason} ("ip route get" says "${answer}")`,
    mend: adviceForDirector(
      `see which it is ("${ip} route show table all type ${reason} match ${address}", else "${ip} rule"), and take it away unless it is meant ("${ip} route del ${reason} PREFIX")`,
    ),
  };
}
