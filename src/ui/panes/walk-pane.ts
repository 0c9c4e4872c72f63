import { gatherWalk } from '../../doctor/walk/gather-walk.ts';
import type { Walk } from '../../forwarding/walk/walk.ts';
import { likeliestRealServer } from '../../forwarding/walk/walk-endpoints.ts';
import { type Tone, type WalkLine, walkText } from '../../forwarding/walk/walk-text.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import {
  formatRealServer,
  formatService,
  type RealServerKey,
  type RowKey,
  type ServiceKey,
} from '../../ipvs/identity.ts';
import type { KnownAnswer } from '../../probe/known-answers.ts';
import type { PublicRealServerView, PublicServiceView, View } from '../../sampling/view.ts';
import type { Canvas } from '../../terminal/grid.ts';
import { textWidth } from '../../terminal/width.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { emptyLine, type Line, type Span, sideBySide, span, textLine } from '../kit/page.ts';
import type { StyleRole, Theme } from '../kit/theme.ts';
import { ageOf, momentOf } from '../state/age.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import type { ScreenState } from '../state/screen-state.ts';
import type { Row } from '../table/row.ts';
import { PagePane } from './page-pane.ts';

/** Milliseconds from one look at the network to the next. */
const pace = 3000;
/** Cells from which on request and response stand side by side. */
const wide = 120;
const gap = 2;
/** Longer lines are hard to read. */
const longestLine = 100;

/** What has been found of the walk that is shown. */
type Finding =
  | { readonly kind: 'looking' }
  | { readonly kind: 'walk'; readonly walk: Walk }
  | { readonly kind: 'failed'; readonly text: string };

/** The packet walk of a real server in place of the table, looked up again every few seconds. */
export class WalkPane extends PagePane {
  readonly keys = 'Esc back  ↑ ↓ scroll  ← → real server';
  readonly command = 'walk';
  readonly behind: Pane | null;
  readonly #serviceKey: ServiceKey;
  /** The real server's key; `null` while the service has none. */
  #realServerKey: RealServerKey | null;
  #finding: Finding = { kind: 'looking' };
  /** Time of the view that the last look belongs to; `null` when the next view calls for a look in any case. */
  #lookedAt: number | null = null;
  /** When the network was looked at for what is shown, milliseconds since the epoch. */
  #seenAt = 0;
  #isLooking = false;

  constructor(desk: Desk, row: Row) {
    super(desk);
    this.behind = desk.getState().pane;
    this.#serviceKey = row.service.key;
    this.#realServerKey = row.kind === 'real server' ? row.key : likeliestKey(row.service);
    this.#look();
  }

  get rowKey(): RowKey {
    return this.#realServerKey ?? this.#serviceKey;
  }

  protected onOwnKey(name: string): boolean {
    if (name === 'W') this.desk.closePane();
    else if (name === 'left' || name === 'h') this.#go(-1);
    else if (name === 'right' || name === 'l' || name === 'tab') this.#go(1);
    else return false;
    return true;
  }

  paint(canvas: Canvas, theme: Theme): void {
    const state = this.desk.getState();
    const { view, frozen } = state;
    const isDue = this.#lookedAt === null || Math.abs((view?.time ?? 0) - this.#lookedAt) >= pace;
    if (isDue && !frozen) this.#look();
    this.paintPage(canvas, theme, `${this.#title(view)}${this.#age(state)}`, this.#lines(canvas.width));
  }

  #title(view: View | null): string {
    const service = findService(view, this.#serviceKey);
    if (service === undefined) return `✗ gone: ${this.rowKey}`;
    const name = formatService(service.service.identity);
    const index = service.realServers.findIndex(({ key }) => key === this.#realServerKey);
    const realServer = service.realServers[index];
    if (realServer === undefined)
      return this.#realServerKey === null ? `Packet walk of ${name}` : `✗ gone: ${this.#realServerKey}`;
    const mode = forwardingMethodLabel(realServer.realServer.forwarding);
    const place = `${index + 1} of ${service.realServers.length}`;
    return `Packet walk ${place}: ${name} by ${formatRealServer(realServer.realServer.identity)} (${mode})`;
  }

  /** How long ago the network was looked at, where it was not just now: frozen, or while no reading comes. */
  #age(state: ScreenState): string {
    if (this.#finding.kind === 'looking') return '';
    const age = ageOf({ ...state, interval: Math.max(state.interval, pace / 1000) }, this.#seenAt);
    return age === '' ? '' : `, looked at ${age} ago`;
  }

  #lines(width: number): Line[] {
    switch (this.#finding.kind) {
      case 'looking':
        return [textLine(this.#realServerKey === null ? ' The service has no real servers yet.' : '')];
      case 'failed':
        return wrapText(this.#finding.text, Math.min(width, longestLine) - 2).map((part) => [
          span(1, part, 'warning'),
        ]);
      case 'walk':
        return walkLines(this.#finding.walk, width);
    }
  }

  /** Shows another real server of the service. */
  #go(by: -1 | 1): void {
    const { view } = this.desk.getState();
    const servers = findService(view, this.#serviceKey)?.realServers ?? [];
    const index = servers.findIndex(({ key }) => key === this.#realServerKey);
    const next = servers[(index + by + servers.length) % servers.length];
    if (next === undefined || next.key === this.#realServerKey) return;
    this.#realServerKey = next.key;
    this.toTop();
    this.#finding = { kind: 'looking' };
    this.#lookedAt = null;
    this.#look();
    this.repaint();
  }

  #look(): void {
    const { view } = this.desk.getState();
    const { network, machine, director } = this.desk;
    const service = findService(view, this.#serviceKey);
    if (this.#isLooking || view === null || service === undefined) return;
    this.#realServerKey ??= likeliestKey(service);
    const realServer = service.realServers.find(({ key }) => key === this.#realServerKey);
    if (realServer === undefined) return;
    if (network === undefined || machine === undefined) {
      this.#finding = { kind: 'failed', text: 'The network cannot be looked at here.' };
      return;
    }
    this.#isLooking = true;
    this.#lookedAt = view.time;
    const moment = momentOf(this.desk.getState());
    const former = this.#finding.kind === 'walk' ? this.#finding.walk.endpoints : undefined;
    const sources = { director, network, machine };
    // Not while a frame is being painted.
    setImmediate(() => {
      gatherWalk(sources, {
        service: service.service,
        realServer: realServer.realServer,
        services: view.services.map((known) => known.service.identity),
        answer: currentAnswer(this.desk, realServer),
        ...(former !== undefined && { former }),
      })
        .then(
          (walk): Finding => ({ kind: 'walk', walk }),
          (error: unknown): Finding => {
            if (!(error instanceof IpvsError)) throw error;
            return { kind: 'failed', text: error.message };
          },
        )
        .then((finding) => this.#found(finding, realServer, moment));
    });
  }

  #found(finding: Finding, realServer: PublicRealServerView, moment: number): void {
    this.#isLooking = false;
    // Meanwhile another real server may have been chosen, or the pane closed.
    if (realServer.key !== this.#realServerKey) this.#look();
    else {
      this.#finding = finding;
      this.#seenAt = moment;
    }
    this.repaint();
  }
}

function currentAnswer(
  { probing, director }: Desk,
  { key, realServer }: PublicRealServerView,
): KnownAnswer | undefined {
  const answer = probing?.known.of(key, realServer);
  return answer !== undefined && answer.countsUntil >= director.clock.time() ? answer : undefined;
}

function findService(view: View | null, key: ServiceKey): PublicServiceView | undefined {
  return view?.services.find((service) => service.key === key);
}

function likeliestKey({ realServers }: PublicServiceView): RealServerKey | null {
  const likeliest = likeliestRealServer(realServers.map(({ realServer }) => realServer));
  return realServers.find(({ realServer }) => realServer === likeliest)?.key ?? null;
}

/** The walk in lines of `width` cells; request and response side by side where there is room. */
function walkLines(walk: Walk, width: number): Line[] {
  const column = width >= wide ? Math.floor((width - gap) / 2) : width;
  // Where the terminal is ASCII only, characters are replaced when the grid is written.
  const text = walkText(walk, { width: Math.min(column, longestLine), ascii: false, boxes: width >= wide });
  const around = walkText(walk, { width: Math.min(width, longestLine), ascii: false });
  const ways =
    width >= wide
      ? sideBySide(
          [text.request, text.response].map((part) => ({ width: column, lines: part.map(toLine) })),
          gap,
        )
      : joined([text.request, text.response]);
  return [
    ...joined([around.head, around.obstacles]),
    emptyLine,
    ...ways,
    emptyLine,
    ...around.foot.map(toLine),
  ];
}

function joined(parts: readonly (readonly WalkLine[])[]): Line[] {
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => [...(index === 0 ? [] : [emptyLine]), ...part.map(toLine)]);
}

const roles: Readonly<Partial<Record<Tone, StyleRole>>> = {
  heading: 'strong',
  place: 'service',
  changed: 'tag',
  unseen: 'dim',
  aside: 'dim',
  warning: 'warning',
};

function toLine(pieces: WalkLine): Line {
  const spans: Span[] = [];
  let x = 0;
  for (const { text, tone } of pieces) {
    spans.push(span(x, text, roles[tone]));
    x += textWidth(text);
  }
  return spans;
}
