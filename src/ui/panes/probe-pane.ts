import type { Endpoint } from '../../ipvs/connection.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatRealServer, formatService, type RowKey } from '../../ipvs/identity.ts';
import { chosenServices } from '../../probe/questions.ts';
import { nobodyKnows } from '../../probe/rounds.ts';
import { faultWords, formatMilliseconds, type ProbeVerdict } from '../../probe/verdict.ts';
import type { Canvas } from '../../terminal/grid.ts';
import { fitToWidth, textWidth } from '../../terminal/width.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { type Line, span } from '../kit/page.ts';
import { remembering } from '../kit/remembering.ts';
import type { Theme } from '../kit/theme.ts';
import type { Desk } from '../state/desk.ts';
import type { Pane } from '../state/pane.ts';
import { answerLooks } from '../table/answer-cell.ts';
import type { Row } from '../table/row.ts';
import { PagePane } from './page-pane.ts';

/** Cells of the longest word, and of the mode. */
const wordWidth = 'no objection'.length;
const modeWidth = 3;

/** Longer lines are hard to read. */
const longestLine = 100;

/** Whether the real servers of a row answer for the virtual address, asked once, in place of the table. */
export class ProbePane extends PagePane {
  readonly keys = 'Esc back  ↑ ↓ scroll  P ask again';
  readonly command = 'probe';
  readonly behind: Pane | null;
  readonly rowKey: RowKey;
  readonly #row: Row;
  /** The address and port that clients call, where the operator gave one. */
  readonly #to: Endpoint | undefined;
  #asked: readonly AskedRow[] = [];
  #nameWidth = 0;
  #state: 'asking' | 'asked' | { readonly failed: string } = 'asking';
  #stop = new AbortController();

  constructor(desk: Desk, row: Row, to?: Endpoint) {
    super(desk);
    this.#to = to;
    this.behind = desk.getState().pane;
    this.rowKey = row.key;
    this.#row = row;
    this.#ask();
  }

  protected onOwnKey(name: string): boolean {
    if (name !== 'P') return false;
    if (this.#state !== 'asking') this.#ask();
    return true;
  }

  paint(canvas: Canvas, theme: Theme): void {
    this.paintPage(canvas, theme, this.#title(), this.#lines(Math.min(canvas.width, longestLine)));
  }

  #title(): string {
    const name = formatService(this.#row.service.service.identity);
    if (typeof this.#state === 'object') return `Probe of ${name}`;
    const verdicts = this.#asked.flatMap(({ verdict }) => verdict ?? []);
    const faults = verdicts.filter(({ word }) => faultWords.has(word)).length;
    const found = faults === 0 ? '' : `, ${faults} with a fault`;
    return this.#state === 'asking'
      ? `Probe of ${name}: ${verdicts.length} of ${this.#asked.length} asked${found}`
      : `Probe of ${name}: ${this.#asked.length} asked${found}`;
  }

  #lines(width: number): Line[] {
    if (typeof this.#state === 'object')
      return wrapText(this.#state.failed, width - 2).map((part) => [span(1, part, 'warning')]);
    if (this.#asked.length === 0) return [[span(1, 'The service has no real servers.', 'dim')]];
    return this.#asked.flatMap((row) => row.lines(row, this.#nameWidth, width));
  }

  #ask(): void {
    const { director, probing } = this.desk;
    if (probing === undefined) {
      this.#state = { failed: 'The network cannot be looked at here.' };
      return;
    }
    const service = this.#row.service.service.identity;
    const realServer =
      this.#row.kind === 'real server' ? this.#row.realServer.realServer.identity : undefined;
    this.#state = 'asking';
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const work = async () => {
      // The view knows all services; reading a large table again would hold up the screen.
      const services = this.desk.getState().view?.services.map((known) => known.service.identity) ?? [];
      const asked = chosenServices(director, services, { service, ...(realServer && { realServer }) });
      const rows = await probing.rowsOf(asked, services, this.#to);
      this.#asked = rows.map((row) => ({
        name: formatRealServer(row.realServer.identity),
        mode: forwardingMethodLabel(row.realServer.forwarding),
        verdict: row.question === null ? nobodyKnows : undefined,
        lines: rememberedLines(),
      }));
      this.#nameWidth = this.#asked.reduce((widest, { name }) => Math.max(widest, textWidth(name)), 0);
      const onVerdict = (verdict: ProbeVerdict, place: number) => {
        const row = this.#asked[place];
        if (row !== undefined) row.verdict = verdict;
        // The operator has closed the pane: the rest need not be asked.
        if (!this.#isOpen()) this.#stop.abort();
        this.repaint();
      };
      await probing.ask(rows, services, { onVerdict, signal });
    };
    work().then(
      () => this.#end('asked'),
      (error: unknown) => {
        if (!(error instanceof IpvsError)) throw error;
        this.#end({ failed: error.message });
      },
    );
  }

  #end(state: 'asked' | { readonly failed: string }): void {
    this.#state = state;
    this.repaint();
  }

  #isOpen(): boolean {
    for (let pane: Pane | null = this.desk.getState().pane; pane !== null; pane = pane.behind ?? null)
      if (pane === this) return true;
    return false;
  }
}

/** A real server that is asked. */
interface AskedRow {
  readonly name: string;
  readonly mode: string;
  /** The answer; `undefined` until there is one. */
  verdict: ProbeVerdict | undefined;
  /** Makes its lines, and remembers them until something in them changes: there may be thousands of rows. */
  readonly lines: (row: AskedRow, nameWidth: number, width: number) => readonly Line[];
}

function rememberedLines(): AskedRow['lines'] {
  const remembered = remembering(rowLines);
  return ({ name, mode, verdict }, nameWidth, width) => remembered(name, mode, verdict, nameWidth, width);
}

function rowLines(
  shownName: string,
  mode: string,
  verdict: ProbeVerdict | undefined,
  nameWidth: number,
  width: number,
): Line[] {
  const head = `${fitToWidth(shownName, nameWidth)}  ${fitToWidth(mode, modeWidth)}`;
  if (verdict === undefined) return [[span(1, '…', 'dim'), span(3, head, 'dim')]];
  const { word, said, causes, milliseconds } = verdict;
  const { sign, role } = answerLooks[word];
  const at = 3 + textWidth(head) + 2;
  const time = milliseconds === null ? '' : ` (${formatMilliseconds(milliseconds)})`;
  const textAt = at + wordWidth + 2;
  // On a narrow screen what was seen stands below the word.
  const isNarrow = width - textAt < 30;
  const indent = isNarrow ? 5 : textAt;
  const [first = '', ...rest] = wrapText(`${said}${time}`, width - indent - 1);
  const below = [...(isNarrow ? [first] : []), ...rest].map((part): Line => [span(indent, part)]);
  const why = causes.flatMap((cause) =>
    wrapText(cause, width - indent - 3).map(
      (part, index): Line => [...(index === 0 ? [span(indent, '·', 'dim')] : []), span(indent + 2, part)],
    ),
  );
  return [
    [span(1, sign, role), span(3, head), span(at, word, role), ...(isNarrow ? [] : [span(textAt, first)])],
    ...below,
    ...why,
  ];
}
