import { type RateNumber, rateNumbers } from '../../../clients/client-rates.ts';
import { groupTitle } from '../../../clients/connection-columns.ts';
import {
  type Group,
  type Grouping,
  type GroupNumber,
  groupNumbers,
  type NetworkLengths,
  usualNetworks,
} from '../../../clients/connection-count.ts';
import { ConnectionFacts } from '../../../clients/connection-facts.ts';
import { completeConnectionFilter, connectionFilter } from '../../../clients/connection-filter.ts';
import {
  carriedStatements,
  connectionStatements,
  endingConnections,
  formatMilliseconds,
  mostStatements,
  oneSenderText,
  type Statement,
} from '../../../clients/connection-statements.ts';
import type { Filter } from '../../../formats/filter/read-filter.ts';
import type { Timeouts } from '../../../ipvs/director-info.ts';
import { IpvsError } from '../../../ipvs/error.ts';
import type { RowKey } from '../../../ipvs/identity.ts';
import type { Canvas } from '../../../terminal/grid.ts';
import type { KeyEvent } from '../../../terminal/keys.ts';
import { fitToWidth, textWidth, truncateToWidth } from '../../../terminal/width.ts';
import { wrapText } from '../../../terminal/wrap-text.ts';
import { ListWindow } from '../../kit/list-window.ts';
import { formatAmount } from '../../kit/number-format.ts';
import type { StyleRole, Theme } from '../../kit/theme.ts';
import type { Desk } from '../../state/desk.ts';
import type { Pane } from '../../state/pane.ts';
import { accessOf } from '../../state/screen-state.ts';
import { TypedFilter } from '../../state/typed-filter.ts';
import type { Row } from '../../table/row.ts';
import { ConnectionInquiry } from './connection-inquiry.ts';
import {
  columnGap,
  columnsOfGroups,
  columnsOfRates,
  columnsOfRows,
  fittingColumns,
  type ListCell,
  type ListColumn,
} from './list-columns.ts';
import { RateWatch } from './rate-watch.ts';

/** What the pane can show, with the key of each. */
const sights = [
  { key: '1', name: 'service', by: 'service' },
  { key: '2', name: 'real', by: 'real' },
  { key: '3', name: 'client', by: 'client' },
  { key: '4', name: 'network', by: 'network' },
  { key: '5', name: 'state', by: 'state' },
  { key: '6', name: 'idle', by: 'idle' },
  { key: '7', name: 'held', by: 'templates' },
  { key: '8', name: 'each', by: 'each' },
  { key: '9', name: 'rate', by: 'rate' },
] as const satisfies readonly {
  readonly key: string;
  readonly name: string;
  readonly by: Grouping | 'templates' | 'each' | 'rate';
}[];

type Sight = (typeof sights)[number]['by'];

/** Prefix lengths of networks, in the order that L goes through. */
const networkLengths: readonly NetworkLengths[] = [
  usualNetworks,
  { inet: 16, inet6: 48 },
  { inet: 8, inet6: 32 },
  { inet: 20, inet6: 56 },
];

/** Where narrowing down a group leads to. */
const nextSight: Readonly<Record<Sight, Sight>> = {
  service: 'real',
  real: 'client',
  client: 'each',
  network: 'client',
  state: 'client',
  idle: 'client',
  templates: 'each',
  each: 'each',
  rate: 'rate',
};

/** Which connections are looked at. */
interface Scope {
  readonly service: string | null;
  readonly realServer: string | null;
}

const everything: Scope = { service: null, realServer: null };

/** What is shown, kept for the way back. */
interface Look {
  readonly scope: Scope;
  readonly filter: string;
  readonly sight: Sight;
}

/** Clients that are listed by rate. */
const mostClients = 200;

/** Fewest cells of the names. */
const leastName = 22;

/** Who is connected: the connection table counted, in place of the table. */
export class ConnectionsPane implements Pane {
  readonly command = 'connections';
  readonly keys = 'Esc back  Enter narrow  ← wider  / filter  < > sort  L length  c again';
  readonly behind: Pane | null;
  readonly rowKey: RowKey | null;
  readonly #desk: Desk;
  readonly #list = new ListWindow('list');
  readonly #before: Look[] = [];
  #look: Look;
  #networks = usualNetworks;
  #sort: GroupNumber | 'name' = 'connections';
  #isReversed = false;
  #inquiry: ConnectionInquiry;
  #problem: string | null = null;
  #watch: RateWatch | null = null;
  #rateSort: RateNumber = 'packets';
  #rateNetworks: NetworkLengths | null = null;
  #asksForAll = false;
  #clickedTop = 0;

  /** About a row, or all of the table where it is `undefined`. */
  constructor(desk: Desk, row: Row | undefined) {
    this.#desk = desk;
    this.behind = desk.getState().pane;
    this.rowKey = row?.key ?? null;
    this.#look = {
      scope: row === undefined ? everything : scopeOf(row),
      filter: '',
      sight: row === undefined ? 'service' : row.kind === 'service' ? 'real' : 'client',
    };
    this.#inquiry = this.#begin('within a second');
  }

  onKey(key: KeyEvent): boolean {
    const { name } = key;
    if (this.#asksForAll) {
      this.#asksForAll = false;
      if (name === 'y') {
        this.#readAgain('all');
        return true;
      }
      this.#desk.update({ message: null });
    }
    if (this.#list.onKey(key)) this.#repaint();
    else if (key.ctrl || key.alt) return false;
    else if (name === 'enter' || name === 'right') this.#narrow();
    else if (name === 'left' || name === 'backspace') this.#widen();
    else return this.#onOwnKey(name);
    return true;
  }

  scroll(by: number): void {
    this.#list.moveBy(by);
    this.#repaint();
  }

  click(line: number): void {
    const before = this.#list.index;
    if (!this.#list.onClick(line - this.#clickedTop)) return;
    if (this.#list.index === before) this.#narrow();
    else this.#repaint();
  }

  paint(canvas: Canvas, theme: Theme): void {
    const { width, height } = canvas;
    const { roles } = theme;
    canvas.write(0, 0, fitToWidth(this.#title(width), width), roles.columnTitle);
    this.#paintSights(canvas, theme, 1);
    let y = 2;
    for (const { text, role } of this.#noteLines(width, height)) {
      canvas.write(1, y, text, roles[role]);
      y++;
    }
    this.#clickedTop = y + 1;
    const room = height - y - 1;
    const { sight } = this.#look;
    if (sight === 'rate') this.#paintRates(canvas, theme, y, room);
    else if (sight === 'each' || sight === 'templates') this.#paintRows(canvas, theme, y, room, sight);
    else this.#paintGroups(canvas, theme, y, room, sight);
  }

  #onOwnKey(name: string): boolean {
    const sight = sights.find(({ key }) => key === name)?.by;
    if (sight !== undefined) this.#show({ ...this.#look, sight });
    else if (name === 'tab') this.#show({ ...this.#look, sight: this.#neighbour() });
    else if (name === '/') this.#desk.update({ typed: this.#filterLine() });
    else if (name === '\\') this.#show({ ...this.#look, filter: '' });
    else if (name === 'a') this.#show({ ...this.#look, scope: everything });
    else if (name === '<' || name === ',') this.#sortBy(-1);
    else if (name === '>' || name === '.') this.#sortBy(1);
    else if (name === 'I') this.#reverse();
    else if (name === 'L') this.#nextNetworks();
    else if (name === 'c') this.#readAgain('within a second');
    else if (name === 'A') this.#askForAll();
    else if (name === 'x' || name === 'delete') this.#desk.say('hint', endingConnections);
    else if (name === 'q') this.#desk.closePane();
    else return false;
    return true;
  }

  #title(width: number): string {
    const { scope, filter } = this.#look;
    const what = [scope.service, scope.realServer].filter((part) => part !== null).join(' ');
    const title = ` Connections ${what === '' ? 'of all services' : `of ${what}`}${filter === '' ? '' : `, ${filter}`}`;
    const read = this.#readingText();
    const room = Math.max(1, width - textWidth(read) - 2);
    return `${fitToWidth(truncateToWidth(title, room), room)} ${read} `;
  }

  /** How much was read, in few words. */
  #readingText(): string {
    const { reading, isSettled } = this.#inquiry;
    const read = formatAmount(reading.table.length);
    if (reading.state === 'reading') return `reading … ${read}`;
    const counting = isSettled ? '' : ', counting …';
    return reading.state === 'whole'
      ? `all ${read}${counting}`
      : `sample of ${read} of ${formatAmount(reading.total)}${counting}, A all`;
  }

  #paintSights(canvas: Canvas, { roles }: Theme, y: number): void {
    let x = 1;
    for (const { key, name, by } of sights) {
      const label = by === 'network' ? `network /${this.#networks.inet}` : name;
      const isShown = by === this.#look.sight;
      if (x + label.length + 2 > canvas.width) return;
      canvas.write(x, y, key, roles.key);
      canvas.write(x + 2, y, label, isShown ? roles.sortedTitle : roles.dim);
      x += label.length + (canvas.width < 90 ? 3 : 5);
    }
  }

  /** What is worth knowing, in as many lines as leave the list its room. */
  #noteLines(width: number, height: number): { readonly text: string; readonly role: StyleRole }[] {
    const lines = this.#statements().flatMap(({ isWarning, text }) =>
      wrapText(text, width - 4).map((part, index) => ({
        text: `${index > 0 ? ' ' : isWarning ? '▲' : '·'} ${part}`,
        role: isWarning ? ('warning' as const) : ('dim' as const),
      })),
    );
    return lines.slice(0, height < 12 ? 1 : height < 26 ? 4 : 6);
  }

  #statements(): readonly Statement[] {
    if (this.#look.sight === 'rate') return this.#rateStatements();
    if (this.#problem !== null) return [{ isWarning: true, text: this.#problem }];
    const { reading, count, context, groups } = this.#inquiry;
    const { scope } = this.#look;
    const service = this.#desk.getState().view?.services.find(({ key }) => key === scope.service);
    return [
      ...connectionStatements(reading, count, context.timeouts),
      ...mostStatements(reading, groups),
      ...(service === undefined ? [] : carriedStatements(service)),
    ];
  }

  #paintGroups(canvas: Canvas, theme: Theme, y: number, room: number, by: Grouping): void {
    const { reading, count, groups, isSettled } = this.#inquiry;
    const telling = {
      isSample: reading.state === 'sample',
      estimate: (hits: number) => reading.estimate(hits),
      connections: count.summary.connections,
      most: groups.reduce((most, { connections }) => Math.max(most, connections), 0),
    };
    const columns = columnsOfGroups(telling, canvas.width).filter(
      ({ id }) => id !== 'synced' || count.summary.synced > 0,
    );
    // The title above has the service already.
    const { service } = this.#look.scope;
    const isOfOne = by === 'real' && service !== null;
    const title = isOfOne ? 'REAL SERVER' : groupTitle(by, this.#networks);
    const nameOf = ({ name }: Group) => (isOfOne ? name.slice(service.length + 1) : name);
    this.#paintList(canvas, theme, y, room, title, groups, nameOf, columns);
    const more = count.size - groups.length;
    if (groups.length === 0) this.#paintEmpty(canvas, theme, y + 1, isSettled);
    else if (more > 0 && groups.length < room)
      canvas.write(1, y + 1 + groups.length, `${formatAmount(more)} more`, theme.roles.dim);
  }

  #paintRows(canvas: Canvas, theme: Theme, y: number, room: number, sight: 'each' | 'templates'): void {
    const { count, context, isSettled } = this.#inquiry;
    const facts = new ConnectionFacts(context);
    const at = (row: number) => {
      facts.row = row;
      return facts;
    };
    const rows = sight === 'each' ? count.rows : count.templates;
    const columns = columnsOfRows(sight === 'each' ? 'connections' : 'templates').map((column) => ({
      ...column,
      cell: (row: number, width: number) => column.cell(at(row), width),
    }));
    const nameOf = (row: number) => (sight === 'each' ? at(row).client : at(row).clientAddress);
    this.#paintList(canvas, theme, y, room, 'CLIENT', rows, nameOf, columns);
    if (rows.length === 0) this.#paintEmpty(canvas, theme, y + 1, isSettled);
  }

  /** Clients by what they send, as sampled packets tell. */
  #paintRates(canvas: Canvas, theme: Theme, y: number, room: number): void {
    const { rates, packets } = this.#watched();
    const { all, clients } = rates.ranked(
      this.#rateSort,
      mostClients,
      this.#rateNetworks,
      (packet) => packets?.serviceOf(packet) !== undefined,
    );
    const title = this.#rateNetworks === null ? 'CLIENT' : groupTitle('network', this.#rateNetworks);
    const most = clients[0]?.[this.#rateSort].value ?? 0;
    const columns = columnsOfRates(this.#rateSort, all, most, canvas.width);
    this.#paintList(canvas, theme, y, room, title, clients, ({ name }) => name, columns);
    if (clients.length === 0 && this.#watched().problem === null)
      canvas.write(1, y + 1, 'Looking at packets …', theme.roles.dim);
  }

  /** What is worth knowing of sampled packets. */
  #rateStatements(): Statement[] {
    const { rates, packets, problem } = this.#watched();
    const { service, realServer } = this.#look.scope;
    if (problem !== null) return [{ isWarning: true, text: problem }];
    const sender = service?.startsWith('udp:') === true ? rates.oneSender(service) : null;
    return [
      ...(sender === null ? [] : [{ isWarning: true, text: oneSenderText(sender) }]),
      {
        isWarning: false,
        text: `${formatAmount(rates.seen)} packets seen in ${Math.round(rates.seconds)} s, one in ${formatAmount(packets?.oneIn ?? 0)}; ± holds 95 times in a hundred`,
      },
      ...(realServer === null
        ? []
        : [
            {
              isWarning: false,
              text: 'packets do not tell their real server: these are of the whole service',
            },
          ]),
    ];
  }

  /** Packets are sampled from the first time that somebody looks. */
  #watched(): RateWatch {
    const { service } = this.#look.scope;
    const services = this.#desk.getState().view?.services ?? [];
    this.#watch ??= new RateWatch(
      this.#desk.director,
      // Where only one service is sampled, more of its packets can be looked at.
      service === null ? services : services.filter(({ key }) => key === service),
      () => this.#isOpen() && this.#look.sight === 'rate',
      () => this.#repaint(),
    );
    return this.#watch;
  }

  #paintEmpty(canvas: Canvas, { roles }: Theme, y: number, isSettled: boolean): void {
    const what = this.#look.sight === 'templates' ? 'Nobody is held to a real server.' : 'No connections.';
    if (this.#problem === null) canvas.write(1, y, isSettled ? what : 'Reading …', roles.dim);
  }

  #paintList<Item>(
    canvas: Canvas,
    { roles }: Theme,
    y: number,
    room: number,
    title: string,
    items: readonly Item[],
    nameOf: (item: Item) => string,
    columns: readonly ListColumn<Item>[],
  ): void {
    const inSight = this.#list.fit(items, room);
    const longest = inSight.reduce((width, item) => Math.max(width, textWidth(nameOf(item))), title.length);
    const least = Math.max(leastName, Math.min(longest, Math.floor(canvas.width / 2)));
    const { shown, nameWidth } = fittingColumns(columns, canvas.width - 2, least);
    canvas.write(0, y, ' '.repeat(canvas.width), roles.columnTitle);
    canvas.write(1, y, truncateToWidth(title, nameWidth), this.#titleRole('name', roles));
    let x = 1 + nameWidth + columnGap;
    for (const { id, title: text, align, width } of shown) {
      canvas.write(x, y, fitToWidth(text, width, align), this.#titleRole(id, roles));
      x += width + columnGap;
    }
    inSight.forEach((item, offset) => {
      const isChosen = offset + this.#list.top === this.#list.index;
      const line = y + 1 + offset;
      if (isChosen) canvas.write(0, line, ' '.repeat(canvas.width), roles.selected);
      const write = (at: number, { text, role }: ListCell) =>
        canvas.write(at, line, text, isChosen ? roles.selected : role && roles[role]);
      write(1, { text: truncateToWidth(nameOf(item), nameWidth), role: 'text' });
      let at = 1 + nameWidth + columnGap;
      for (const column of shown) {
        const { text, role } = column.cell(item, column.width);
        write(at, {
          text: fitToWidth(text, column.width, column.align),
          ...(role !== undefined && { role }),
        });
        at += column.width + columnGap;
      }
      if (isChosen) canvas.write(0, line, '▌', roles.cursorBar);
    });
  }

  #titleRole(id: string, roles: Theme['roles']): Theme['roles'][keyof Theme['roles']] {
    const { sight } = this.#look;
    const order = sight === 'rate' ? this.#rateSort : this.#sort;
    const isSorted = id === order && sight !== 'each' && sight !== 'templates';
    return isSorted ? roles.sortedTitle : roles.columnTitle;
  }

  #begin(amount: 'within a second' | 'all'): ConnectionInquiry {
    const { director } = this.#desk;
    const state = this.#desk.getState();
    const { services = [], totals } = state.view ?? {};
    const { active = 0, inactive = 0, persistent = 0 } = totals?.connections ?? {};
    this.#problem = null;
    const inquiry = new ConnectionInquiry(
      {
        director,
        services,
        expected: active + inactive + (persistent ?? 0),
        timeouts: this.#timeouts(),
      },
      {
        by: groupingOf(this.#look.sight),
        filter: filterOf(this.#look),
        networks: this.#networks,
        sort: this.#sort,
        isReversed: this.#isReversed,
      },
      () => {
        // The operator has closed the pane: there is nothing to read for.
        if (this.#isOpen()) this.#repaint();
        else inquiry.end();
      },
      amount,
    );
    this.#follow(inquiry.run());
    return inquiry;
  }

  /** Says what went wrong, where something does. */
  #follow(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof IpvsError)) throw error;
      this.#problem = error.message;
      this.#repaint();
    });
  }

  /** `null` where time-outs may not be read, or the director cannot be reached. */
  #timeouts(): Timeouts | null {
    if (accessOf(this.#desk.getState()) !== 'full') return null;
    try {
      return this.#desk.director.timeouts();
    } catch (error) {
      if (error instanceof IpvsError) return null;
      throw error;
    }
  }

  #readAgain(amount: 'within a second' | 'all'): void {
    this.#inquiry.end();
    this.#inquiry = this.#begin(amount);
    this.#repaint();
  }

  #askForAll(): void {
    const { reading } = this.#inquiry;
    if (reading.state === 'reading') {
      reading.stop();
      return;
    }
    if (reading.state === 'whole') {
      this.#desk.say('hint', 'all are read already; c reads them again');
      return;
    }
    this.#asksForAll = true;
    this.#desk.say(
      'hint',
      `all ${formatAmount(reading.total)} take about ${formatMilliseconds(reading.costOfAll)} of the director's processor: y reads them, A then ends it`,
    );
  }

  #show(look: Look): void {
    const { service } = this.#look.scope;
    this.#look = look;
    if (look.sight !== 'rate' || look.scope.service !== service) {
      this.#watch?.end();
      this.#watch = null;
    }
    this.#list.moveTo(0);
    this.#follow(this.#inquiry.ask({ by: groupingOf(look.sight), filter: filterOf(look), ...this.#order() }));
    this.#repaint();
  }

  /** Idle times come in their own order at first. */
  #order(): { readonly sort: GroupNumber | 'name'; readonly isReversed: boolean } {
    return { sort: this.#look.sight === 'idle' ? 'name' : this.#sort, isReversed: this.#isReversed };
  }

  #neighbour(): Sight {
    const place = sights.findIndex(({ by }) => by === this.#look.sight);
    return sights[(place + 1) % sights.length]?.by ?? 'service';
  }

  /** Shows what is within the chosen group. */
  #narrow(): void {
    const { scope, filter, sight } = this.#look;
    const group = this.#inquiry.groups[this.#list.index];
    if (sight === 'each' || sight === 'templates' || sight === 'rate' || group === undefined) return;
    const [service = null, realServer = null] = group.name.split(' ');
    const term = termOf(sight, group.name);
    this.#before.push(this.#look);
    this.#show({
      scope:
        sight === 'service'
          ? { service, realServer: null }
          : sight === 'real'
            ? { service, realServer }
            : scope,
      filter: [filter, term].filter((part) => part !== '').join(' and '),
      sight: nextSight[sight],
    });
  }

  #widen(): void {
    const before = this.#before.pop();
    if (before !== undefined) this.#show(before);
    else this.#desk.say('hint', 'this is where it began; a shows all services, Esc leads back');
  }

  #sortBy(by: 1 | -1): void {
    if (this.#look.sight === 'rate') {
      const next = rateNumbers.indexOf(this.#rateSort) + by;
      this.#rateSort = rateNumbers[(next + rateNumbers.length) % rateNumbers.length] ?? 'packets';
      this.#repaint();
      return;
    }
    const orders = ['name', ...groupNumbers] as const;
    const place = orders.indexOf(this.#sort) + by;
    this.#sort = orders[(place + orders.length) % orders.length] ?? 'connections';
    this.#follow(this.#inquiry.ask({ sort: this.#sort, isReversed: this.#isReversed }));
    this.#repaint();
  }

  #reverse(): void {
    this.#isReversed = !this.#isReversed;
    this.#follow(this.#inquiry.ask(this.#order()));
    this.#repaint();
  }

  #nextNetworks(): void {
    if (this.#look.sight === 'rate') {
      const next = this.#rateNetworks === null ? 0 : networkLengths.indexOf(this.#rateNetworks) + 1;
      this.#rateNetworks = networkLengths[next] ?? null;
      this.#repaint();
      return;
    }
    const place = networkLengths.indexOf(this.#networks);
    this.#networks = networkLengths[(place + 1) % networkLengths.length] ?? usualNetworks;
    this.#follow(this.#inquiry.ask({ networks: this.#networks }));
    this.#show({ ...this.#look, sight: 'network' });
  }

  #filterLine(): TypedFilter {
    return new TypedFilter(this.#desk, {
      text: this.#look.filter,
      reading: connectionFilter,
      completions: completeConnectionFilter,
      show: (filter) => this.#show({ ...this.#look, filter }),
      isEmpty: false,
    });
  }

  #repaint(): void {
    if (this.#desk.getState().pane === this) this.#desk.update({});
  }

  #isOpen(): boolean {
    for (let pane: Pane | null = this.#desk.getState().pane; pane !== null; pane = pane.behind ?? null)
      if (pane === this) return true;
    return false;
  }
}

function scopeOf(row: Row): Scope {
  if (row.kind === 'service') return { service: row.key, realServer: null };
  return { service: row.service.key, realServer: row.key.slice(row.service.key.length + 1) };
}

/** What is counted meanwhile, where no groups are shown. */
function groupingOf(sight: Sight): Grouping {
  return sight === 'each' || sight === 'templates' || sight === 'rate' ? 'state' : sight;
}

/** Lets only those connections of the scope through that the text asks for; `null` for all. */
function filterOf({ scope: { service, realServer }, filter }: Look): Filter<ConnectionFacts> | null {
  const reading = connectionFilter(filter);
  const typed = reading.kind === 'filter' ? reading.filter : null;
  if (service === null) return typed;
  return {
    fields: typed?.fields ?? new Set(),
    matches: (facts) => {
      const { owner } = facts;
      return (
        owner.service === service &&
        (realServer === null || owner.realServer === realServer) &&
        (typed === null || typed.matches(facts))
      );
    },
  };
}

/** What a filter asks of a group; empty where the scope says it. */
function termOf(by: Grouping, name: string): string {
  switch (by) {
    case 'service':
    case 'real':
      return '';
    case 'client':
      return `${name}/${name.includes(':') ? 128 : 32}`;
    case 'network':
      return name;
    case 'state':
      return `state:${name.toLowerCase()}`;
    case 'origin':
      return `origin:${name}`;
    case 'idle':
      return idleTerms[name] ?? '';
  }
}

/** What a filter asks of idle groups, with the same bounds as the groups have. */
const idleTerms: Readonly<Record<string, string>> = {
  'under 10 s': 'idle<10',
  '10 s to 1 minute': 'idle>=10 and idle<60',
  '1 to 10 minutes': 'idle>=60 and idle<600',
  '10 to 30 minutes': 'idle>=600 and idle<1800',
  '30 minutes and longer': 'idle>=1800',
};
