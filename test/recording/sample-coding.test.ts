import { expect, it } from 'vitest';
import { allRealServers, allServices } from '../../src/director/director.ts';
import { createSimulatedDirector } from '../../src/director/simulated/simulated-director.ts';
import type { Counter } from '../../src/ipvs/counters.ts';
import { formatService } from '../../src/ipvs/identity.ts';
import { noNumbers, type RecordedNumbers } from '../../src/recording/recorded-numbers.ts';
import { RecordedTable } from '../../src/recording/recorded-table.ts';
import { counterFields, RowNumbers } from '../../src/recording/row-numbers.ts';
import { RunningNumbers } from '../../src/recording/sample-decoding.ts';
import { encodeSample } from '../../src/recording/sample-encoding.ts';
import { allAtOnce } from '../../src/system/turns.ts';

const director = createSimulatedDirector({ now: () => 0, seed: 1 });
const table = new RecordedTable(
  allServices(director).map(({ service }) => ({
    key: formatService(service.identity),
    service,
    realServers: allRealServers(director, service.identity).map(({ realServer }) => realServer),
  })),
);

/** Numbers of the table in which the first real server and its service have counted so much, in every field. */
function counted(counter: Counter, ofService: Counter = counter): RecordedNumbers {
  const numbers = {
    ...noNumbers,
    services: new RowNumbers(table.services.length),
    realServers: new RowNumbers(table.realServerCount),
  };
  for (let field = 0; field < counterFields; field++) {
    numbers.realServers.setCounter(field, counter);
    numbers.services.setCounter(field, ofService);
  }
  return numbers;
}

const exact = BigInt(Number.MAX_SAFE_INTEGER);
const steps: readonly (readonly [from: Counter, to: Counter, ofService: Counter])[] = [
  [0, 1, 1],
  [5, 3, 3],
  [0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  [Number.MAX_SAFE_INTEGER, exact + 1n, exact + 1n],
  [exact + 10n, 7, 7],
  [exact + 10n, exact + 300n, exact + 300n],
  [0, 2n ** 64n - 1n, 2n ** 64n - 1n],
  [2n ** 64n - 1n, 0, 0],
  [100, 200, exact + 5n],
  [exact + 1n, exact + 1n, 3],
];

it.each(steps)('leads from %s to %s exactly', (from, to, ofService) => {
  const [before, now] = [counted(from), counted(to, ofService)];
  const head = {
    info: { version: '1.2.1', connectionTableSize: 4096 },
    state: { kind: 'live' } as const,
    readingTime: 0,
    totalRates: null,
    host: null,
  };
  const running = new RunningNumbers(before);
  running.take(Buffer.from(allAtOnce(encodeSample(head, table, before, now, 0))), table, 0);
  const told = (numbers: RecordedNumbers | RunningNumbers) =>
    [numbers.services, numbers.realServers].map((rows) =>
      Array.from({ length: rows.length * counterFields }, (_, at) => rows.counter(at)),
    );
  expect(told(running)).toEqual(told(now));
});
