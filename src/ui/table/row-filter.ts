import type { Drain } from '../../changes/drain/drain.ts';
import { drainKey } from '../../changes/drain/drains.ts';
import { completeFilter } from '../../formats/filter/complete-filter.ts';
import type { FilterField, FilterSubject } from '../../formats/filter/filter-field.ts';
import { type FilterReading, readFilter } from '../../formats/filter/read-filter.ts';
import { forwardingMethodLabel, forwardingMethods } from '../../ipvs/forwarding-method.ts';
import type { RowKey } from '../../ipvs/identity.ts';
import { schedulers } from '../../ipvs/scheduler.ts';
import { isInSubnet } from '../../ipvs/subnet.ts';
import type { KnownAnswers } from '../../probe/known-answers.ts';
import type { PublicServiceView } from '../../sampling/view.ts';
import { remembering } from '../kit/remembering.ts';
import { answerFilterWords, hasAnswer } from './answer-cell.ts';
import { columnWords } from './column-words.ts';
import { type Column, columns, nameOf, type RowsKept } from './columns.ts';
import type { FindingMarks } from './finding-marks.ts';
import { type RealServerRow, type Row, serviceMode } from './row.ts';
import { deviationOf, noticeablePoints } from './share-cell.ts';

/** What is known of rows beyond their numbers, by their keys. */
export interface RowStates extends RowsKept {
  readonly tagged: ReadonlySet<RowKey>;
  readonly drains: readonly Drain[];
  readonly marks: FindingMarks;
  readonly answers: KnownAnswers;
}

/** A row that is asked whether it shall be shown. */
export interface AskedRow {
  readonly row: Row;
  readonly states: RowStates;
}

/** Bits of a byte: what is sorted by bytes is shown and filtered in bits. */
const bitsOfByte = 8;

const checkFilterWords = ['up', 'inhibited', 'sorry', 'unchecked', 'down'];

/** The states that a row can be asked for. */
const stateTests: Readonly<Record<string, (asked: AskedRow) => boolean>> = {
  draining: ({ row, states }) => states.drains.some(({ order }) => drainKey(order) === row.key),
  weight0: ({ row }) => row.kind === 'real server' && row.realServer.realServer.weight === 0,
  full: ({ row }) => row.kind === 'real server' && row.realServer.overloaded,
  tagged: ({ row, states }) => states.tagged.has(row.key),
  finding: ({ row, states }) => states.marks.own.has(row.key),
};

/** Words that stand for a state by themselves. */
const stateWords: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.keys(stateTests).map((state) => [state, state])),
  drained: 'weight0',
  overloaded: 'full',
};

/** All that a filter can ask of a row by name: the columns, its due share and the deviation from it, and states. */
export const filterFields: readonly FilterField<AskedRow>[] = [
  {
    kind: 'word',
    words: ['state'],
    values: Object.keys(stateTests),
    isMoving: true,
    has: (asked, state) => stateTests[state]?.(asked) ?? false,
  },
  ...columns.filter(({ id }) => !['share', 'deviation', 'trend'].includes(id)).map(fieldOf),
  {
    kind: 'number',
    words: ['share'],
    isMoving: true,
    tolerance: noticeablePoints,
    of: ({ row }) => (row.kind === 'service' ? null : percent(row.realServer.share)),
  },
  {
    kind: 'number',
    words: ['due'],
    isMoving: true,
    tolerance: noticeablePoints,
    of: ({ row }) => (row.kind === 'service' ? null : percent(row.realServer.due)),
  },
  {
    kind: 'number',
    words: ['deviation'],
    isMoving: true,
    of: ({ row }) => (row.kind === 'service' ? null : deviationOf(row.realServer)),
  },
];

/** What a text asks of rows; compiled once for as long as it stays the same. */
export const rowFilter = remembering(
  (text: string): FilterReading<AskedRow> => readFilter(text, { ...subject, fields: filterFields }),
);

/** Whether a text asks for what moves with each reading of real servers: then all of them have to be read. */
export function asksForNumbers(text: string): boolean {
  const reading = rowFilter(text);
  return reading.kind === 'filter' && [...reading.filter.fields].some(({ isMoving }) => isMoving);
}

/** Whether a text asks for states, which change without a reading. */
export function asksForStates(text: string): boolean {
  const reading = rowFilter(text);
  return reading.kind === 'filter' && [...reading.filter.fields].some(({ words }) => words.includes('state'));
}

/** What a text could be completed to, each as the whole text. */
export function completeRowFilter(text: string): readonly string[] {
  return completeFilter(text, filterFields);
}

const subject: Omit<FilterSubject<AskedRow>, 'fields'> = {
  holds: (asked, word) => {
    const { row } = asked;
    const state = stateWords[word];
    if (state !== undefined && stateTests[state]?.(asked) === true) return true;
    if (nameOf(row, asked.states.rowNames).toLowerCase().includes(word)) return true;
    return (
      serviceText(row.service).includes(word) || (row.kind === 'real server' && realServerHolds(row, word))
    );
  },
  isWithin: ({ row }, { network, prefixLength }) => {
    const { identity } = row.service.service;
    const isIn = (address: string) =>
      address.includes(':') === network.includes(':') && isInSubnet(address, network, prefixLength);
    return (
      (identity.kind === 'address' && isIn(identity.address)) ||
      (row.kind === 'real server' && isIn(row.realServer.realServer.identity.address))
    );
  },
};

function fieldOf(column: Column): FilterField<AskedRow> {
  const words = columnWords(column);
  if (column.id === 'mode') {
    const labels = Object.values(forwardingMethods).map(({ label }) => label);
    const values = [...labels, 'mixed'].map((label) => label.toLowerCase());
    const has = ({ row }: AskedRow, mode: string) => String(column.sortValue(row)).toLowerCase() === mode;
    return { kind: 'word', words, values, isMoving: false, has };
  }
  if (column.id === 'scheduler') {
    const values = schedulers.map(({ name }) => name);
    return {
      kind: 'word',
      words,
      values,
      isMoving: false,
      has: ({ row }, name) => schedulerOf(row) === name,
    };
  }
  if (column.id === 'check') {
    const has = ({ row, states }: AskedRow, word: string) => {
      const state = states.checks.get(row.key);
      return state?.kind === 'service' ? word === 'down' && state.down > 0 : state?.kind === word;
    };
    return { kind: 'word', words, values: checkFilterWords, isMoving: false, has };
  }
  if (column.id === 'label') {
    const of = ({ row, states }: AskedRow) => nameOf(row, states.rowNames).toLowerCase();
    return { kind: 'text', words, isMoving: false, of };
  }
  if (column.id === 'answers') {
    const has = ({ row, states }: AskedRow, word: string) => hasAnswer(row, word, states.answers);
    return { kind: 'word', words, values: answerFilterWords, isMoving: false, has };
  }
  if (!column.isNumber) {
    const of = ({ row }: AskedRow) => String(column.sortValue(row)).toLowerCase();
    return { kind: 'text', words, isMoving: false, of };
  }
  const scale = column.isInBits === true ? bitsOfByte : 1;
  return {
    kind: 'number',
    words,
    isMoving: true,
    of: ({ row }) => {
      const value = Number(column.sortValue(row));
      // A sort value below 0 is not known.
      return value < 0 ? null : value * scale;
    },
  };
}

function schedulerOf({ service }: Row): string {
  return service.service.scheduler.toLowerCase();
}

function percent(share: number | null): number | null {
  return share === null ? null : Math.round(share * 100);
}

/** Remembered, since the rows of a service come one after the other and each asks for it. */
const serviceText = remembering((service: PublicServiceView): string =>
  `${service.key} ${service.service.scheduler} ${serviceMode(service)}`.toLowerCase(),
);

/** A real server's key ends in its address and port. */
function realServerHolds({ key, service, realServer }: RealServerRow, word: string): boolean {
  if (key.includes(word, service.key.length + 1)) return true;
  return forwardingMethodLabel(realServer.realServer.forwarding).toLowerCase().includes(word);
}
