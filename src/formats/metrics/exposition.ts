import type { Work } from '../../system/turns.ts';
import type { MetricFamily, MetricValue } from './metric-family.ts';

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

/** Series that are written before the event loop may have its turn. */
const pieceLength = 256;

/**
 * Writes families with `mostSeries` series at most, and how many were left out. `expected` is the number of bytes that
 * it will likely take.
 */
export function* exposition(
  families: Iterable<MetricFamily>,
  form: ExpositionForm,
  mostSeries: number,
  expected = 2 ** 16,
): Work<Buffer> {
  const text = new GrowingText(expected);
  let written = 0;
  let left = 0;
  for (const family of families) {
    const name = family.type === 'counter' ? `${family.name}_total` : family.name;
    const nameBytes = Buffer.from(name);
    let hasHead = false;
    for (let place = 0; place < family.labels.length; place++) {
      const labels = family.labels[place];
      const value = family.value(place);
      if (labels === undefined || value === null) continue;
      if (written >= mostSeries) {
        left++;
        continue;
      }
      if (!hasHead) {
        // OpenMetrics names a counter's family without what its series end in; the older format knows no such ending.
        text.append(headOf(form === 'openmetrics' ? family.name : name, family));
        hasHead = true;
      }
      text.appendSeries(nameBytes, labels, value);
      if (++written % pieceLength === 0) yield undefined;
    }
  }
  text.append(`${headOf(leftOut.name, { ...leftOut, type: 'gauge' })}${leftOut.name} ${left}\n`);
  if (form === 'openmetrics') text.append('# EOF\n');
  return text.bytes;
}

function headOf(name: string, { help, type }: Pick<MetricFamily, 'help' | 'type'>): string {
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
}

const lineFeed = 0x0a;
/** The digit 0. */
const zero = 0x30;
/** Bytes of a number at most, and the end of its line: a counter of 64 bits has 20 digits, a fraction 25 characters. */
const longestValue = 32;

/**
 * A text of megabytes, put together as bytes: as strings, however they are joined, it would take twice the time and
 * more.
 */
class GrowingText {
  #bytes: Buffer;
  #length = 0;

  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafe(expected);
  }

  append(piece: string): void {
    // A character takes three bytes at most.
    this.#reserve(piece.length * 3);
    this.#length += this.#bytes.write(piece, this.#length);
  }

  /** One line of a series. */
  appendSeries(name: Uint8Array, labels: Uint8Array, value: MetricValue): void {
    this.#reserve(name.length + labels.length + longestValue);
    this.#bytes.set(name, this.#length);
    this.#bytes.set(labels, this.#length + name.length);
    this.#length += name.length + labels.length;
    if (typeof value === 'number' && value >= 0 && value === (value | 0)) this.#appendDigits(value);
    else this.#appendText(String(value));
    this.#bytes[this.#length++] = lineFeed;
  }

  /** Most values are small whole numbers; made into strings, they would leave megabytes of garbage. */
  #appendDigits(value: number): void {
    let length = 1;
    for (let power = 10; power <= value; power *= 10) length++;
    let rest = value;
    for (let place = this.#length + length - 1; place >= this.#length; place--) {
      const tens = (rest / 10) | 0;
      this.#bytes[place] = zero + rest - tens * 10;
      rest = tens;
    }
    this.#length += length;
  }

  /** Characters of a number: one byte each. */
  #appendText(value: string): void {
    for (let place = 0; place < value.length; place++) this.#bytes[this.#length++] = value.charCodeAt(place);
  }

  /** What was appended. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
