import type { Director } from '../../director/director.ts';
import type { ConfiguredSetting } from '../../formats/configuration.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import type { Step } from '../steps/step.ts';
import type { Difference, LocatedStep } from './difference.ts';
import { planSetting } from './plan-settings.ts';

/**
 * How a director's time-outs and sync daemons differ from those in a configuration; of several settings the last
 * counts. If the configuration has none, nothing is compared: a table saved without them says nothing about them.
 * Throws an input `IpvsError` for values that cannot be set.
 */
export function compareSettings(
  director: Director,
  settings: readonly ConfiguredSetting[],
): Pick<Difference, 'changes' | 'surplus'> {
  if (settings.length === 0) return { changes: [], surplus: [] };
  const timeouts = settings.flatMap((setting) => (setting.kind === 'time-outs' ? [setting] : []));
  const change = Object.assign({}, ...timeouts.map((setting) => setting.timeouts));
  const daemons = new Map<SyncDaemon['state'], Extract<ConfiguredSetting, { kind: 'sync daemon' }>>();
  for (const setting of settings) {
    if (setting.kind === 'sync daemon') daemons.set(setting.daemon.state, setting);
  }
  const located = (line: number, steps: readonly Step[]): LocatedStep[] =>
    steps.map((step) => ({ step, line }));
  return {
    changes: [
      ...located(timeouts.at(-1)?.line ?? 1, planSetting(director, { kind: 'set time-outs', change })),
      ...[...daemons.values()].flatMap(({ line, daemon }) =>
        located(line, planSetting(director, { kind: 'start sync daemon', daemon })),
      ),
    ],
    surplus: director
      .syncDaemons()
      .filter(({ state }) => !daemons.has(state))
      .map((before) => ({ kind: 'stop sync daemon', before })),
  };
}
