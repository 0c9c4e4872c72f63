/**
 * A family of metrics as Prometheus knows it: one name, and a series for each thing that has a value of it. There are
 * hundreds of thousands of series, so no object is made for each.
 */
export interface MetricFamily {
  /** Without the `_total` that a counter's series bear. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** As `labelBytes` writes them, in the order in which they are written; none twice, which would break a whole scrape. */
  readonly labels: readonly Uint8Array[];
  /** The value that belongs to the labels at that place, text as Go reads a number; `null` where there is none, and so no series. */
  readonly value: (place: number) => MetricValue | null;
}

/** The present value of a series. */
export type MetricValue = string | number | bigint;

/**
 * Labels as they stand between the name of a metric and its value, with the blank: `{service="tcp:203.0.113.10:80"} `.
 * Bytes, since the same ones are written again and again.
 */
export function labelBytes(labels: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return Buffer.from(pairs.length === 0 ? ' ' : `{${pairs.join(',')}} `);
}

/** What `labelBytes` writes where there are no labels. */
export const noLabels: Uint8Array = labelBytes({});

/** Escapes what would end a label's value, or the line. */
function escaped(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : value;
}
