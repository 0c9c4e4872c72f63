import type { CheckState, RowChecks } from '../../manager/row-checks.ts';
import { sinceText } from '../../manager/since-text.ts';
import type { CellText } from './cell-text.ts';
import type { Row } from './row.ts';

/** What the checks of keepalived or ldirectord say of a row. */
export function checkCell({ key }: Row, width: number, checks: RowChecks): CellText {
  const state = checks.get(key);
  if (state === undefined) return { text: '' };
  switch (state.kind) {
    case 'up':
      return { text: withName('✓ up', state.by, width), role: 'good' };
    case 'unchecked':
      return { text: 'no check', role: 'dim' };
    case 'inhibited':
      return { text: withName(`✗ inhibited${sinceWords(state.since)}`, state.by, width), role: 'error' };
    case 'sorry':
      return { text: '▲ sorry', role: 'warning' };
    case 'service':
      return serviceCell(state, width);
  }
}

function withName(word: string, [first, ...others]: readonly string[], width: number): string {
  if (first === undefined) return word;
  const whole = `${word} ${first}${others.length > 0 ? ` +${others.length}` : ''}`;
  return whole.length <= width ? whole : word;
}

function sinceWords(since: number | null): string {
  return since === null ? '' : ` since ${sinceText(since, Date.now())}`;
}

function serviceCell(
  { down, all, since, out, isSorry }: Extract<CheckState, { readonly kind: 'service' }>,
  width: number,
): CellText {
  if (down === 0) return { text: '' };
  const time = sinceWords(since);
  const text = isSorry ? `✗ sorry${time}` : `▲ ${down} of ${all} down${time}`;
  const [first] = out;
  const named = first === undefined ? text : withName(`${text} ${first.identity.address}`, first.by, width);
  return { text: named.length <= width ? named : text, role: isSorry ? 'error' : 'warning' };
}

/** Sorting goes by what is wrong first. */
export function checkOrder({ key }: Row, checks: RowChecks): number {
  const state = checks.get(key);
  if (state === undefined) return 0;
  if (state.kind === 'service') return state.isSorry ? 1000 + state.down : state.down;
  return { inhibited: 3, sorry: 2, unchecked: 1, up: 0 }[state.kind];
}
