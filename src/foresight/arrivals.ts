import { nominalPeriod } from '../sampling/rate-meter.ts';
import type { ServiceView } from '../sampling/view.ts';
import type { Readings } from './measured-load.ts';

/** With at least this many readings, their mean says more than the kernel's own average. */
const enoughReadings = 8;

/**
 * Seconds that the kernel's average roughly covers: every 2 s it moves a quarter of the way to the new rate
 * (`ip_vs_est.c`).
 */
const averageSeconds = 14;

/**
 * New connections a second of a service in the last minutes: the mean of the readings, or, while these cover only a
 * few seconds, the kernel's slow average if they do not contradict it.
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
  // Within three standard deviations of random arrivals, plus one because the kernel's average is a whole number.
  const isLikely = readings.length === 0 || Math.abs(mean - average) <= 3 * Math.sqrt(mean / seconds) + 1;
  return isLikely ? { perSecond: average, seconds: averageSeconds } : { perSecond: mean, seconds };
}
