import type { Work } from '../../system/turns.ts';
import type { MetricFamily } from './metric-family.ts';

/** The forms in which metrics are written: Prometheus' text format 0.0.4, and OpenMetrics 1.0. */
export type ExpositionForm = 'prometheus' | 'openmetrics';

/** What each form is called where a program asks for it. */
export const contentTypes: Readonly<Record<ExpositionForm, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** The family that tells how many series there was no room for. */
const leftOut = {
  name: 'lvstop_series_left_out',
  help: 'Series that were not written because there were too many; those written first are there.',
};

/** Lines that are put together before the event loop may have its turn. */
const linesTogether = 64;

/**
 * Writes families, `mostSeries` series of them at most, and with it how many were left out. Yields the lines that it has
 * written since it yielded last.
 */
export function* exposition(
  families: Iterable<MetricFamily>,
  form: ExpositionForm,
  mostSeries: number,
): Work<string> {
  const pieces: string[] = [];
  let written = 0;
  let left = 0;
  for (const family of families) {
    const counts = family.type === 'counter';
    const sample = counts ? `${family.name}_total` : family.name;
    // OpenMetrics names a counter's family without what its series end in; the older format knows no such ending.
    const name = form === 'openmetrics' ? family.name : sample;
    const head = headOf(name, family);
    let lines = '';
    let together = 0;
    let isHeaded = false;
    for (const { labels, value } of family.series) {
      if (written >= mostSeries) {
        left++;
        continue;
      }
      written++;
      if (!isHeaded) {
        lines = head;
        isHeaded = true;
      }
      lines += `${sample}${labels} ${value}\n`;
      if (++together < linesTogether) continue;
      pieces.push(lines);
      yield together;
      lines = '';
      together = 0;
    }
    pieces.push(lines);
    yield together;
  }
  pieces.push(`${headOf(leftOut.name, { ...leftOut, type: 'gauge' })}${leftOut.name} ${left}\n`);
  if (form === 'openmetrics') pieces.push('# EOF\n');
  return pieces.join('');
}

function headOf(name: string, { help, type }: Pick<MetricFamily, 'help' | 'type'>): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
}
