import { severitySigns } from '../../doctor/rounds/finding-text.ts';
import type { FleetDirector } from '../../fleet/directors/fleet-director.ts';
import type { Load } from '../../formats/summary.ts';
import { visible } from '../../ipvs/visible.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { formatAmount, formatBits } from '../kit/number-format.ts';
import { fittedLine, type Line, type Part, textLine } from '../kit/page.ts';
import { findingsBySeverity, standingOf } from './fleet-columns.ts';
import type { FleetState } from './fleet-state.ts';

const gap: Part = { text: '   ' };

/** The lines above the table: how the directors stand, and what they carry together. */
export function fleetHeader(state: FleetState, width: number): Line[] {
  const { title, directors, problem, frozen } = state;
  const isSimulated = title === 'SIMULATED';
  const source: Part = isSimulated
    ? { text: ` ${title} `, role: 'badge' }
    : { text: visible(title), role: 'dim' };
  const first = [
    [{ text: 'lvstop fleet', role: 'strong' }, { text: ' ' }, source],
    ...(frozen ? [[{ text: ' FROZEN ', role: 'badge' }]] : []),
    ...standingParts(directors),
    ...pairParts(state),
    ...findingParts(directors),
  ] as Part[][];
  return [
    fittedLine(joined(first), width),
    fittedLine(joined(loadParts(directors)), width),
    ...(problem === null
      ? []
      : wrapText(`✗ ${visible(problem)}; it is asked again, and what is shown was read before`, width).map(
          (line) => textLine(line, 'error'),
        )),
  ];
}

function joined(groups: readonly (readonly Part[])[]): Part[] {
  return groups.flatMap((group, place) => (place === 0 ? group : [gap, ...group]));
}

function standingParts(directors: readonly FleetDirector[]): Part[][] {
  const counts = new Map<string, number>();
  for (const director of directors) {
    const word = standingOf(director);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const of = (word: string) => counts.get(word) ?? 0;
  const told = (word: string, role: Part['role']): Part[][] =>
    of(word) === 0 ? [] : [[{ text: `${of(word)} ${word}`, ...(role !== undefined && { role }) }]];
  return [
    [{ text: `${directors.length} ${directors.length === 1 ? 'director' : 'directors'}` }],
    ...told('no answer', 'error'),
    ...told('IPVS gone', 'error'),
    ...told('frozen', 'warning'),
    ...told('waiting', 'dim'),
  ];
}

function pairParts({ rows, directors }: FleetState): Part[][] {
  const different = new Set<string>();
  for (const row of rows)
    if (row.kind === 'director' && row.alike === 'different')
      different.add([row.key, row.director.partner ?? ''].sort().join('\n'));
  const count = different.size;
  if (count === 0) return [];
  const text = `${count} ${count === 1 ? 'pair differs' : 'pairs differ'}`;
  return directors.length === 0 ? [] : [[{ text, role: 'error' }]];
}

function findingParts(directors: readonly FleetDirector[]): Part[][] {
  let error = 0;
  let warning = 0;
  for (const { contact, reading } of directors) {
    if (contact.kind !== 'answers') continue;
    const counts = findingsBySeverity(reading);
    error += counts?.error ?? 0;
    warning += counts?.warning ?? 0;
  }
  return [
    ...(error === 0 ? [] : [[{ text: `${severitySigns.error} ${error}`, role: 'error' } as Part]]),
    ...(warning === 0 ? [] : [[{ text: `${severitySigns.warning} ${warning}`, role: 'warning' } as Part]]),
  ];
}

/** What the directors that answer carry together; `≥` where not all of them have told it. */
function loadParts(directors: readonly FleetDirector[]): Part[][] {
  const loads = directors.flatMap(({ contact, reading }) =>
    contact.kind === 'answers' && reading !== null && reading.state !== 'lost' ? [reading.load] : [],
  );
  const sum = (name: keyof Load, format: (value: number) => string): Part => {
    const known = loads.flatMap((load) => load[name] ?? []);
    if (known.length === 0) return { text: '…', role: 'strong' };
    const isMore = loads.some((load) => load[name] === null && !isUnseen(load, name));
    const total = known.reduce((before, value) => before + value, 0);
    return { text: `${isMore ? '≥' : ''}${format(total)}`, role: 'strong' };
  };
  return [
    [{ text: 'active ', role: 'dim' }, sum('active', formatAmount)],
    [{ text: 'inactive ', role: 'dim' }, sum('inactive', formatAmount)],
    [sum('connections', formatAmount), { text: ' conn/s', role: 'dim' }],
    [{ text: 'in ', role: 'dim' }, sum('inBytes', formatBits), { text: 'bit/s', role: 'dim' }],
    [{ text: 'out ', role: 'dim' }, sum('outBytes', formatBits), { text: 'bit/s', role: 'dim' }],
  ];
}

/**
 * Whether a number that is missing stays so: outgoing bytes of a director that sees no responses, once it has told its
 * other rates.
 */
function isUnseen({ connections }: Load, name: keyof Load): boolean {
  return name === 'outBytes' && connections !== null;
}
