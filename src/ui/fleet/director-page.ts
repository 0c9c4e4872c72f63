import { severitySigns } from '../../doctor/rounds/finding-text.ts';
import type { FleetDirector } from '../../fleet/directors/fleet-director.ts';
import { alikeness } from '../../fleet/directors/partners.ts';
import { visible } from '../../ipvs/visible.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { graphLines } from '../kit/graph.ts';
import { ListWindow } from '../kit/list-window.ts';
import { formatAmount, formatSpan } from '../kit/number-format.ts';
import { emptyLine, type Line, type Part, span, textLine } from '../kit/page.ts';
import type { StyleRole } from '../kit/theme.ts';
import { severityRoles } from '../table/finding-marks.ts';
import { ageOfReading, standingOf, standingRoles } from './fleet-columns.ts';
import type { FleetPage, FleetState } from './fleet-state.ts';

/** Cells for the label of a line. */
const labelWidth = 14;

const graphRows = 6;
const widestGraph = 100;

/** All that is known of a director, by its key. */
export function directorPage(key: string): FleetPage {
  const find = ({ directors }: FleetState) => directors.find((director) => director.key === key);
  return {
    window: new ListWindow('page'),
    title: (state) => `Director ${find(state)?.name ?? ''}`,
    lines: (state, width) => {
      const director = find(state);
      return director === undefined
        ? [textLine('It is not among the directors any more.', 'dim')]
        : linesOf(director, state, width);
    },
  };
}

function linesOf(director: FleetDirector, state: FleetState, width: number): Line[] {
  const { contact, reading, changes, host } = director;
  const word = standingOf(director);
  const age = ageOfReading(director, state);
  const told = (label: string, text: string, role?: StyleRole) =>
    labelled(label, [{ text, ...(role && { role }) }], width);
  return [
    ...told('state', contact.kind === 'waiting' ? contact.doing : word, standingRoles[word]),
    ...(contact.kind === 'silent' ? told('why', contact.reason, 'error') : []),
    ...(reading?.state === 'lost' ? told('why', reading.error ?? 'its IPVS cannot be read', 'error') : []),
    ...(age === null ? [] : told('read', `${formatSpan(age)} ago`)),
    ...(reading === null
      ? []
      : told('machine', machineText(reading.hostName, reading.source, reading.access))),
    ...told('ssh', host ?? 'there is no host to reach it by', host === null ? 'dim' : undefined),
    ...(reading?.vrrp ?? []).flatMap(({ name, state: role }) =>
      told('VRRP', `${visible(name)}: ${visible(role)}, by the addresses that it holds`),
    ),
    ...partnerLines(director, state, told),
    ...(changes === null ? [] : told('changes', changesText(changes))),
    ...(reading?.findings === null || reading === null
      ? told('findings', 'nobody has looked yet', 'dim')
      : findingLines(director, told)),
    emptyLine,
    ...graphLines(
      {
        title: 'CONN/s',
        readings: director.trend,
        period: state.interval,
        newest: director.trend.length - 1,
        now: reading?.load.connections ?? Number.NaN,
        format: formatAmount,
        end: age === null ? 'now' : `${formatSpan(age)} ago`,
        ...(director.trend.length === 0 && { note: 'nothing was read yet' }),
      },
      Math.min(width, widestGraph),
      graphRows,
    ),
  ];
}

function machineText(hostName: string, source: string, access: string): string {
  return [
    visible(hostName),
    ...(source === 'simulated' ? ['SIMULATED'] : []),
    ...(access === 'public' ? ['read without CAP_NET_ADMIN, so not all is told'] : []),
  ].join(', ');
}

function changesText({ count, span }: NonNullable<FleetDirector['changes']>): string {
  const times = count === 0 ? 'no time' : count === 1 ? 'once' : `${count} times`;
  return `what is set in its table was seen to change ${times} in the last ${formatSpan(span)}`;
}

function partnerLines(
  director: FleetDirector,
  { directors }: FleetState,
  told: (label: string, text: string, role?: StyleRole) => readonly Line[],
): readonly Line[] {
  const byKey = new Map(directors.map((one) => [one.key, one]));
  const alike = alikeness(director, byKey);
  if (alike === null) return told('partner', 'none is known', 'dim');
  const name = byKey.get(director.partner ?? '')?.name ?? director.partner ?? '';
  switch (alike) {
    case 'equal':
      return told('partner', `${name}, set alike`);
    case 'different':
      return told(
        'partner',
        `${name}, NOT set alike; "lvstop --host ${name} list --format ipvsadm" and "diff" show in what`,
        'error',
      );
    case 'unknown':
      return told(
        'partner',
        `${name}; one of the two is not heard of, or not all of its table may be read`,
        'dim',
      );
  }
}

function findingLines(
  { reading }: FleetDirector,
  told: (label: string, text: string, role?: StyleRole) => readonly Line[],
): readonly Line[] {
  const counts = reading?.findings?.counts ?? [];
  if (counts.length === 0) return told('findings', 'none, as far as could be looked', 'good');
  return (['error', 'warning', 'hint'] as const).flatMap((severity) =>
    counts
      .filter((one) => one.severity === severity && one.count > 0)
      .flatMap(({ check, count }) =>
        told(
          'findings',
          `${severitySigns[severity]} ${visible(check)}${count > 1 ? ` ×${count}` : ''}`,
          severityRoles[severity],
        ),
      ),
  );
}

function labelled(label: string, parts: readonly Part[], width: number): Line[] {
  return parts.flatMap(({ text, role }) =>
    wrapText(text, Math.max(10, width - labelWidth - 2)).map((line, place) => [
      ...(place === 0 ? [span(1, label, 'dim')] : []),
      span(1 + labelWidth, line, role),
    ]),
  );
}
