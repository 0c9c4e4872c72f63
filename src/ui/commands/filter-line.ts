import type { Desk } from '../state/desk.ts';
import { sayFilterProblem, TypedFilter } from '../state/typed-filter.ts';
import { completeRowFilter, rowFilter } from '../table/row-filter.ts';

/** The line that `/` opens to filter the table. */
export function tableFilterLine(desk: Desk): TypedFilter {
  return new TypedFilter(desk, {
    get text() {
      return desk.getState().filter;
    },
    reading: rowFilter,
    completions: completeRowFilter,
    show: (filter) => desk.update({ filter }),
    get isEmpty() {
      return desk.getState().rows.length === 0;
    },
  });
}

/** Filters by a text, or says what is wrong with it. */
export function filterBy(desk: Desk, text: string): void {
  const reading = rowFilter(text);
  if (reading.kind === 'filter' || reading.kind === 'all') desk.update({ filter: text });
  else sayFilterProblem(desk, text, reading.problem);
}
