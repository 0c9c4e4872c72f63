import type { Intention } from '../../changes/plan/intention.ts';
import { readServiceState } from '../../changes/steps/table-state.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, realServerKey } from '../../ipvs/identity.ts';
import { greatestWeight } from '../../ipvs/real-server.ts';
import type { Work } from '../../system/turns.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { Box, Text } from '../kit/ink.ts';
import { InputText } from '../kit/input-text.tsx';
import { TextField } from '../kit/text-field.ts';
import type { Desk } from '../state/desk.ts';
import type { RealServerRow } from '../table/row.ts';
import { EditDialog } from './edit-dialog.ts';
import { PlanPreview } from './plan-preview.tsx';

/** Sets the weight of one or several real servers: exactly, or up and down from what each has. */
export class WeightDialog extends EditDialog {
  readonly title: string;
  readonly height = 10;
  readonly keys = '+ - by one   0-9 exactly   Enter apply   Esc cancel';
  readonly #rows: readonly RealServerRow[];
  readonly #field = new TextField();
  /** What each has by the director's word, by key: what the rows show can be old, or frozen. */
  #present: ReadonlyMap<string, number> = new Map();
  /** The field holds the present weight, which the first digit replaces: 0 typed there must not become 30. */
  #isProposed = false;
  /** Change against what each has; `null` while an exact weight is typed. */
  #by: number | null;

  constructor(
    desk: Desk,
    rows: readonly RealServerRow[],
    begin: { readonly by: number } | { readonly to: string } | 'exactly',
  ) {
    super(desk);
    this.#rows = rows;
    this.#by = begin !== 'exactly' && 'by' in begin ? begin.by : null;
    const first = rows[0]?.realServer.realServer;
    this.title =
      rows.length === 1 && first !== undefined
        ? `Weight of ${formatRealServer(first.identity)}`
        : `Weight of ${rows.length} real servers`;
    if (begin === 'exactly' && rows.length === 1) {
      this.#field.set(String(first?.weight ?? ''));
      this.#isProposed = true;
    } else if (begin !== 'exactly' && 'to' in begin) this.#field.set(begin.to);
  }

  render(_width: number, height: number) {
    const { preview } = this;
    const [first] = this.#rows;
    const present = this.#rows.length === 1 && first !== undefined ? `now ${this.#presentOf(first)}   ` : '';
    return (
      <Box flexDirection="column">
        <Text>
          {`${present}new `}
          {this.#isProposed ? (
            <Text inverse>{this.#field.text}</Text>
          ) : this.#by === null ? (
            <InputText field={this.#field} focused />
          ) : (
            <Text bold>
              {this.#rows.length === 1 && first !== undefined
                ? this.#weightOf(first)
                : `${this.#by > 0 ? '+' : ''}${this.#by} each`}
            </Text>
          )}
          <Text dimColor>{`   0 to ${greatestWeight}; 0 takes no new connections`}</Text>
        </Text>
        <Text> </Text>
        <PlanPreview preview={preview} limit={Math.max(1, height - 6)} />
      </Box>
    );
  }

  protected *intentions(): Work<readonly Intention[]> {
    this.#present = yield* presentWeights(this.desk.director, this.#rows);
    return this.#rows.map((row) => ({
      kind: 'edit real server',
      service: row.service.service.identity,
      realServer: row.realServer.realServer.identity,
      change: { weight: this.#weightOf(row) },
    }));
  }

  protected onEditKey(key: KeyEvent): boolean {
    const step =
      key.text === '+' || key.text === '=' || key.name === 'up'
        ? 1
        : key.text === '-' || key.text === '_' || key.name === 'down'
          ? -1
          : 0;
    const wasProposed = this.#isProposed;
    if (step !== 0) {
      this.#isProposed = false;
      this.#step(step);
      return true;
    }
    if (key.text !== undefined && !/^\d$/.test(key.text)) return false;
    this.#isProposed = false;
    if (wasProposed && key.text !== undefined) this.#field.set('');
    if (this.#by !== null) {
      if (key.text === undefined && key.name !== 'backspace') return false;
      this.#by = null;
      this.#field.set('');
    }
    return this.#field.onKey(key);
  }

  #step(step: 1 | -1): void {
    if (this.#by !== null) this.#by = this.#bounded(this.#by + step);
    else if (this.#field.text === '') this.#by = step;
    else this.#field.set(String(Math.max(0, Number(this.#field.text) + step)));
  }

  /** No further than it makes a difference to one of them. */
  #bounded(by: number): number {
    const weights = this.#rows.map((row) => this.#presentOf(row));
    return Math.min(greatestWeight - Math.min(...weights), Math.max(-Math.max(...weights), by));
  }

  #presentOf(row: RealServerRow): number {
    return this.#present.get(row.key) ?? row.realServer.realServer.weight;
  }

  #weightOf(row: RealServerRow): number {
    if (this.#by !== null) return Math.min(greatestWeight, Math.max(0, this.#presentOf(row) + this.#by));
    if (this.#field.text === '')
      throw IpvsError.input(
        'set weight',
        '',
        'no weight is given yet',
        `type a number from 0 to ${greatestWeight}`,
      );
    if (!/^\d{1,5}$/.test(this.#field.text)) {
      throw IpvsError.input(
        'set weight',
        '',
        `"${this.#field.text}" is not a weight`,
        `type a number from 0 to ${greatestWeight}`,
      );
    }
    return Number(this.#field.text);
  }
}

function* presentWeights(
  director: Director,
  rows: readonly RealServerRow[],
): Work<ReadonlyMap<string, number>> {
  const services = new Map(rows.map((row) => [row.service.key, row.service.service.identity]));
  const weights = new Map<string, number>();
  for (const identity of services.values()) {
    const { realServers } = readServiceState(director, identity) ?? { realServers: [] };
    for (const { realServer } of realServers)
      weights.set(realServerKey(identity, realServer.identity), realServer.weight);
    yield realServers.length + 1;
  }
  return weights;
}
