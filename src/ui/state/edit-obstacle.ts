import type { Desk } from './desk.ts';
import type { ReadOnlyReason } from './screen-state.ts';

/** Why nothing is written, as a sentence. */
export const readOnlyReasons: Readonly<Record<ReadOnlyReason, string>> = {
  option: 'lvstop was started with --read-only',
  setting: 'the configuration says readOnly = true',
  doubt: 'the configuration is broken and may say readOnly = true; "lvstop config" names what is wrong',
  right: 'this user lacks CAP_NET_ADMIN, without which IPVS cannot be changed; start lvstop with sudo',
};

/** Why nothing can be edited now; `undefined` when it can. */
export function editObstacle(desk: Desk): string | undefined {
  const { readOnly, view, replay } = desk.getState();
  if (replay !== null) return 'what was cannot be edited';
  if (readOnly !== null) return readOnlyReasons[readOnly];
  if (view?.director.state.kind === 'lost') return 'IPVS cannot be reached at the moment';
  return undefined;
}
