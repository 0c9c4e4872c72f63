import { formatRealServer } from '../../ipvs/identity.ts';
import { spanText } from '../steps/describe.ts';
import { type Drain, type DrainEnding, drainProgress } from './drain.ts';

/** How far a drain is, in words: `30 active, 12 inactive, 71 % gone, 2.4 a second, empty in about 18 s`. */
export function drainNumbersText(drain: Drain): string {
  const { latest } = drain;
  if (latest === null) return 'not read yet';
  const { active, inactive, persistent } = latest.numbers;
  const { progress, rate, expectedEnd } = drainProgress(drain);
  return [
    `${active} active`,
    `${inactive} inactive`,
    ...(persistent > 0 ? [`${persistent} persistent`] : []),
    `${Math.floor(progress * 100)} % gone`,
    `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} a second`,
    expectedEnd === null ? 'end not known yet' : `empty in about ${spanText(expectedEnd - latest.time)}`,
  ].join(', ');
}

/** A drain in one line of text: its real server, and how far it is. */
export function drainLine(drain: Drain): string {
  const { order, isHeld } = drain;
  const held = isHeld ? `ends only after D (${endingText(order.ending, order.formerWeight)}), ` : '';
  return `${formatRealServer(order.realServer)}: ${held}${drainNumbersText(drain)}`;
}

/** What happens when it is empty, as a clause. */
export function endingText(ending: DrainEnding, formerWeight: number): string {
  switch (ending) {
    case 'delete':
      return 'deleted when empty';
    case 'leave':
      return 'left at weight 0 when empty';
    case 'restore':
      return `weight ${formerWeight} again when empty`;
  }
}
