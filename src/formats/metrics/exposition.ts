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

/** Characters that are put together before they are written as bytes, and the event loop may have its turn. */
const pieceLength = 2 ** 14;

/**
 * Writes families, `mostSeries` series of them at most, and with it how many were left out; `expected` is how many bytes
 * it is likely to take.
 */
export function* exposition(
  families: Iterable<MetricFamily>,
  form: ExpositionForm,
  mostSeries: number,
  expected = 2 ** 16,
): Work<Buffer> {
  const text = new GrowingText(expected);
  let lines = '';
  let written = 0;
  let left = 0;
  for (const family of families) {
    const sample = family.type === 'counter' ? `${family.name}_total` : family.name;
    // OpenMetrics names a counter's family without what its series end in; the older format knows no such ending.
    let head = headOf(form === 'openmetrics' ? family.name : sample, family);
    for (const { labels, value } of family.series) {
      if (written >= mostSeries) {
        left++;
        continue;
      }
      written++;
      lines += `${head}${sample}${labels} ${value}\n`;
      head = '';
      if (lines.length < pieceLength) continue;
      text.append(lines);
      lines = '';
      yield undefined;
    }
  }
  text.append(lines);
  text.append(`${headOf(leftOut.name, { ...leftOut, type: 'gauge' })}${leftOut.name} ${left}\n`);
  if (form === 'openmetrics') text.append('# EOF\n');
  return text.bytes;
}

function headOf(name: string, { help, type }: Pick<MetricFamily, 'help' | 'type'>): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
}

/** Text of megabytes, put together of small pieces: as one string it would take twice the time, most of it the collector's. */
class GrowingText {
  #bytes: Buffer;
  #length = 0;

  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafe(expected);
  }

  append(piece: string): void {
    // A character takes three bytes at most.
    const needed = this.#length + piece.length * 3;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(piece, this.#length);
  }

  /** What was appended. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}
