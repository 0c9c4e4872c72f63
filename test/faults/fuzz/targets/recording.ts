import { allRealServers, allServices } from '../../../../src/director/director.ts';
import { createSimulatedDirector } from '../../../../src/director/simulated/simulated-director.ts';
import { formatService } from '../../../../src/ipvs/identity.ts';
import { Damage } from '../../../../src/recording/damage.ts';
import {
  encodeFrame,
  type Frame,
  type FrameKind,
  frameKinds,
  scanFrames,
} from '../../../../src/recording/frame.ts';
import { encodePast } from '../../../../src/recording/past-coding.ts';
import { noNumbers, RecordedPast } from '../../../../src/recording/recorded-numbers.ts';
import { RecordedTable } from '../../../../src/recording/recorded-table.ts';
import { RecordingDecoder } from '../../../../src/recording/recording-decoder.ts';
import { counterFields, RowNumbers } from '../../../../src/recording/row-numbers.ts';
import { encodeSample } from '../../../../src/recording/sample-encoding.ts';
import { encodeTableEdits } from '../../../../src/recording/table-edits.ts';
import { realServersOf } from '../../../../src/sampling/service-view.ts';
import { allAtOnce } from '../../../../src/system/turns.ts';
import { type FuzzTarget, requireThat, wordsOf } from '../target.ts';

const director = createSimulatedDirector({ now: () => 0, seed: 1 });
const services = allServices(director)
  .slice(0, 2)
  .map(({ service }) => ({
    key: formatService(service.identity),
    service,
    realServers: allRealServers(director, service.identity)
      .slice(0, 2)
      .map(({ realServer }) => realServer),
  }));
const [one, both] = [new RecordedTable(services.slice(0, 1)), new RecordedTable(services)];
const head = {
  info: { version: '1.2.1', connectionTableSize: 4096 },
  state: { kind: 'live' } as const,
  readingTime: 1,
  totalRates: null,
  host: null,
};
const origin = {
  version: 1,
  program: '0',
  hostName: 'lb',
  kernel: '6',
  source: 'simulated',
  access: 'full',
  interval: 10,
};

/** Numbers of a table in which every row has counted so much. */
function counted(table: RecordedTable, much: number | bigint) {
  const numbers = {
    ...noNumbers,
    services: new RowNumbers(table.services.length),
    realServers: new RowNumbers(table.realServerCount),
  };
  for (const rows of [numbers.services, numbers.realServers])
    for (let at = 0; at < rows.length * counterFields; at++) {
      rows.setCounter(at, much);
      rows.rates[at] = Number(much) / 10;
    }
  return numbers;
}

const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));
const sample = (table: RecordedTable, from: number | bigint, to: number | bigint) =>
  Buffer.from(allAtOnce(encodeSample(head, table, counted(table, from), counted(table, to), 0)));
const past = new RecordedPast().arranged({ services: [-1], realServers: [-1, -1] });
const finding = { time: 1, findings: [], unseen: ['the firewall'] };
const event = { kind: 'lost', time: 1, about: services[0]?.key, text: 'what', by: null };

/** Bytes that tell kind and length of a frame, and what is in it, neither packed nor with its checksum, which would keep all others away. */
function bare(kind: FrameKind, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(frameKinds[kind], content.length & 255, content.length >> 8), content]);
}

const begun = [
  bare('origin', bytesOf(origin)),
  bare('table', Buffer.from(allAtOnce(encodeTableEdits(RecordedTable.empty, one)))),
];
const shard = Buffer.concat([
  ...begun,
  bare('past', Buffer.from(encodePast(past.with(1, counted(one, 7))))),
  bare('sample', sample(one, 0, 5)),
  bare('findings', bytesOf(finding)),
  bare('event', bytesOf(event)),
  bare('sample', sample(one, 5, 2n ** 60n)),
  bare('table', Buffer.from(allAtOnce(encodeTableEdits(one, both)))),
  bare('sample', sample(both, 2n ** 60n, 7)),
]);
const written = [encodeFrame('origin', 1, bytesOf(origin)), encodeFrame('sample', 2, sample(one, 0, 5))];
const whole = new Set(written.map((frame) => frame.toString('latin1')));

/** Recordings: no frame but one that was written, and whatever is in one is read, or refused as damaged. */
export const recording: FuzzTarget = {
  name: 'recording',
  seeds: [shard, Buffer.concat([...begun, bare('sample', sample(one, 0, 300))]), Buffer.concat(written)],
  words: [...wordsOf('\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f', '\xff', '\0', '{', '}', 'null'), ...begun],
  separators: ',\n',
  check(input) {
    for (const { offset, end } of scanFrames(input).frames)
      requireThat(whole.has(input.toString('latin1', offset, end)), () => `a frame that nobody wrote`);
    const decoder = new RecordingDecoder();
    try {
      for (const frame of framesOf(input)) {
        decoder.take(frame);
        lookAt(decoder);
      }
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
    }
  },
};

function* framesOf(input: Buffer): Generator<Frame, void, void> {
  const kinds = Object.keys(frameKinds) as FrameKind[];
  for (let at = 0; at + 3 <= input.length; ) {
    const kind = kinds.find((name) => frameKinds[name] === input[at]);
    const end = Math.min(input.length, at + 3 + input.readUInt16LE(at + 1));
    if (kind === undefined) return;
    const packed = input.subarray(at + 3, end);
    yield { kind, time: at, offset: at, end, packed, content: () => packed };
    at = end;
  }
}

/** All that is shown of a moment. */
function lookAt(decoder: RecordingDecoder): void {
  const view = decoder.moment()?.view;
  if (view === undefined) return;
  let rows = 0;
  for (const service of view.services)
    for (const row of realServersOf(service)) {
      rows++;
      requireThat(
        [row.key, row.trend, row.rates, row.share, row.due, row.counters, row.connections].length > 0,
        () => row.key,
      );
    }
  requireThat(rows === view.totals.realServers, () => `${rows} rows of ${view.totals.realServers}`);
}
