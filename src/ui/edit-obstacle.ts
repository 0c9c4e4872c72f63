import type { Controller } from './controller.ts';

/** Why nothing can be edited now; `undefined` when it can. */
export function editObstacle(controller: Controller): string | undefined {
  const state = controller.getState();
  if (state.readOnly) return 'lvstop was started with --read-only';
  if (state.view?.director.state.kind === 'lost') return 'IPVS cannot be reached at the moment';
  return undefined;
}
