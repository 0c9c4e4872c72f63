import { eventHand, eventKinds, type TableEvent } from '../../changes/events/event.ts';
import { spanText } from '../../changes/steps/describe.ts';
import { formatTime } from '../../changes/undo/change-words.ts';
import { formatSubject } from '../../doctor/finding.ts';
import { keysIn } from '../../ipvs/identity.ts';
import { visible } from '../../ipvs/visible.ts';
import type { Peak, Report, Stretch } from '../../report/report.ts';
import { formatAmount, formatBits, formatShare } from '../../ui/kit/number-format.ts';

/** Most rows of each table that are printed; the others are only counted. JSON has them all. */
const mostRows = { services: 20, shares: 15, events: 100, findings: 50 } as const;
/** Most gaps of the recording that are named. */
const mostGaps = 10;
/** Length of the bar of the busiest time slot, in cells. */
const barLength = 20;

/**
 * A report as a page of Markdown that is readable as plain text, too. `damages` are clauses that say what could not be
 * read.
 */
export function reportMarkdown(report: Report, damages: readonly string[]): string {
  const sections = [
    head(report, damages),
    load(report),
    services(report),
    shares(report),
    events('Changes', report.changes, 'Nothing was changed as far as was recorded.'),
    findings(report),
    events('Drains and ramps', report.drains, 'There was none.'),
    events('What else happened', report.others, 'Nothing was recorded.'),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function head(report: Report, damages: readonly string[]): string[] {
  const { hostName, from, to, samples, recorded, interval, source, kernel, access } = report;
  const covered = recorded.reduce((sum, stretch) => sum + lengthOf(stretch), 0);
  const gaps = gapsOf(report);
  return [
    `# ${plain(hostName)}, ${formatTime(from)} to ${formatTime(to)}`,
    '',
    ...(source === 'simulated' ? ['SIMULATED: this director existed in the demo only.', ''] : []),
    `Recorded: ${spanText(covered)} of ${spanText(to - from)}, ${samples} samples about every ${interval} s, kernel ${plain(kernel)}.`,
    ...(gaps.length === 0
      ? []
      : [
          `Not recorded: ${gaps
            .slice(0, mostGaps)
            .map((gap) => `${formatTime(gap.from)} to ${formatTime(gap.to)}`)
            .join(', ')}${gaps.length > mostGaps ? ` and ${gaps.length - mostGaps} more times` : ''}.`,
        ]),
    ...(access === 'public' ? ['Recorded without CAP_NET_ADMIN: there are no counters of services.'] : []),
    ...damages.map((damage) => `Not readable: ${plain(damage)}.`),
  ];
}

/** Stretches of more than two and a half sample intervals in which nothing was recorded. */
function gapsOf({ from, to, recorded, interval }: Report): Stretch[] {
  const gaps: Stretch[] = [];
  let end = from;
  for (const stretch of [...recorded, { from: to, to }]) {
    if (stretch.from - end > interval * 2500) gaps.push({ from: end, to: stretch.from });
    end = stretch.to;
  }
  return gaps;
}

function load(report: Report): string[] {
  const { connections, peaks, slots } = report.load;
  const all: (readonly [string, Peak | null, (value: number) => string])[] = [
    ['new connections a second', peaks.connections, formatAmount],
    ['packets in a second', peaks.inPackets, formatAmount],
    ['bits in a second', peaks.inBytes, formatBits],
    ['bits out a second', peaks.outBytes, formatBits],
    ['active connections', peaks.active, formatAmount],
    ['processors, %', peaks.busy, formatShare],
    ['memory, %', peaks.memory, formatShare],
  ];
  const rows = all.flatMap(([what, peak, text]) =>
    peak === null ? [] : [[what, text(peak.value), formatTime(peak.time)]],
  );
  const highest = Math.max(...slots.map(({ rates }) => rates?.connections ?? 0));
  return [
    '## Load',
    '',
    connections === null
      ? 'How many connections there were in all was not recorded.'
      : `${formatAmount(connections)} connections in all, counted between samples. Out is what came back by NAT: other answers do not pass here.`,
    '',
    ...table(['highest of a sample', '', 'at'], rows, '<>>'),
    '',
    ...table(
      ['from', 'conn/s', 'peak', 'in bit/s', 'out bit/s', 'active', 'cpu %', ''],
      slots.map(({ from, samples, rates, peak, active, busy }) =>
        samples === 0
          ? [formatTime(from), 'not recorded', '', '', '', '', '', '']
          : [
              formatTime(from),
              known(rates?.connections, formatAmount),
              known(peak, formatAmount),
              known(rates?.inBytes, formatBits),
              known(rates?.outBytes, formatBits),
              known(active, formatAmount),
              known(busy, formatShare),
              '█'.repeat(highest > 0 ? Math.round(((rates?.connections ?? 0) / highest) * barLength) : 0),
            ],
      ),
      '<>>>>>><',
    ),
  ];
}

function services({ services: all }: Report): string[] {
  const rows = all
    .slice(0, mostRows.services)
    .map(({ key, connections, inBytes, outBytes, peak, activePeak, isThere }) => [
      `${key}${isThere ? '' : ' (gone)'}`,
      known(connections, formatAmount),
      known(inBytes, formatAmount),
      known(outBytes, formatAmount),
      known(peak?.value, formatAmount),
      peak === null ? '' : formatTime(peak.time),
      formatAmount(activePeak.value),
    ]);
  return [
    '## Services',
    '',
    ...(all.length === 0
      ? ['There was none.']
      : table(
          ['service', 'connections', 'bytes in', 'bytes out', 'peak conn/s', 'at', 'most active'],
          rows,
          '<>>>>>>',
        )),
    ...andMore(all.length, mostRows.services),
  ];
}

function shares({ shares: all }: Report): string[] {
  const far = all.filter(({ isFar }) => isFar);
  const says =
    all.length === 0
      ? 'No real server’s share and due could both be told.'
      : far.length === 0
        ? `None of ${all.length} real servers was further from its due than chance makes it.`
        : 'Further from their due than chance makes it. Persistence, thresholds, and connections that last long under a scheduler that counts them make such differences, too.';
  const rows = far.slice(0, mostRows.shares).map(({ key, connections, share, due }) => {
    const { service, realServer } = keysIn(key);
    return [
      service,
      realServer ?? '',
      formatAmount(connections),
      percent(share),
      percent(due),
      `${share > due ? '+' : ''}${((share - due) * 100).toFixed(1)}`,
    ];
  });
  return [
    '## Shares against due',
    '',
    says,
    ...(rows.length === 0
      ? []
      : [
          '',
          ...table(['service', 'real server', 'connections', 'share %', 'due %', 'points'], rows, '<<>>>>'),
        ]),
    ...andMore(far.length, mostRows.shares),
  ];
}

function events(title: string, all: readonly TableEvent[], none: string): string[] {
  const rows = all
    .slice(-mostRows.events)
    .map((event) => [formatTime(event.time), eventKinds[event.kind].word, event.text, eventHand(event)]);
  return [
    `## ${title}`,
    '',
    ...(all.length === 0 ? [none] : table(['time', '', 'what', 'who'], rows, '<<<<')),
    ...(all.length > mostRows.events
      ? ['', `${all.length - mostRows.events} before these are left out.`]
      : []),
  ];
}

function findings({ findings: all }: Report): string[] {
  const rows = all
    .slice(0, mostRows.findings)
    .map(({ finding, first, last, stands }) => [
      finding.severity,
      formatSubject(finding.subject),
      finding.check,
      finding.found,
      formatTime(first),
      stands ? 'still found' : formatTime(last),
    ]);
  return [
    '## Findings',
    '',
    ...(all.length === 0
      ? ['None was recorded.']
      : table(['', 'of', 'check', 'found', 'from', 'to'], rows, '<<<<<<')),
    ...andMore(all.length, mostRows.findings),
  ];
}

function andMore(all: number, most: number): string[] {
  return all > most ? ['', `and ${all - most} more`] : [];
}

/** `columns` has `<` for a column of text and `>` for one of numbers. */
function table(titles: readonly string[], rows: readonly (readonly string[])[], columns: string): string[] {
  const cells = [titles, ...rows].map((row) => row.map(plain));
  const widths = titles.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number) => columns[column] === '>';
  const [first = [], ...others] = cells.map(
    (row) =>
      `| ${row.map((cell, at) => (isNumber(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join(' | ')} |`,
  );
  const rule = widths.map((width, at) => (isNumber(at) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [String(first), `| ${rule.join(' | ')} |`, ...others];
}

/** Makes foreign text safe to stand in a cell of a table. */
function plain(text: string): string {
  return visible(text).replaceAll('|', '\\|');
}

function known(value: number | null | undefined, text: (value: number) => string): string {
  return value === null || value === undefined ? '?' : text(value);
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}

function lengthOf({ from, to }: Stretch): number {
  return to - from;
}
