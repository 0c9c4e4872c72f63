import { formatRealServer, formatService } from '../../ipvs/identity.ts';
import type { RealServer } from '../../ipvs/real-server.ts';
import type { Service } from '../../ipvs/service.ts';
import type { SyncDaemon } from '../../ipvs/sync-daemon.ts';
import type { Work } from '../../system/turns.ts';
import {
  andMoreSteps,
  count,
  describeChange,
  describeRealServer,
  describeService,
  describeStep,
  describeSyncDaemon,
  describeTimeoutChange,
  describeTimeouts,
  stepObjectText,
} from '../describe.ts';
import type { Step } from '../plan.ts';
import type { JournalledChange } from './journalled-change.ts';
import { netEffect, type ObjectEffect } from './net-effect.ts';
import { planStep } from './recorded-step.ts';
import { type SettingEffects, settingEffects } from './undo-settings.ts';

/** What became of a change, in a word or two: `done`, `undone by 1f2e3d4c`, `partly done 3/5`. */
export function describeState({ state, done, steps, undoneBy }: JournalledChange): string {
  if (undoneBy !== null) return `undone by ${undoneBy}`;
  switch (state) {
    case 'done':
    case 'failed':
    case 'under way':
      return state;
    case 'partly done':
    case 'interrupted':
      return `${state} ${done}/${steps.length}`;
    case 'unfinished':
      return `cut off ${done}+/${steps.length}`;
  }
}

/** What a change does, in one line that tells most at its beginning: `weight 3 → 7 on 10.0.0.21:80 of tcp:…`. */
export function describeBriefly({ steps }: Pick<JournalledChange, 'steps'>): string {
  const [recorded] = steps;
  if (recorded === undefined) return 'nothing';
  const first = planStep(recorded);
  const isEdit = first.kind === 'set service' || first.kind === 'set real server';
  const text = isEdit ? `${editedFields(first)} on ${stepObjectText(first)}` : describeStep(first);
  return andMoreSteps(text, steps.length);
}

function editedFields(step: Extract<Step, { kind: 'set service' | 'set real server' }>): string {
  const fields =
    step.kind === 'set service'
      ? describeChange(step.before, step.after)
      : describeChange(step.before, step.after);
  return fields.join(', ');
}

/** An object that a change touched, before and after it. */
export interface ObjectWords {
  /** As the operator writes it. */
  readonly name: string;
  /** `not there` where it was not. */
  readonly before: string;
  readonly after: string;
  /** Only the fields that differ, where it was there before and after; empty otherwise. */
  readonly fields: readonly string[];
}

/** What a change meant to make of which object. */
export function* describeObjects({ steps }: Pick<JournalledChange, 'steps'>): Work<ObjectWords[]> {
  const objects: ObjectWords[] = [];
  for (const { identity, service, realServers } of yield* netEffect(steps)) {
    const name = formatService(identity);
    if (service !== null) objects.push(serviceWords(name, service));
    for (const realServer of realServers) objects.push(realServerWords(name, realServer));
    yield realServers.length + 1;
  }
  objects.push(...settingWords(settingEffects(steps)));
  const zeroed = steps.filter(({ kind }) => kind === 'zero').length;
  if (zeroed === 0) return objects;
  const counters = { name: 'counters', before: 'not kept', after: `zeroed by ${count(zeroed, 'step')}` };
  return [...objects, { ...counters, fields: [] }];
}

const missing = 'not there';

function serviceWords(name: string, { before, after }: ObjectEffect<Service>): ObjectWords {
  return {
    name,
    before: before === null ? missing : describeService(before),
    after: after === null ? missing : describeService(after),
    fields: before === null || after === null ? [] : describeChange(before, after),
  };
}

function settingWords(effects: SettingEffects | null): ObjectWords[] {
  if (effects === null) return [];
  const { timeouts, syncDaemons } = effects;
  const words = (daemon: SyncDaemon | null) => (daemon === null ? missing : describeSyncDaemon(daemon));
  const daemons = [...syncDaemons].map(([state, { before, after }]) => ({
    name: `sync daemon, ${state}`,
    before: words(before),
    after: words(after),
    fields: [],
  }));
  if (timeouts === null) return daemons;
  const { before, after } = timeouts;
  return [
    ...daemons,
    {
      name: 'time-outs',
      before: describeTimeouts(before),
      after: describeTimeouts(after),
      fields: describeTimeoutChange(before, after),
    },
  ];
}

function realServerWords(service: string, { before, after }: ObjectEffect<RealServer>): ObjectWords {
  const identity = (before ?? after)?.identity;
  return {
    name: `${identity === undefined ? '' : formatRealServer(identity)} of ${service}`,
    before: before === null ? missing : describeRealServer(before),
    after: after === null ? missing : describeRealServer(after),
    fields: before === null || after === null ? [] : describeChange(before, after),
  };
}

/** Local time as `2026-01-07 14:03:05`. */
export function formatTime(time: number): string {
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
