import { nominalPeriod } from '../sampling/rate-meter.ts';
import type { ServiceView } from '../sampling/view.ts';
import type { Readings } from './measured-load.ts';

/** Readings of a trend that tell more than the kernel's own average does. */
const enoughReadings = 8;

/** About the time that the kernel's average stands for: each step of 2 s moves it by a quarter (`ip_vs_est.c`). */
const averageSeconds = 14;

/**
 * New connections a second of a service in the last minutes: the mean of what was read, or, where that is but a few
 * seconds, the kernel's slow average as long as it does not contradict them.
 */
export function arrivalsOf({
  trend,
  kernelRates,
}: Pick<ServiceView, 'trend' | 'kernelRates'>): Readings['arrivals'] {
  const readings = [...trend].filter((rate) => !Number.isNaN(rate));
  const seconds = readings.length * nominalPeriod;
  const mean = readings.reduce((sum, rate) => sum + rate, 0) / Math.max(1, readings.length);
  if (readings.length >= enoughReadings) return { perSecond: mean, seconds };
  const average = kernelRates.connections;
  // Three standard deviations of what comes at random; the average is a whole number.
  const isLikely = readings.length === 0 || Math.abs(mean - average) <= 3 * Math.sqrt(mean / seconds) + 1;
  return isLikely ? { perSecond: average, seconds: averageSeconds } : { perSecond: mean, seconds };
}
