import { useState } from 'react';
import { type RampStep, rampSteps } from '../../changes/drain/ramp.ts';
import { type Ramp, usualRampSteps } from '../../changes/drain/ramps.ts';
import type { Intention } from '../../changes/plan/intention.ts';
import { spanText } from '../../changes/steps/describe.ts';
import { readServiceState } from '../../changes/steps/table-state.ts';
import type { Director } from '../../director/director.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { formatRealServer, type RealServerKey, realServerKey } from '../../ipvs/identity.ts';
import { greatestWeight } from '../../ipvs/real-server.ts';
import type { Work } from '../../system/turns.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { Box, Text } from '../kit/ink.ts';
import { InputText } from '../kit/input-text.tsx';
import { Styled } from '../kit/styled.tsx';
import { TextField } from '../kit/text-field.ts';
import type { Desk } from '../state/desk.ts';
import { nowOnly } from '../state/preview.ts';
import { targetRealServers, wholeServices } from '../state/targets.ts';
import type { RealServerRow } from '../table/row.ts';
import { confirmWhole, ofServices } from './confirm-dialog.tsx';
import { useDesk } from './dialog-context.ts';
import { DialogFrame, frameHeight } from './dialog-frame.tsx';
import { foresightHeight, leastForesight } from './foresight-lines.ts';
import { ForetoldPreview, mostCommands, useGreatestHeight } from './foretold-preview.tsx';
import { usePlanLines } from './plan-preview.tsx';
import { useEdit } from './use-edit.tsx';

/** Where the dialog of weights begins: with a step up or down from what each has, with a weight, or with the present one. */
export type WeightStart = { readonly by: 1 | -1 } | { readonly to: string } | 'exactly';

/** Sets the weight of one or several real servers: exactly, or up and down from what each has. */
export function openWeight(desk: Desk, start: WeightStart): void {
  const rows = targetRealServers(desk);
  desk.openDialog(<WeightDialog rows={rows} start={start} services={wholeServices(desk).length} />);
}

/** Rows of the dialog's own: the weight, and how it is reached. */
const ownRows = 2;

interface WeightDialogProps {
  readonly rows: readonly RealServerRow[];
  readonly start: WeightStart;
  /** How many services are among the targets, all of whose real servers are meant: the operator is asked about that. */
  readonly services: number;
}

function WeightDialog({ rows, start, services }: WeightDialogProps) {
  const desk = useDesk();
  const [weights] = useState(() => new NewWeights(rows, start));
  const [first] = rows;
  const only = rows.length === 1 ? first : undefined;
  const title =
    only === undefined
      ? `Weight of ${rows.length} real servers${ofServices(rows, services)}`
      : `Weight of ${formatRealServer(only.realServer.realServer.identity)}`;
  const begin = () =>
    desk.ramps.begin(rows.flatMap((row) => weights.rampOf(row, desk.director.clock.time())));
  const { preview } = useEdit({
    title,
    onKey: (key) => weights.onKey(key),
    onDone: begin,
    // keepalived's file has one weight and no steps: an edit over a time is for now only.
    confirm: (known, usually) =>
      confirmWhole(
        desk,
        `${title}?`,
        services,
        weights.over === null ? known : nowOnly(known),
        usually,
        begin,
      ),
    intentions: function* () {
      weights.present = yield* presentWeights(desk.director, rows);
      const wanted: Intention[] = [];
      for (const row of rows) {
        wanted.push({
          kind: 'edit real server',
          service: row.service.service.identity,
          realServer: row.realServer.realServer.identity,
          change: { weight: weights.firstOf(row) },
        });
        yield 1;
      }
      return wanted;
    },
  });
  const { by, field, isProposed } = weights;
  const told = usePlanLines(preview, mostCommands);
  const toldHeight = useGreatestHeight(told);
  const over = weights.over === null ? undefined : overText(weights, only);
  const overHeight = (width: number) => (over === undefined ? 0 : wrapText(over, width).length);
  return (
    <DialogFrame
      title={title}
      keys="+ - by one   0-9 exactly   o over a time   Enter apply   Esc cancel"
      width={76}
      height={frameHeight + ownRows + Math.min(mostCommands, rows.length) + foresightHeight}
      least={(width) => 1 + overHeight(width) + toldHeight(width) + leastForesight}
    >
      {(width, height) => {
        const isLow = height < ownRows + toldHeight(width) + foresightHeight;
        const spaceHeight = over === undefined && !isLow ? 1 : 0;
        return (
          <Box flexDirection="column">
            <Text>
              {`${only === undefined ? '' : `now ${weights.presentOf(only)}   `}new `}
              {isProposed ? (
                <Styled as="chosen">{field.text}</Styled>
              ) : by === null ? (
                <InputText field={field} focused />
              ) : (
                <Styled as="strong">
                  {only === undefined ? `${by > 0 ? '+' : ''}${by} each` : weights.of(only)}
                </Styled>
              )}
              <Styled as="dim">{`   0 to ${greatestWeight}; 0 takes no new connections`}</Styled>
            </Text>
            {over !== undefined && <Text wrap="wrap">{over}</Text>}
            {spaceHeight > 0 && <Text> </Text>}
            <ForetoldPreview
              preview={preview}
              told={told}
              width={width}
              height={height - 1 - overHeight(width) - spaceHeight}
            />
          </Box>
        );
      }}
    </DialogFrame>
  );
}

/** The weights that real servers are to get. */
class NewWeights {
  readonly field = new TextField();
  /** The weight of each as read from the director, by key: what the rows show can be old, or frozen. */
  present: ReadonlyMap<RealServerKey, number> = new Map();
  /** Change against what each has; `null` while an exact weight is typed. */
  by: number | null = null;
  /** The field holds the present weight, which the first digit replaces: 0 typed there must not become 30. */
  isProposed = false;
  /** Milliseconds over which the weight is reached in steps; `null` for at once. */
  over: number | null = null;
  readonly #rows: readonly RealServerRow[];

  constructor(rows: readonly RealServerRow[], start: WeightStart) {
    this.#rows = rows;
    if (start === 'exactly') {
      if (rows.length !== 1) return;
      this.field.set(String(rows[0]?.realServer.realServer.weight ?? ''));
      this.isProposed = true;
    } else if ('by' in start) this.by = start.by;
    else this.field.set(start.to);
  }

  presentOf(row: RealServerRow): number {
    return this.present.get(row.key) ?? row.realServer.realServer.weight;
  }

  /** Whether a weight is given. */
  get isComplete(): boolean {
    return this.by !== null || /^\d{1,10}$/.test(this.field.text);
  }

  /** The weight that a real server is to get. Throws an input error where what was typed is no weight. */
  of(row: RealServerRow): number {
    if (this.by !== null) return Math.min(greatestWeight, Math.max(0, this.presentOf(row) + this.by));
    const { text } = this.field;
    if (/^\d{1,10}$/.test(text)) return Number(text);
    throw IpvsError.input(
      text === '' ? 'missing-value' : 'bad-value',
      'set weight',
      '',
      text === '' ? 'no weight is given yet' : `"${text}" is not a weight`,
      `type a number from 0 to ${greatestWeight}`,
    );
  }

  /** The steps to a real server's new weight: one where it is reached at once. */
  stepsOf(row: RealServerRow): RampStep[] {
    const steps = this.over === null ? 1 : usualRampSteps;
    return rampSteps(this.presentOf(row), this.of(row), steps, this.over ?? 0);
  }

  /** The weight of the first step. */
  firstOf(row: RealServerRow): number {
    return (this.over === null ? undefined : this.stepsOf(row)[0]?.weight) ?? this.of(row);
  }

  /** What is left of a real server's steps when the first is done; nothing where that was all. */
  rampOf(row: RealServerRow, beganAt: number): Ramp[] {
    const [first, ...steps] = this.stepsOf(row);
    if (first === undefined || steps.length === 0) return [];
    return [
      {
        service: row.service.service.identity,
        realServer: row.realServer.realServer.identity,
        steps,
        present: first.weight,
        beganAt,
      },
    ];
  }

  /** Takes a key and tells whether it means something here. */
  onKey(key: KeyEvent): boolean {
    if (key.text === 'o') {
      this.over = rampTimes[rampTimes.indexOf(this.over) + 1] ?? null;
      return true;
    }
    const step = stepKeys[key.name];
    const wasProposed = this.isProposed;
    if (step !== undefined) {
      this.isProposed = false;
      this.#step(step);
      return true;
    }
    if (key.text !== undefined && !/^\d$/.test(key.text)) return false;
    this.isProposed = false;
    if (wasProposed && key.text !== undefined) this.field.set('');
    if (this.by !== null) {
      if (key.text === undefined && key.name !== 'backspace') return false;
      this.by = null;
      this.field.set('');
    }
    return this.field.onKey(key);
  }

  #step(step: number): void {
    if (this.by !== null) this.by = this.#bounded(this.by + step);
    else if (this.field.text === '') this.by = step;
    else this.field.set(String(Math.max(0, Number(this.field.text) + step)));
  }

  /** The change, cut to where it still makes a difference to one of the real servers. */
  #bounded(by: number): number {
    const weights = this.#rows.map((row) => this.presentOf(row));
    return Math.min(greatestWeight - Math.min(...weights), Math.max(-Math.max(...weights), by));
  }
}

/** Times that are offered, milliseconds; `null` for at once. */
const rampTimes: readonly (number | null)[] = [null, 60_000, 300_000, 900_000];

/** What is done over a time, and what ends it. */
function overText(weights: NewWeights, only: RealServerRow | undefined): string {
  const time = spanText(weights.over ?? 0);
  const steps = only === undefined || !weights.isComplete ? [] : weights.stepsOf(only);
  const told = steps.length > 1 ? `: ${steps.map(({ weight }) => weight).join(', ')}` : ', in steps';
  return `over ${time}${told}. It ends with this screen, and stays at the weight of then.`;
}

const stepKeys: Readonly<Partial<Record<string, 1 | -1>>> = {
  '+': 1,
  '=': 1,
  up: 1,
  '-': -1,
  _: -1,
  down: -1,
};

function* presentWeights(
  director: Director,
  rows: readonly RealServerRow[],
): Work<ReadonlyMap<RealServerKey, number>> {
  const services = new Map(rows.map((row) => [row.service.key, row.service.service.identity]));
  const weights = new Map<RealServerKey, number>();
  for (const identity of services.values()) {
    const { realServers } = readServiceState(director, identity) ?? { realServers: [] };
    for (const { realServer } of realServers)
      weights.set(realServerKey(identity, realServer.identity), realServer.weight);
    yield realServers.length + 1;
  }
  return weights;
}
