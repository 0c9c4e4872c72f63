import { changedFields, written } from '../changes/steps/step-kinds.ts';
import { type Drift, driftCauses } from './drift.ts';
import { placeText } from './managed-configuration.ts';
import { sinceText } from './since-text.ts';

/** What stands in the table instead of what is configured. */
export function foundText({ step, causes, place }: Drift): string {
  const where = place === null ? '' : ` (${placeText(place)})`;
  if (!('after' in step)) {
    return causes.includes('sorry')
      ? 'in the table, configured as sorry_server'
      : 'only in the table, not configured';
  }
  if (!('before' in step)) return `absent, configured with ${written(step) ?? ''}${where}`;
  return `${changedFields(step)
    .map((change) => change.replace(' → ', ', configured '))
    .join('; ')}${where}`;
}

/** Why it is or may be so, a line for each cause. */
export function causeLines(drift: Drift, now: number): readonly string[] {
  const { causes, said } = drift;
  if (said === null) return causes.map((cause) => `fits: ${causeText(drift, cause)}`);
  const since = said.since === null ? '' : `, since ${sinceText(said.since, now)}`;
  return causes.map((cause) =>
    cause === 'hand'
      ? 'keepalived says that it has it as configured: changed by hand'
      : `keepalived says: ${causeText(drift, cause)}${since}`,
  );
}

function causeText({ by }: Drift, cause: Drift['causes'][number]): string {
  const isByCheck = ['check', 'inhibited', 'quiescent', 'moving weight'].includes(cause);
  return `${driftCauses[cause]}${isByCheck && by.length > 0 ? `: ${by.join(', ')}` : ''}`;
}
