import { useRef } from 'react';
import { type DrainEnding, type DrainOrder, drainEndings } from '../../changes/drain/drain.ts';
import { drainLook, obstaclesAhead } from '../../changes/drain/drain-obstacles.ts';
import type { Intention } from '../../changes/plan/intention.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import type { Director } from '../../director/director.ts';
import { formatRealServer, realServerKey } from '../../ipvs/identity.ts';
import type { Work } from '../../system/turns.ts';
import type { Desk, WhenDone } from '../state/desk.ts';
import type { Preview } from '../state/preview.ts';
import { targetRealServers, wholeServices } from '../state/targets.ts';
import type { RealServerRow } from '../table/row.ts';
import { ChoiceDialog } from './choice-dialog.tsx';
import { ConfirmDialog, ofServices } from './confirm-dialog.tsx';
import { useDesk } from './dialog-context.ts';
import { openDraining } from './draining-dialog.tsx';

const endingMeanings: Readonly<Record<DrainEnding, { readonly name: string; readonly meaning: string }>> = {
  leave: { name: 'leave', meaning: 'at weight 0 when it is empty' },
  restore: { name: 'old weight', meaning: 'back when it is empty, after a restart of it, say' },
  delete: { name: 'delete', meaning: 'it when it is empty, without another question' },
};

/** The endings in the order of the dialog: what does least comes first. */
const choices = (['leave', 'restore', 'delete'] as const).map((ending) => endingMeanings[ending]);

/**
 * Begins to drain real servers: weight 0 now, and an ending for when they are empty. For all real servers of a service
 * it asks first.
 */
function DrainDialog({ rows, services }: { rows: readonly RealServerRow[]; services: number }) {
  const desk = useDesk();
  /** What keeps the real servers from emptying, read from the director when the preview was last worked out. */
  const obstacles = useRef<readonly string[]>([]);
  const [first] = rows;
  const what =
    rows.length === 1 && first !== undefined
      ? formatRealServer(first.realServer.realServer.identity)
      : `${rows.length} real servers${ofServices(rows, services)}`;

  function* intentions(): Work<readonly Intention[]> {
    obstacles.current = yield* obstaclesOf(desk.director, rows);
    return rows.map((row) => ({
      kind: 'edit real server',
      service: row.service.service.identity,
      realServer: row.realServer.realServer.identity,
      change: { weight: 0 },
    }));
  }

  function confirm(preview: Preview, name: string): void {
    if (preview.kind === 'refusal') return;
    const plan = preview.kind === 'plan' ? preview.plan : nothingToDo;
    const ending = drainEndings.find((candidate) => endingMeanings[candidate].name === name) ?? 'leave';
    const begin: WhenDone = (made) =>
      desk.drains.begin(ordersOf(rows, plan, ending, desk.director.clock.time()), made);
    const warnings = [...plan.warnings, ...(ending === 'delete' ? ['deleted as soon as it is empty'] : [])];
    const wanted = preview.kind === 'plan' ? preview.intentions : undefined;
    const complete: Preview = {
      kind: 'plan',
      plan: { ...plan, warnings },
      ...(wanted !== undefined && { intentions: wanted }),
    };
    if (plan.destructive || ending === 'delete' || services > 0) {
      desk.openDialog(<ConfirmDialog title={`Drain ${what}?`} preview={complete} onDone={begin} />);
    } else {
      void desk.perform(complete, begin);
    }
  }

  return (
    <ChoiceDialog
      title={`Drain ${what}`}
      choices={choices}
      intentions={intentions}
      confirm={confirm}
      note={(preview) =>
        // The obstacles are known once the preview is.
        preview === undefined
          ? []
          : obstacles.current.map((obstacle) => ({ text: `▲ ${obstacle}`, role: 'warning' }))
      }
    />
  );
}

const nothingToDo: Plan = {
  steps: [],
  lines: [],
  warnings: ['the weight is 0 already'],
  destructive: false,
  doubtful: false,
};

/** The weight that the plan has seen is the old one: what the rows show can be old, or frozen. */
function ordersOf(
  rows: readonly RealServerRow[],
  { steps }: Plan,
  ending: DrainEnding,
  beganAt: number,
): DrainOrder[] {
  const former = new Map(
    steps.flatMap((step): [string, number][] =>
      step.kind === 'set real server'
        ? [[realServerKey(step.service, step.before.identity), step.before.weight]]
        : [],
    ),
  );
  return rows.map((row) => {
    const formerWeight = former.get(row.key) ?? 0;
    return {
      service: row.service.service.identity,
      realServer: row.realServer.realServer.identity,
      formerWeight,
      // A real server that was at weight 0 has none to get back.
      ending: ending === 'restore' && formerWeight === 0 ? 'leave' : ending,
      until: 'all',
      beganAt,
      timeout: null,
    };
  });
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
    openDraining(desk, drain);
    return;
  }
  const others = rows.filter((row) => desk.drains.find(row.key) === undefined);
  if (others.length > 0) desk.openDialog(<DrainDialog rows={others} services={wholeServices(desk).length} />);
  else desk.say('hint', 'drain: all of these are draining already; untag them to end one');
}
