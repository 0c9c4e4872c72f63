import type { Estimate } from '../../clients/estimate.ts';
import type { PairStatus, StandingMember } from './pair-status.ts';

/** Most differences that are told. */
const mostTold = 20;

/** How a pair stands, in lines. */
export function statusLines({ members, differences, syncProblems, takeover }: PairStatus): readonly string[] {
  const [one, other] = members;
  const rows = [
    ['', `${one.name} (${one.role})`, `${other.name} (${other.role})`],
    row(
      'VRRP',
      members,
      ({ member }) => member.instances.map(({ name, state }) => `${name} ${state}`).join(', ') || 'not known',
    ),
    row('addresses held', members, ({ member }) => `${member.held.length} of ${member.addresses.length}`),
    row('table', members, ({ member }) => `${member.table.length} lines`),
    row('connections', members, ({ member }) => grouped(member.connections)),
    row('sync master', members, (one) => daemonOf(one, 'master')),
    row('sync backup', members, (one) => daemonOf(one, 'backup')),
    ...Object.keys(one.member.settings).map((name) =>
      row(name, members, ({ member }) => member.settings[name] ?? 'not there'),
    ),
    row('time-outs', members, ({ member }) => member.timeouts),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  const table = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const told = differences.slice(0, mostTold).map(({ what, is: [here, there] }) => {
    if (what !== 'table')
      return `differs: ${what}: ${here ?? 'not there'} on ${one.name}, ${there ?? 'not there'} on ${other.name}`;
    return `only on ${here === null ? other.name : one.name}: ${here ?? there}`;
  });
  const rest = differences.length - told.length;
  return [
    ...table,
    '',
    ...(told.length === 0 ? ['the same: table, settings and time-outs'] : told),
    ...(rest > 0 ? [`and ${rest} differences more`] : []),
    ...syncProblems,
    ...takeoverLines(takeover),
  ];
}

function takeoverLines(takeover: PairStatus['takeover']): readonly string[] {
  if (takeover.kind === 'not compared') return [`connections were not compared: ${takeover.reason}`];
  const { active, standby, established, breaking } = takeover;
  return [
    `if ${active} dies now, ${estimated(breaking)} of ${estimated(established)} established connections of TCP and SCTP break: ${standby} does not know them`,
    'Assumed: what sync does not send is not counted (half-open and closing connections), nor is UDP, which is scheduled anew;',
    'connections that began while both were read count as not known.',
  ];
}

function row(
  name: string,
  members: PairStatus['members'],
  cell: (one: StandingMember) => string,
): readonly string[] {
  return [name, cell(members[0]), cell(members[1])];
}

function daemonOf({ member }: StandingMember, wanted: 'master' | 'backup'): string {
  return member.syncDaemons.find(({ state }) => state === wanted)?.words ?? '-';
}

/** `12,804`, or `12,804 ± 310` of an estimate. */
function estimated({ value, error }: Estimate): string {
  return error === 0 ? grouped(value) : `${grouped(value)} ± ${grouped(error)}`;
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}
