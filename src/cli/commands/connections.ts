import type { Command } from 'commander';
import { refusals } from '../../changes/plan/refusals.ts';
import {
  type ClientColumn,
  connectionColumns,
  groupColumns,
  groupTitle,
  templateColumns,
} from '../../clients/connection-columns.ts';
import {
  ConnectionCount,
  type Group,
  type GroupNumber,
  groupings,
  type NetworkLengths,
  usualNetworks,
} from '../../clients/connection-count.ts';
import { type ConnectionContext, ConnectionFacts } from '../../clients/connection-facts.ts';
import { connectionFilter } from '../../clients/connection-filter.ts';
import { ConnectionReading } from '../../clients/connection-reading.ts';
import {
  carriedStatements,
  connectionStatements,
  endingConnections,
  estimateText,
  formatMilliseconds,
  mostStatements,
  readingText,
} from '../../clients/connection-statements.ts';
import { RouteOwners } from '../../clients/route-owners.ts';
import type { Director, PublicDirector } from '../../director/director.ts';
import { csvText } from '../../formats/csv.ts';
import type { Filter } from '../../formats/filter/read-filter.ts';
import { jsonVersion } from '../../formats/json/json.ts';
import { jsonText } from '../../formats/json/json-text.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, formatService, parseRealServer, parseService } from '../../ipvs/identity.ts';
import { readOnce } from '../../sampling/sample-once.ts';
import type { View } from '../../sampling/view.ts';
import { inTurns } from '../../system/turns.ts';
import { interruptible } from '../context/clock.ts';
import type { CommandContext } from '../context/context.ts';
import { withReadableDirector } from '../opening/open-readable.ts';
import { printCells } from '../opening/printed-rows.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import { countFormatOf, countFormatOptions } from '../options/count-format.ts';
import type { OptionEntry } from '../options/option-entry.ts';
import type { CommandValues } from '../options/option-table.ts';
import { readNetworkLengths, readNumberWithin } from '../options/option-values.ts';

/** Rows of a table on a terminal, unless more are asked for. */
const usualRows = 40;
/** Most rows that --count takes: a longer list ranks nothing any more. */
const mostRows = 1_000_000;

const connectionOptions = [
  {
    flags: '--by <what>',
    help: `count them by ${groupings.join(', ')}, who has most first (default: each by itself)`,
    words: groupings,
  },
  {
    flags: '--network <bits>',
    help: `length of the networks of --by network, IPv4 and perhaps IPv6: 24 or 24,64 (default: ${usualNetworks.inet},${usualNetworks.inet6})`,
    read: (text) => readNetworkLengths('--network', text),
  },
  {
    flags: '--filter <text>',
    help: 'only: words, 10.0.0.0/24 of clients, state:syn_recv, idle>600, real:10.0.0.21, origin:sync, and or ! ( )',
  },
  {
    flags: '--templates',
    help: 'in their place the templates of persistence: who is held to which real server',
  },
  { flags: '--sort <column>', help: 'sort by a column, as JSON names it' },
  {
    flags: '-n, --count <count>',
    help: `rows at most (default: ${usualRows} on a terminal, else all)`,
    read: (text) => Math.ceil(readNumberWithin('--count', text, 1, mostRows)),
  },
  { flags: '--all', help: 'read all, however long that takes; asks first, and Ctrl-C ends it with a sample' },
  { flags: '--yes', help: 'do not ask' },
  ...countFormatOptions,
] as const satisfies readonly OptionEntry[];

type ConnectionOptions = CommandValues<typeof connectionOptions>;

/** `lvstop connections [SERVICE [REAL]]`. */
export function connectionsCommand(context: CommandContext): Command {
  const command = createCommand(
    context,
    'connections',
    'print the connection table: who has most, who is idle, what is half-open',
  )
    .usage('[options] [SERVICE [REAL]]')
    .argument('[service]', 'only those of it, like tcp:203.0.113.10:80')
    .argument('[real]', 'only those that lead to it, like 10.0.0.21:8080')
    .addHelpText(
      'after',
      `
All are read where that takes no more than a second of work. On older kernels reading takes the square of their
number; then the first ones are read, which are an even sample of all, and each number has its error beside it, which
holds 95 times in a hundred. Idle is the time since the last packet: the time-out of the state less what is left.

${endingConnections}

Examples:
  lvstop connections --by client -n 10
  lvstop connections tcp:203.0.113.10:80 --by network --network 16
  lvstop connections --filter "state:syn_recv" --by client
  lvstop connections --filter "idle>600" --sort idle`,
    )
    .action(async (serviceText: string | undefined, realText: string | undefined) => {
      const options = optionValues(command, connectionOptions);
      const filter = readConnectionFilter(options.filter);
      await withReadableDirector(context, { demo: options.demo ?? false }, async (director) => {
        const wanted = wantedRoute(director, serviceText, realText);
        await printConnections(context, director, options, wanted, filter);
        if (director.source === 'simulated' && countFormatOf(options) === 'table')
          context.console.err('SIMULATED: this director exists in the demo only');
      });
    });
  return addOptions(command, connectionOptions);
}

type ConnectionTest = Filter<ConnectionFacts>;

interface WantedRoute {
  readonly service: string;
  readonly realServer: string | null;
}

async function printConnections(
  { console }: CommandContext,
  director: Director | PublicDirector,
  options: ConnectionOptions,
  wanted: WantedRoute | null,
  typed: ConnectionTest | null,
): Promise<void> {
  const filter = narrowed(typed, wanted);
  const view = await readOnce(director);
  const reading = await read(console, director, view, options);
  const context: ConnectionContext = {
    table: reading.table,
    owners: new RouteOwners(view.services),
    timeouts: director.access === 'full' ? director.timeouts() : null,
  };
  const networks = options.network ?? usualNetworks;
  const count = new ConnectionCount(context, options.by ?? 'state', filter, networks);
  await inTurns(count.take());
  const format = countFormatOf(options);
  const most = options.count ?? (format === 'table' && console.terminal !== undefined ? usualRows : mostRows);
  const report =
    options.by === undefined
      ? listed(context, filter, options, most)
      : await grouped(count, reading, options, networks, most);
  if (format === 'json') {
    console.out(
      `${jsonText(
        {
          version: jsonVersion,
          time: new Date().toISOString(),
          source: director.source,
          read: reading.table.length,
          isWhole: reading.state === 'whole',
          total: reading.total,
          milliseconds: Math.round(reading.worked),
          summary: count.summary,
          rows: report.objects(),
        },
        2,
      )}\n`,
    );
    return;
  }
  if (format === 'csv') {
    console.out(csvText(report.ids, report.objects()));
    return;
  }
  const { lines, leftOut } = await printCells(report.name, report.columns, console, options);
  console.out(lines.map((line) => `${line}\n`).join(''));
  console.err(readingText(reading));
  if (report.left > 0) console.err(`${report.left.toLocaleString('en')} more rows; -n COUNT prints them`);
  if (leftOut.length > 0) console.err(`no room for ${leftOut.join(', ')}; --wide shows all`);
  const service = view.services.find(({ key }) => key === wanted?.service);
  const statements = [
    ...connectionStatements(reading, count, context.timeouts),
    ...(options.sort === undefined ? mostStatements(reading, report.groups) : []),
    ...(service === undefined ? [] : carriedStatements(service)),
  ];
  for (const { text } of statements) console.err(text);
}

/** What is printed, in whatever format. */
interface Report {
  readonly ids: readonly string[];
  readonly name: Parameters<typeof printCells>[0];
  readonly columns: Parameters<typeof printCells>[1];
  /** The groups that the rows stand for; empty where each row is a connection. */
  readonly groups: readonly Group[];
  /** Rows that were left out. */
  readonly left: number;
  objects(): Readonly<Record<string, string | number | null>>[];
}

function listed(
  context: ConnectionContext,
  filter: ConnectionTest | null,
  { sort, templates = false }: ConnectionOptions,
  most: number,
): Report {
  const columns = templates ? templateColumns : connectionColumns;
  const facts = new ConnectionFacts(context);
  const rows: number[] = [];
  for (facts.row = 0; facts.row < context.table.length; facts.row++)
    if (facts.isTemplate === templates && (filter === null || filter.matches(facts))) rows.push(facts.row);
  const cellOf = (column: ClientColumn<ConnectionFacts>, row: number) => {
    facts.row = row;
    return column.of(facts);
  };
  if (sort !== undefined) {
    const column = columnNamed<ClientColumn<ConnectionFacts>>(columns, sort);
    const values = new Map(rows.map((row) => [row, cellOf(column, row)]));
    rows.sort((one, other) => compared(values.get(one) ?? null, values.get(other) ?? null));
  }
  return report<number, ConnectionFacts>(columns, rows.slice(0, most), cellOf, rows.length - most);
}

async function grouped(
  count: ConnectionCount,
  reading: ConnectionReading,
  { by = 'client', sort }: ConnectionOptions,
  networks: NetworkLengths,
  most: number,
): Promise<Report> {
  const order = sort === undefined ? 'connections' : sortOf(sort);
  const groups = await inTurns(
    count.ranked(by === 'idle' && sort === undefined ? 'name' : order, false, most),
  );
  const isSample = reading.state === 'sample';
  const share: ClientColumn<Group> = {
    id: 'share',
    title: 'SHARE %',
    isNumber: true,
    priority: 1,
    of: ({ connections }) => Math.round((connections / Math.max(1, count.summary.connections)) * 1000) / 10,
  };
  const name: ClientColumn<Group> = {
    id: by,
    title: groupTitle(by, networks),
    isNumber: false,
    priority: 0,
    of: (group) => group.name,
  };
  const columns = [name, ...groupColumns, share];
  const objects = groups.map((group) => ({
    [by]: group.name,
    share: share.of(group),
    ...Object.fromEntries(
      groupColumns.flatMap((column) => {
        const { value, error } = reading.estimate(column.of(group));
        return [[column.id, value] as const, ...(isSample ? [[`${column.id}Error`, error] as const] : [])];
      }),
    ),
  }));
  const ids = [by, 'share', ...groupColumns.flatMap(({ id }) => (isSample ? [id, `${id}Error`] : [id]))];
  // In a table a column that has nothing to tell is left out.
  const telling = columns.filter(({ isNumber, of }) => !isNumber || groups.some((group) => of(group) !== 0));
  const table = report(
    telling,
    groups,
    (column, group) => {
      const value = column.of(group);
      return typeof value === 'number' && column !== share ? estimateText(reading.estimate(value)) : value;
    },
    count.size - groups.length,
  );
  return { ...table, ids, groups, objects: () => objects };
}

function report<Row, Subject>(
  columns: readonly ClientColumn<Subject>[],
  rows: readonly Row[],
  cellOf: (column: ClientColumn<Subject>, row: Row) => string | number | null,
  left: number,
): Report {
  const cellsOf = (column: ClientColumn<Subject>) =>
    rows.map((row) => ({ text: String(cellOf(column, row) ?? '') }));
  const [first, ...others] = columns;
  return {
    ids: columns.map(({ id }) => id),
    name: { title: first?.title ?? '', cells: first === undefined ? [] : cellsOf(first) },
    columns: others.map((column) => ({
      title: column.title,
      align: column.isNumber ? 'right' : 'left',
      priority: column.priority,
      cells: cellsOf(column),
    })),
    groups: [],
    left: Math.max(0, left),
    objects: () =>
      rows.map((row) => Object.fromEntries(columns.map((column) => [column.id, cellOf(column, row)]))),
  };
}

/** Reads the table; all of it where that is wanted and the operator agrees to what it costs. */
async function read(
  console: CommandContext['console'],
  director: Director | PublicDirector,
  view: View,
  { all = false, yes = false }: ConnectionOptions,
): Promise<ConnectionReading> {
  const { active, inactive, persistent } = view.totals.connections;
  const expected = active + inactive + (persistent ?? 0);
  const first = new ConnectionReading(director, expected);
  await interruptible(async (signal) => {
    signal.addEventListener('abort', () => first.stop());
    await inTurns(first.read('within a second'));
  });
  if (first.state === 'whole' || !all) return first;
  const cost = formatMilliseconds(first.costOfAll);
  const question = `Reading about ${first.total.toLocaleString('en')} connections takes about ${cost} of the director's processor. Read them all?`;
  if (!yes && (console.confirm === null || !(await console.confirm(question))))
    throw IpvsError.input(
      'not-confirmed',
      'read all connections',
      '',
      `it takes about ${cost} of the director's processor`,
      'answer yes, or give --yes',
    );
  const whole = new ConnectionReading(director, expected);
  await interruptible(async (signal) => {
    signal.addEventListener('abort', () => whole.stop());
    const progress = setInterval(() => {
      const { length } = whole.table;
      console.status?.(
        `${length.toLocaleString('en')} of about ${whole.total.toLocaleString('en')} read (Ctrl-C ends it with what is read)`,
      );
    }, 500);
    try {
      await inTurns(whole.read('all'));
    } finally {
      clearInterval(progress);
    }
  });
  return whole;
}

function wantedRoute(
  director: Director | PublicDirector,
  serviceText: string | undefined,
  realText: string | undefined,
): WantedRoute | null {
  if (serviceText === undefined) return null;
  const service = parseService(serviceText);
  if (director.findService(service) === undefined) throw refusals.unknownService('list connections', service);
  const port = service.kind === 'address' ? service.port : 0;
  return {
    service: formatService(service),
    realServer: realText === undefined ? null : formatRealServer(parseRealServer(realText, port)),
  };
}

/** The filter, narrowed to the wanted service and real server. */
function narrowed(filter: ConnectionTest | null, wanted: WantedRoute | null): ConnectionTest | null {
  if (wanted === null) return filter;
  const { service, realServer } = wanted;
  return {
    fields: filter?.fields ?? new Set(),
    matches: (facts) =>
      facts.owner.service === service &&
      (realServer === null || facts.owner.realServer === realServer) &&
      (filter === null || filter.matches(facts)),
  };
}

function readConnectionFilter(text = ''): ConnectionTest | null {
  const reading = connectionFilter(text);
  if (reading.kind === 'all') return null;
  if (reading.kind === 'filter') return reading.filter;
  throw IpvsError.input(
    'bad-filter',
    'read --filter',
    `"${text}"`,
    reading.problem,
    'give words, 10.0.0.0/24, state:syn_recv, idle>600 or real:10.0.0.21, joined by and, or, ! and ( )',
  );
}

function sortOf(text: string): GroupNumber | 'name' {
  return text === 'name' ? 'name' : columnNamed(groupColumns, text).id;
}

function columnNamed<Column extends { readonly id: string }>(
  columns: readonly Column[],
  text: string,
): Column {
  const found = columns.find(({ id }) => id.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw IpvsError.input(
    'bad-value',
    'read --sort',
    `"${text}"`,
    'there is no such column',
    `give one of ${columns.map(({ id }) => id).join(', ')}`,
  );
}

/** Numbers the greatest first, texts in their order; what is not known comes last. */
function compared(one: string | number | null, other: string | number | null): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  if (typeof one === 'number' && typeof other === 'number') return other - one;
  return one < other ? -1 : one > other ? 1 : 0;
}
