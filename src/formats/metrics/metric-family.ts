/** A family of metrics as Prometheus knows it: one name, and a series for each thing that has a value of it. */
export interface MetricFamily {
  /** Without the `_total` that a counter's series bear. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** In the order in which they are written; no labels twice, which would break a whole scrape. */
  readonly series: Iterable<MetricSeries>;
}

/** One series and its value now. */
export interface MetricSeries {
  /** As `labelText` writes them. */
  readonly labels: string;
  /** A number as Go reads one. */
  readonly value: string;
}

/** Labels as they stand behind the name of a metric, empty for none: `{service="tcp:203.0.113.10:80"}`. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** What would end a label's value, or the line. */
function escaped(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : value;
}
