import { useEffect, useRef } from 'react';
import { type TakenOn, takenOn } from '../../changes/plan/taken-on.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, realServerKey } from '../../ipvs/identity.ts';
import type { KnownAnswer } from '../../probe/known-answers.ts';
import { formatMilliseconds } from '../../probe/verdict.ts';
import type { Part } from '../kit/page.ts';
import { useLiveState, useRedraw } from '../kit/use-live-state.ts';
import type { Desk } from '../state/desk.ts';
import type { Preview } from '../state/preview.ts';
import { answerLooks } from '../table/answer-cell.ts';
import { useDesk } from './dialog-context.ts';

/** Real servers of one plan that are asked: no dialog has room for more. */
const mostAsked = 6;

/** Milliseconds without a key before anybody is asked: half an address may be that of another machine. */
const typingPause = 700;

/** Milliseconds for which an answer need not be asked for again. */
const recent = 10_000;

/**
 * Whether the real servers answer that a plan sends clients to. They are asked while the plan is looked at, and an
 * answer is shown when it comes; nothing waits for it.
 */
export function useAnswers(preview: Preview | undefined): readonly Part[] {
  const desk = useDesk();
  const now = desk.director.clock.time;
  const redraw = useRedraw();
  const failure = useLiveState<string | null>(null);
  const wanted = preview?.kind === 'plan' ? takenOn(preview.plan.steps) : [];
  const asked = wanted.slice(0, mostAsked);
  const newest = useRef(asked);
  newest.current = asked;
  const names = asked.map((one) => JSON.stringify(one)).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whom to ask is what the names say
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const unknown = newest.current.filter((one) => !isRecent(answerOf(desk, one), now()));
      ask(desk, unknown, stop.signal, redraw).then(failure.set);
    }, typingPause);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [desk, names]);
  if (desk.probing === undefined) return [];
  const more = wanted.length - asked.length;
  return [
    ...asked.flatMap((one) => linesOf(one, answerOf(desk, one), failure.current, now())),
    ...(more > 0 && asked.length > 0
      ? [{ text: `· ${more} more are not asked here; P on the service asks all`, role: 'dim' } as const]
      : []),
  ];
}

/** Asks these real servers; resolves with why that cannot be done, or with `null` where it can. */
async function ask(
  { probing, getState }: Desk,
  asked: readonly TakenOn[],
  signal: AbortSignal,
  onAnswer: () => void,
): Promise<string | null> {
  if (probing === undefined || asked.length === 0) return null;
  const services = getState().view?.services.map(({ service }) => service.identity) ?? [];
  try {
    const rows = await probing.rowsOf(
      asked.map(({ service, realServer }) => ({ service, realServers: [realServer] })),
      services,
    );
    await probing.ask(rows, [...services, ...asked.map(({ service }) => service)], {
      signal,
      onVerdict: () => !signal.aborted && onAnswer(),
    });
    return null;
  } catch (error) {
    if (!(error instanceof IpvsError)) throw error;
    return `${error.reason}; ${error.advice}`;
  }
}

function answerOf({ probing }: Desk, { service, realServer }: TakenOn): KnownAnswer | undefined {
  return probing?.known.of(realServerKey(service, realServer.identity), realServer);
}

function isRecent(answer: KnownAnswer | undefined, now: number): boolean {
  return answer !== undefined && now - answer.time < recent;
}

function linesOf(
  { realServer }: TakenOn,
  answer: KnownAnswer | undefined,
  failure: string | null,
  now: number,
): readonly Part[] {
  const name = formatRealServer(realServer.identity);
  if (answer === undefined || answer.countsUntil < now)
    return [
      failure === null
        ? { text: `… does ${name} answer?`, role: 'dim' }
        : { text: `· not asked whether ${name} answers: ${failure}`, role: 'dim' },
    ];
  const { word, said, causes, milliseconds } = answer;
  const { sign, role } = answerLooks[word];
  const time = milliseconds === null ? '' : ` (${formatMilliseconds(milliseconds)})`;
  return [
    { text: `${sign} ${name} ${word}${word === 'answers' ? '' : ':'} ${said}${time}`, role },
    ...causes.slice(0, 1).map((cause): Part => ({ text: `  it may be that ${cause}`, role: 'dim' })),
  ];
}
