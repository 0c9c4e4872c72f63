import type { KnownAnswer, KnownAnswers } from '../../probe/known-answers.ts';
import { faultWords, formatMilliseconds, type ProbeWord, probeWords } from '../../probe/verdict.ts';
import { formatSpan } from '../kit/number-format.ts';
import type { StyleRole } from '../kit/theme.ts';
import type { CellText } from './cell-text.ts';
import type { Row } from './row.ts';

/** What real servers answered to probes, and the time by which to tell how long ago. */
export interface AskedAnswers {
  readonly answers: KnownAnswers;
  /** The newest moment that is known of, milliseconds since the epoch. */
  readonly now: number;
}

/** Sign and role of each answer. */
export const answerLooks: Readonly<Record<ProbeWord, { readonly sign: string; readonly role: StyleRole }>> = {
  answers: { sign: '✓', role: 'good' },
  'no objection': { sign: '·', role: 'dim' },
  refused: { sign: '✗', role: 'error' },
  silent: { sign: '✗', role: 'error' },
  unreachable: { sign: '✗', role: 'error' },
  gone: { sign: '✗', role: 'error' },
  astray: { sign: '✗', role: 'error' },
  'not asked': { sign: '·', role: 'dim' },
};

/** Words that a filter can ask the column for; `fault` stands for every answer after which clients are not served. */
export const answerFilterWords: readonly string[] = ['fault', ...Object.keys(probeWords).map(filterWord)];

/** What the row's real server answered; for a service, how many of its real servers did. */
export function answerCell(row: Row, width: number, { answers, now }: AskedAnswers): CellText {
  const found = answersOf(row, answers);
  const [first] = found;
  if (first === undefined) return { text: row.kind === 'service' ? '' : '—', role: 'dim' };
  const oldest = Math.min(...found.map(({ time }) => time));
  const age = formatSpan(Math.max(0, now - oldest));
  const { text, role } = row.kind === 'service' ? summaryOf(found) : lookOf(first);
  const room = width - age.length - 1;
  if (text.length > room) return { text, role };
  const padded = `${text.padEnd(room)} ${age}`;
  return { text: padded, role, marks: [{ from: room + 1, to: padded.length, role: 'dim' }] };
}

/** Sorting goes by what is wrong first, then by the slowest. */
export function answerOrder(row: Row, answers: KnownAnswers): number {
  const found = answersOf(row, answers);
  const faults = found.filter(isFault).length;
  if (faults > 0) return slowest + faults;
  return Math.max(-1, ...found.map(({ milliseconds }) => milliseconds ?? 0));
}

/** More milliseconds than any answer takes. */
const slowest = 1_000_000;

/** Whether a row's answer, or one of those within a service, is what a filter asks for. */
export function hasAnswer(row: Row, word: string, answers: KnownAnswers): boolean {
  return answersOf(row, answers).some((answer) =>
    word === 'fault' ? isFault(answer) : filterWord(answer.word) === word,
  );
}

function filterWord(word: string): string {
  return word.replace(' ', '-');
}

function answersOf(row: Row, answers: KnownAnswers): KnownAnswer[] {
  const servers = row.kind === 'service' ? row.service.realServers : [row.realServer];
  return servers.flatMap(({ key, realServer }) => answers.of(key, realServer) ?? []);
}

function isFault({ word }: KnownAnswer): boolean {
  return faultWords.has(word);
}

function lookOf({ word, milliseconds }: KnownAnswer): { readonly text: string; readonly role: StyleRole } {
  const { sign, role } = answerLooks[word];
  return { text: `${sign} ${milliseconds === null ? word : formatMilliseconds(milliseconds)}`, role };
}

function summaryOf(found: readonly KnownAnswer[]): { readonly text: string; readonly role: StyleRole } {
  const faults = found.filter(isFault).length;
  if (faults > 0) return { text: `✗ ${faults} of ${found.length}`, role: 'error' };
  const answering = found.filter(({ word }) => word === 'answers').length;
  return answering > 0
    ? { text: `✓ ${answering}`, role: 'good' }
    : { text: `· ${found.length}`, role: 'dim' };
}
