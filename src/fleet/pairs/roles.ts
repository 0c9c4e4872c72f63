import type { Member } from './member.ts';
import type { Both } from './pair-host.ts';

/** What a director is for some services: `unclear` where it holds some of their addresses, or nothing tells. */
export type Role = 'active' | 'standby' | 'unclear';

/**
 * What a director is for services with these addresses: active with all of them as addresses of its own, standby with
 * none. Without any address, as of a firewall mark, keepalived's instances tell.
 */
export function roleOf({ held, instances }: Member, addresses: readonly string[]): Role {
  if (addresses.length > 0) {
    const count = addresses.filter((address) => held.includes(address)).length;
    return count === addresses.length ? 'active' : count === 0 ? 'standby' : 'unclear';
  }
  const states = new Set(instances.map(({ state }) => state));
  if (states.size !== 1) return 'unclear';
  return states.has('master') ? 'active' : states.has('backup') ? 'standby' : 'unclear';
}

/** Which of both is the standby, by its place; `undefined` where not exactly one is active and the other standby. */
export function standbyPlace([one, other]: Both<Role>): 0 | 1 | undefined {
  if (one === 'standby' && other === 'active') return 0;
  return one === 'active' && other === 'standby' ? 1 : undefined;
}
