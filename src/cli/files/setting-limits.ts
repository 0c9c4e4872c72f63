import type { SettingLimits } from '../../formats/settings.ts';
import { greatestBudget, leastBudget, longestInterval, shortestInterval } from '../../sampling/sampler.ts';

/** What settings are checked against. The columns are the screen's, which is loaded only where they are asked for. */
export async function settingLimits(): Promise<SettingLimits> {
  const { columns } = await import('../../ui/table/columns.ts');
  return {
    columns: columns.map(({ id }) => id),
    shortestInterval,
    longestInterval,
    leastBudget,
    greatestBudget,
  };
}
