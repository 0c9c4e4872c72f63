import { type DrainEnding, type DrainOrder, drainEndings } from '../../changes/drain/drain.ts';
import { drainLook, obstaclesAhead } from '../../changes/drain/drain-obstacles.ts';
import type { Intention } from '../../changes/plan/intention.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import type { Director } from '../../director/director.ts';
import { formatRealServer, realServerKey } from '../../ipvs/identity.ts';
import type { Work } from '../../system/turns.ts';
import { Text } from '../kit/ink.ts';
import type { Desk } from '../state/desk.ts';
import type { Preview } from '../state/preview.ts';
import { targetRealServers } from '../state/targets.ts';
import type { RealServerRow } from '../table/row.ts';
import { ChoiceDialog } from './choice-dialog.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { DrainingDialog } from './draining-dialog.tsx';

const endingMeanings: Readonly<Record<DrainEnding, { readonly name: string; readonly meaning: string }>> = {
  leave: { name: 'leave', meaning: 'at weight 0 when it is empty' },
  restore: { name: 'old weight', meaning: 'back when it is empty, after a restart of it, say' },
  delete: { name: 'delete', meaning: 'it when it is empty, without another question' },
};

/** The endings in the order of the dialog: what does least comes first. */
const offered: readonly DrainEnding[] = ['leave', 'restore', 'delete'];

/** Begins to drain real servers: weight 0 now, and an ending for when they are empty. */
class DrainDialog extends ChoiceDialog {
  readonly title: string;
  readonly height = 15;
  readonly #rows: readonly RealServerRow[];
  /** By the director's word, when what would be done was worked out last. */
  #obstacles: readonly string[] = [];

  constructor(desk: Desk, rows: readonly RealServerRow[]) {
    super(
      desk,
      offered.map((ending) => endingMeanings[ending]),
      undefined,
    );
    this.#rows = rows;
    const [first] = rows;
    this.title =
      rows.length === 1 && first !== undefined
        ? `Drain ${formatRealServer(first.realServer.realServer.identity)}`
        : `Drain ${rows.length} real servers`;
  }

  protected *intentions(): Work<readonly Intention[]> {
    this.#obstacles = yield* obstaclesOf(this.desk.director, this.#rows);
    return this.#rows.map((row) => ({
      kind: 'edit real server',
      service: row.service.service.identity,
      realServer: row.realServer.realServer.identity,
      change: { weight: 0 },
    }));
  }

  protected override note(width: number) {
    // Known once it is worked out what would be done.
    const obstacles = this.preview === undefined ? [] : this.#obstacles;
    return obstacles.length === 0 ? (
      super.note(width)
    ) : (
      <Text wrap="wrap" color="yellow">
        {obstacles.map((obstacle) => `▲ ${obstacle}`).join('\n')}
      </Text>
    );
  }

  protected override confirm(preview: Preview): void {
    if (preview.kind === 'refusal') return;
    const plan: Plan =
      preview.kind === 'plan'
        ? preview.plan
        : {
            steps: [],
            lines: [],
            warnings: ['the weight is 0 already'],
            destructive: false,
            doubtful: false,
          };
    const ending = this.#ending();
    const begin = () => this.desk.beginDrains(this.#orders(plan, ending));
    const complete: Preview = {
      kind: 'plan',
      plan: {
        ...plan,
        warnings: [...plan.warnings, ...(ending === 'delete' ? ['deleted as soon as it is empty'] : [])],
      },
    };
    if (plan.destructive || ending === 'delete') {
      this.desk.openDialog(new ConfirmDialog(this.desk, `${this.title}?`, complete, begin));
    } else {
      void this.desk.perform(complete, begin);
    }
  }

  #ending(): DrainEnding {
    return drainEndings.find((ending) => endingMeanings[ending].name === this.chosen?.name) ?? 'leave';
  }

  /** The weight that the plan has seen is the old one: what the rows show can be old, or frozen. */
  #orders({ steps }: Plan, ending: DrainEnding): DrainOrder[] {
    const former = new Map(
      steps.flatMap((step): [string, number][] =>
        step.kind === 'set real server'
          ? [[realServerKey(step.service, step.before.identity), step.before.weight]]
          : [],
      ),
    );
    return this.#rows.map((row) => {
      const realServer = row.realServer.realServer.identity;
      const formerWeight = former.get(row.key) ?? 0;
      return {
        service: row.service.service.identity,
        realServer,
        formerWeight,
        // One that had no weight has none to get back.
        ending: ending === 'restore' && formerWeight === 0 ? 'leave' : ending,
        until: 'all',
        beganAt: Date.now(),
        timeout: null,
      };
    });
  }
}

/** What keeps real servers of the services of these rows from emptying, each once. */
function* obstaclesOf(director: Director, rows: readonly RealServerRow[]): Work<readonly string[]> {
  const services = new Map(rows.map(({ service }) => [service.key, service.service.identity]));
  const found = new Set<string>();
  const look = drainLook(director);
  for (const identity of services.values()) {
    yield 1;
    const service = director.findService(identity)?.service;
    if (service === undefined) continue;
    for (const obstacle of obstaclesAhead({ ...look, service })) found.add(obstacle);
  }
  return [...found];
}

/** What `D` opens: the dialog of a drain under way, or the one that begins drains. */
export function openDrain(desk: Desk): void {
  const rows = targetRealServers(desk);
  const [first] = rows;
  const drain = first === undefined ? undefined : desk.drains.find(first.key);
  if (rows.length === 1 && drain !== undefined) {
    desk.openDialog(new DrainingDialog(desk, drain));
    return;
  }
  const others = rows.filter((row) => desk.drains.find(row.key) === undefined);
  if (others.length > 0) desk.openDialog(new DrainDialog(desk, others));
  else desk.say('hint', 'drain: all of these are draining already; untag them to end one');
}
