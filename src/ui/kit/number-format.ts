const steps = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/**
 * A number in at most five cells with decimal multiples: `0`, `0.4`, `37`, `9999`, `12.1k`, `210M`, `1.9G`.
 * Whole numbers stay whole below 10,000; a fraction shows one decimal below 10.
 */
export function formatAmount(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (value < 0) return `-${formatAmount(-value)}`;
  if (value < 9.95 && !Number.isInteger(value)) {
    return value < 0.05 ? '0' : value.toFixed(1);
  }
  if (value < 9999.5) return String(Math.round(value));
  let scaled = value;
  let step = 0;
  while (scaled >= 999.5 && step < steps.length - 1) {
    scaled /= 1000;
    step++;
  }
  return `${scaled < 99.95 ? scaled.toFixed(1) : Math.round(scaled)}${steps[step]}`;
}

/** A rate of bytes as bits a second, the unit of links: `210M` of 26,250,000 bytes. */
export function formatBits(bytesPerSecond: number): string {
  return formatAmount(bytesPerSecond * 8);
}

/** A share from 0 to 1 as a percentage without its sign: `51`. */
export function formatShare(share: number): string {
  return String(Math.round(share * 100));
}

/** A time span in one or two units: `4s`, `2m10s`, `3h05m`. */
export function formatSpan(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${String(seconds % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}
