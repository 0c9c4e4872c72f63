import { Trends } from '../sampling/trends.ts';
import { trendLength } from '../sampling/view.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { Damage } from './damage.ts';
import { RecordedPast } from './recorded-numbers.ts';
import type { RecordedTable } from './recorded-table.ts';
import { counterFields } from './row-numbers.ts';

/**
 * Trends as bytes, those of services and then those of real servers: how many readings; of each, for how many periods of
 * two seconds it holds, the rows in which it is not 0, and what it is there.
 */
export function encodePast({ services, realServers }: RecordedPast): Buffer {
  const out = new ByteWriter();
  for (const trends of [services, realServers]) {
    const readings = [...trends.kept()];
    out.count(readings.length);
    for (const { periods, values } of readings) {
      out.count(periods);
      const places = [...values.keys()].filter((place) => values[place] !== 0);
      out.places(places);
      for (const place of places) out.fraction(values[place] ?? Number.NaN);
    }
  }
  return out.bytes;
}

/** The past that was written for that table, up to the sample of that time. Throws a `Damage`. */
export function decodePast(content: Buffer, table: RecordedTable, time: number): RecordedPast {
  const bytes = new ByteReader(content);
  const services = readTrends(bytes, table.services.length);
  return new RecordedPast(services, readTrends(bytes, table.realServerCount), time);
}

function readTrends(bytes: ByteReader, rows: number): Trends {
  let trends = new Trends(rows);
  const readings = bytes.count();
  if (readings > trendLength) throw new Damage('its past is too long');
  const rates = new Array<number>(rows * counterFields).fill(0);
  for (let reading = 0; reading < readings; reading++) {
    const periods = bytes.count();
    const places = bytes.places(rows);
    for (const place of places) rates[place * counterFields] = bytes.fraction();
    trends = trends.pushed(rates, periods);
    for (const place of places) rates[place * counterFields] = 0;
  }
  return trends;
}
